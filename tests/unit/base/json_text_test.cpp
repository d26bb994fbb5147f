#include "base/json_text.hpp"

#include <gtest/gtest.h>

namespace orderpush {
namespace {

TEST(JsonTextTest, QuotesAndEscapes) {
    EXPECT_EQ(json_string(""), R"("")");
    EXPECT_EQ(json_string("plain /text~"), R"("plain /text~")");
    EXPECT_EQ(json_string(R"(a "b" \c)"), R"("a \"b\" \\c")");
    EXPECT_EQ(json_string("a\n\x01"), R"("a\n\u0001")");
}

TEST(JsonTextTest, LeavesUtf8AndReplacesWhatIsNot) {
    EXPECT_EQ(json_string("\"Zo\xC3\xAB\""), "\"\\\"Zo\xC3\xAB\\\"\"");
    EXPECT_EQ(json_string("a\xFF"), "\"a\xEF\xBF\xBD\"");
}

TEST(JsonTextTest, Appends) {
    std::string out = "[";
    append_json_string(out, "a");
    append_json_string(out, "\xC3\xAB");
    EXPECT_EQ(out, "[\"a\"\"\xC3\xAB\"");
}

TEST(JsonTextTest, ReplacesHalvesOfSurrogatePairsOnly) {
    EXPECT_EQ(with_whole_surrogates(R"({"a":"\ud83c"})"), R"({"a":"\ufffd"})");
    EXPECT_EQ(with_whole_surrogates(R"("\uDC00\uD800")"), R"("\ufffd\ufffd")");
    EXPECT_EQ(with_whole_surrogates(R"("\ud83c\u0041")"), R"("\ufffd\u0041")");
    EXPECT_EQ(with_whole_surrogates(R"("\ud83c\ud83c\udf54")"), R"("\ufffd\ud83c\udf54")");
    EXPECT_EQ(with_whole_surrogates(R"("\\\ud83c")"), R"("\\\ufffd")");
    for (const char* whole :
         {R"("\ud83c\udf54")",
          R"("\\ud83c")",
          R"("\\\\ud83c")",
          R"("plain")",
          "",
          R"("\)",
          R"("\u)",
          R"("\ud83)",
          R"("\u00e4\n")"}) {
        EXPECT_EQ(with_whole_surrogates(whole), std::nullopt) << whole;
    }
}

}  // namespace
}  // namespace orderpush

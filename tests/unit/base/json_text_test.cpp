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

}  // namespace
}  // namespace orderpush

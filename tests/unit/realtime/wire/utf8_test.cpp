#include "realtime/wire/utf8.hpp"

#include <gtest/gtest.h>

namespace orderpush::realtime {
namespace {

TEST(Utf8Test, AcceptsTheLimitsOfEveryLength) {
    for (const char* text :
         {"",
          "a",
          "\x7F",
          "\xC2\x80",
          "\xDF\xBF",
          "\xE0\xA0\x80",
          "\xED\x9F\xBF",
          "\xEE\x80\x80",
          "\xEF\xBF\xBF",
          "\xF0\x90\x80\x80",
          "\xF4\x8F\xBF\xBF"}) {
        EXPECT_TRUE(is_utf8(text)) << text;
    }
}

TEST(Utf8Test, RefusesOverlongSurrogateHighAndCutForms) {
    for (const char* text :
         {"\x80",
          "\xC0\x80",
          "\xC1\xBF",
          "\xE0\x9F\xBF",
          "\xED\xA0\x80",
          "\xF0\x8F\xBF\xBF",
          "\xF4\x90\x80\x80",
          "\xF5\x80\x80\x80",
          "\xC3",
          "\xE2\x82",
          "\xF0\x9F\x98",
          "a\xFF",
          "\xC3\x28"}) {
        EXPECT_FALSE(is_utf8(text));
    }
}

TEST(Utf8Test, CutsBetweenCharacters) {
    EXPECT_EQ(utf8_prefix("Zo\xC3\xAB!", 3), "Zo");
    EXPECT_EQ(utf8_prefix("Zo\xC3\xAB!", 4), "Zo\xC3\xAB");
    EXPECT_EQ(utf8_prefix("Zo", 9), "Zo");
}

}  // namespace
}  // namespace orderpush::realtime

#include "base/json_nesting.hpp"

#include <gtest/gtest.h>

#include <string>

namespace orderpush {
namespace {

TEST(JsonNestingTest, CountsObjectsAndArraysAlike) {
    EXPECT_FALSE(nests_deeper_than(3, R"({"a":[{}],"b":[[]]})"));
    EXPECT_TRUE(nests_deeper_than(2, R"({"a":[{}]})"));
    EXPECT_FALSE(nests_deeper_than(1, "[] [] []"));
    EXPECT_TRUE(nests_deeper_than(1'000, std::string(1'001, '[')));
    EXPECT_FALSE(nests_deeper_than(1'000, std::string(1'000, '[')));
}

TEST(JsonNestingTest, LeavesOutWhatStandsInStrings) {
    EXPECT_FALSE(nests_deeper_than(1, R"(["[[[", "\"[[", "\\"])"));
    EXPECT_TRUE(nests_deeper_than(1, R"(["\\", [])"));
    EXPECT_FALSE(nests_deeper_than(1, R"(["[[[[)")) << "a string without an end";
}

TEST(JsonNestingTest, IsNotMisledByBracketsThatCloseNothing) {
    EXPECT_FALSE(nests_deeper_than(1, "]]]]["));
    EXPECT_TRUE(nests_deeper_than(1, "]]]][["));
}

TEST(JsonNestingTest, TheLimitIsTheDeepestThatIsAllowed) {
    NestingLimit limit{1};
    EXPECT_TRUE(limit.enter());
    limit.leave();
    EXPECT_TRUE(limit.enter());
    EXPECT_FALSE(limit.enter());
}

}  // namespace
}  // namespace orderpush

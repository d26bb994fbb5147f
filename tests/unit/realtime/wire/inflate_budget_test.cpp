#include "realtime/wire/inflate_budget.hpp"

#include <gtest/gtest.h>

namespace orderpush::realtime {
namespace {

using std::chrono::seconds;

constexpr Deadline kNow{seconds{1'000}};
constexpr InflateBudget::Rate kRate{.bytes_per_second = 100, .burst_bytes = 1'000};

TEST(InflateBudgetTest, WhatInflatesAsTextDoesIsFree) {
    InflateBudget budget{kRate};
    for (int i = 0; i < 100; ++i) {
        EXPECT_EQ(budget.allowance(10, kNow), 1'160U);
        budget.charge(10, 160);
    }
}

TEST(InflateBudgetTest, WhatGoesBeyondIsTakenFromABucketThatFillsAgain) {
    InflateBudget budget{kRate};
    EXPECT_EQ(budget.allowance(10, kNow), 1'160U);
    budget.charge(10, 760);
    EXPECT_EQ(budget.allowance(10, kNow), 560U);
    budget.charge(10, 100'000);
    EXPECT_EQ(budget.allowance(10, kNow), 160U);
    EXPECT_EQ(budget.allowance(10, kNow + seconds{2}), 360U);
    EXPECT_EQ(budget.allowance(10, kNow + seconds{1'000'000'000}), 1'160U);
}

TEST(InflateBudgetTest, ThoseWhoShareOneAreBoundedTogether) {
    InflateBudget shared{{.bytes_per_second = 0, .burst_bytes = 1'500}};
    InflateBudget first{kRate, shared};
    InflateBudget second{kRate, shared};
    first.charge(0, 1'000);
    EXPECT_EQ(second.allowance(0, kNow), 500U);
    second.charge(0, 500);
    EXPECT_EQ(second.allowance(2, kNow + seconds{100}), 32U);
}

}  // namespace
}  // namespace orderpush::realtime

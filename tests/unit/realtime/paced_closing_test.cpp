#include "realtime/paced_closing.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace orderpush::realtime {
namespace {

using std::chrono::milliseconds;

/// What is closed at each look, until nothing is left.
std::vector<std::size_t> slices(std::size_t open, milliseconds spread, milliseconds tick) {
    std::vector<std::size_t> found;
    for (auto left = spread; open > 0; left -= tick) {
        found.push_back(closings_due(open, left, tick));
        open -= found.back();
    }
    return found;
}

TEST(PacedClosingTest, ClosesAllAtOnceWithoutASpread) {
    EXPECT_EQ(closings_due(1'000, milliseconds{0}, milliseconds{20}), 1'000U);
    EXPECT_EQ(closings_due(1'000, milliseconds{-5}, milliseconds{20}), 1'000U);
}

TEST(PacedClosingTest, ClosesEvenlyAndInTime) {
    const auto found = slices(10'000, milliseconds{2'000}, milliseconds{20});
    EXPECT_EQ(found.size(), 100U);
    EXPECT_EQ(*std::ranges::max_element(found), 100U);
    EXPECT_EQ(*std::ranges::min_element(found), 100U);
}

TEST(PacedClosingTest, ClosesFewOneByOne) {
    const auto found = slices(3, milliseconds{200}, milliseconds{20});
    EXPECT_EQ(found, (std::vector<std::size_t>{1, 1, 1}));
}

TEST(PacedClosingTest, CatchesUpAfterAMissedLook) {
    EXPECT_EQ(closings_due(90, milliseconds{60}, milliseconds{20}), 30U);
    EXPECT_EQ(closings_due(90, milliseconds{20}, milliseconds{20}), 90U);
}

}  // namespace
}  // namespace orderpush::realtime

#include "realtime/sockets/close_schedule.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace orderpush::realtime {
namespace {

using std::chrono::milliseconds;

/// What is closed at each look, to the end of the spread.
std::vector<std::size_t> slices(const CloseSchedule& schedule, milliseconds tick) {
    std::vector<std::size_t> found;
    std::size_t open = schedule.connections;
    for (auto left = schedule.spread; left > -tick; left -= tick) {
        found.push_back(schedule.due(open, left));
        open -= found.back();
    }
    EXPECT_EQ(open, 0U);
    return found;
}

TEST(CloseScheduleTest, ClosesAllAtOnceWithoutASpread) {
    const CloseSchedule schedule{.connections = 1'000};
    EXPECT_EQ(schedule.due(1'000, milliseconds{0}), 1'000U);
    EXPECT_EQ(schedule.due(1'000, milliseconds{-5}), 1'000U);
}

TEST(CloseScheduleTest, ClosesEvenlyAndInTime) {
    const auto found =
        slices({.connections = 10'000, .spread = milliseconds{2'000}}, milliseconds{20});
    EXPECT_EQ(*std::ranges::max_element(found), 100U);
    EXPECT_EQ(std::ranges::count(found, 100U), 100);
}

TEST(CloseScheduleTest, ClosesFewFarApart) {
    const auto found = slices({.connections = 2, .spread = milliseconds{100}}, milliseconds{20});
    EXPECT_EQ(found, (std::vector<std::size_t>{0, 1, 0, 1, 0, 0}));
}

TEST(CloseScheduleTest, CatchesUpAfterAMissedLook) {
    const CloseSchedule schedule{.connections = 90, .spread = milliseconds{90}};
    EXPECT_EQ(schedule.due(90, milliseconds{60}), 30U);
    EXPECT_EQ(schedule.due(90, milliseconds{20}), 70U);
}

TEST(CloseScheduleTest, CountsThoseThatWentByThemselves) {
    const CloseSchedule schedule{.connections = 90, .spread = milliseconds{90}};
    EXPECT_EQ(schedule.due(50, milliseconds{60}), 0U);
    EXPECT_EQ(schedule.due(70, milliseconds{60}), 10U);
}

}  // namespace
}  // namespace orderpush::realtime

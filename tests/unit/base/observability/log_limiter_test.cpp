#include "base/observability/log_limiter.hpp"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace orderpush {
namespace {

using std::chrono::minutes;

TEST(LogLimiterTest, LetsSoManyThroughInAMinuteAndCountsTheOthers) {
    LogLimiter limiter{2};
    const Deadline start{minutes{1'000}};
    EXPECT_EQ(limiter.admit(start), 0U);
    EXPECT_EQ(limiter.admit(start + std::chrono::seconds{59}), 0U);
    EXPECT_FALSE(limiter.admit(start + std::chrono::seconds{59}));
    EXPECT_FALSE(limiter.admit(start + std::chrono::seconds{59}));
    EXPECT_EQ(limiter.admit(start + minutes{1}), 2U);
    EXPECT_EQ(limiter.admit(start + minutes{5}), 0U);
}

TEST(LogLimiterTest, HoldsForSeveralThreads) {
    LogLimiter limiter{5};
    const Deadline start{minutes{1'000}};
    std::atomic<int> admitted{0};
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 4; ++i) {
            threads.emplace_back([&] {
                for (int line = 0; line < 1'000; ++line) {
                    admitted += limiter.admit(start) ? 1 : 0;
                }
            });
        }
    }
    EXPECT_EQ(admitted, 5);
}

}  // namespace
}  // namespace orderpush

#include "base/rate_limiter.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

namespace orderpush {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Deadline kStart{std::chrono::hours{1'000}};

TEST(RateLimiterTest, AllowsAMinutesWorthAtOnceAndThenRefuses) {
    RateLimiter limiter{3};
    for (const std::uint32_t left : {2U, 1U, 0U}) {
        const RateDecision taken = limiter.take("a", 1, kStart);
        EXPECT_TRUE(taken.is_allowed);
        EXPECT_EQ(taken.limit, 3U);
        EXPECT_EQ(taken.remaining, left);
        EXPECT_EQ(taken.retry_after, seconds{0});
    }
    const RateDecision refused = limiter.take("a", 1, kStart);
    EXPECT_FALSE(refused.is_allowed);
    EXPECT_EQ(refused.remaining, 0U);
    EXPECT_EQ(refused.reset_after, seconds{60});
    EXPECT_EQ(refused.retry_after, seconds{20});
}

TEST(RateLimiterTest, RefillsEvenly) {
    RateLimiter limiter{60};
    limiter.take("a", 60, kStart);
    EXPECT_FALSE(limiter.take("a", 1, kStart + milliseconds{999}).is_allowed);
    EXPECT_TRUE(limiter.take("a", 1, kStart + milliseconds{1'000}).is_allowed);
    EXPECT_FALSE(limiter.take("a", 2, kStart + milliseconds{2'500}).is_allowed);
    EXPECT_EQ(limiter.take("a", 1, kStart + seconds{31}).remaining, 29U);
    EXPECT_EQ(limiter.take("a", 1, kStart + std::chrono::hours{1}).remaining, 59U);
}

TEST(RateLimiterTest, RefusalsCostNothing) {
    RateLimiter limiter{2};
    limiter.take("a", 2, kStart);
    for (int i = 0; i < 1'000; ++i) {
        EXPECT_FALSE(limiter.take("a", 1, kStart).is_allowed);
    }
    EXPECT_TRUE(limiter.take("a", 1, kStart + seconds{30}).is_allowed);
}

TEST(RateLimiterTest, GivesBackWhatDidNotCount) {
    RateLimiter limiter{2};
    limiter.take("a", 2, kStart);
    limiter.give_back("a", 1, kStart);
    EXPECT_TRUE(limiter.take("a", 1, kStart).is_allowed);
    EXPECT_FALSE(limiter.take("a", 1, kStart).is_allowed);
    // Never more than a full bucket, and nothing for a key that nobody took from.
    limiter.give_back("a", 100, kStart);
    limiter.give_back("b", 1, kStart);
    EXPECT_EQ(limiter.key_count(), 1U);
    EXPECT_EQ(limiter.take("a", 1, kStart).remaining, 1U);
}

TEST(RateLimiterTest, RetryAfterIsAtLeastASecond) {
    RateLimiter limiter{60'000};
    limiter.take("a", 60'000, kStart);
    EXPECT_EQ(limiter.take("a", 1, kStart).retry_after, seconds{1});
}

TEST(RateLimiterTest, MoreThanABucketHoldsIsNeverAllowed) {
    RateLimiter limiter{5};
    EXPECT_FALSE(limiter.take("a", 6, kStart).is_allowed);
    EXPECT_EQ(limiter.take("a", 5, kStart).remaining, 0U);
}

TEST(RateLimiterTest, KeysDoNotShare) {
    RateLimiter limiter{1};
    EXPECT_TRUE(limiter.take("a", 1, kStart).is_allowed);
    EXPECT_TRUE(limiter.take("b", 1, kStart).is_allowed);
    EXPECT_FALSE(limiter.take("a", 1, kStart).is_allowed);
}

TEST(RateLimiterTest, ZeroIsNoLimit) {
    RateLimiter limiter{0};
    EXPECT_TRUE(limiter.is_off());
    for (int i = 0; i < 100; ++i) {
        const RateDecision taken = limiter.take(std::to_string(i), 1'000, kStart);
        EXPECT_TRUE(taken.is_allowed);
        EXPECT_EQ(taken.limit, 0U);
    }
    EXPECT_EQ(limiter.key_count(), 0U);
}

TEST(RateLimiterTest, RemembersABoundedNumberOfKeys) {
    RateLimiter limiter{10, 160};
    for (int i = 0; i < 10'000; ++i) {
        limiter.take(std::to_string(i), 1, kStart);
    }
    EXPECT_LE(limiter.key_count(), 160U);
}

TEST(RateLimiterTest, StrangersDoNotMakeItForgetTheExhausted) {
    RateLimiter limiter{10, 1'600};
    limiter.take("greedy", 10, kStart);
    for (int i = 0; i < 20'000; ++i) {
        limiter.take("stranger " + std::to_string(i), 1, kStart);
    }
    EXPECT_FALSE(limiter.take("greedy", 1, kStart).is_allowed);
}

TEST(RateLimiterTest, HoldsForSeveralThreads) {
    RateLimiter limiter{1'000};
    std::atomic<int> allowed{0};
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 4; ++i) {
            threads.emplace_back([&] {
                for (int n = 0; n < 1'000; ++n) {
                    allowed += limiter.take("a", 1, kStart).is_allowed ? 1 : 0;
                }
            });
        }
    }
    EXPECT_EQ(allowed, 1'000);
}

}  // namespace
}  // namespace orderpush

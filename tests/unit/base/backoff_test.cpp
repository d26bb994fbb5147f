#include "base/backoff.hpp"

#include <gtest/gtest.h>

namespace orderpush {
namespace {

using std::chrono::milliseconds;

TEST(BackoffTest, BoundDoublesUntilTheCeiling) {
    const Backoff backoff{.first = milliseconds{100}, .ceiling = milliseconds{1'000}};
    const double almost_one = 0.999'999;
    EXPECT_EQ(backoff.delay(0, almost_one), milliseconds{99});
    EXPECT_EQ(backoff.delay(3, almost_one), milliseconds{799});
    EXPECT_EQ(backoff.delay(4, almost_one), milliseconds{999});
    EXPECT_EQ(backoff.delay(4'000'000, almost_one), milliseconds{999});
}

TEST(BackoffTest, JitterReachesDownToNothing) {
    EXPECT_EQ(Backoff{}.delay(10, 0.0), milliseconds{0});
}

TEST(BackoffTest, OwnRandomnessStaysWithinTheBound) {
    const Backoff backoff{.first = milliseconds{8}, .ceiling = milliseconds{64}};
    for (unsigned attempt = 0; attempt < 1'000; ++attempt) {
        EXPECT_LE(backoff.delay(attempt), milliseconds{64});
        EXPECT_GE(backoff.delay(attempt), milliseconds{0});
    }
}

}  // namespace
}  // namespace orderpush

#include "base/synchronized_clock.hpp"

#include "tests/support/manual_clock.hpp"

#include <gtest/gtest.h>

namespace orderpush {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;

struct SynchronizedClockTest : testing::Test {
    test::ManualClock own;
    milliseconds elapsed{5'000};
    SynchronizedClock clock{own, [this] { return elapsed; }};
    const Timestamp theirs = test::ManualClock::kStart + minutes{5};
};

TEST_F(SynchronizedClockTest, IsTheMachinesOwnUntilItWasAsked) {
    EXPECT_EQ(clock.now(), own.now());
    EXPECT_EQ(clock.own_lead().count(), 0);
    EXPECT_FALSE(clock.is_synchronized());
    clock.adjust(milliseconds{5'000}, theirs, milliseconds{5'000});
    EXPECT_TRUE(clock.is_synchronized());
}

TEST_F(SynchronizedClockTest, FollowsTheOtherWhateverTheMachinesOwnDoes) {
    clock.adjust(milliseconds{5'000}, theirs, milliseconds{5'000});
    EXPECT_EQ(clock.now(), theirs);
    EXPECT_EQ(clock.own_lead(), -minutes{5});
    own.advance(-minutes{30});  // somebody sets the machine's clock
    elapsed += milliseconds{700};
    EXPECT_EQ(clock.now(), theirs + milliseconds{700});
}

TEST_F(SynchronizedClockTest, TakesTheMiddleOfASlowFirstAnswer) {
    clock.adjust(milliseconds{5'000}, theirs, milliseconds{5'400});
    EXPECT_EQ(clock.now(), theirs - milliseconds{200});
}

TEST_F(SynchronizedClockTest, AnAnswerThatCanBeRightMovesNothing) {
    clock.adjust(milliseconds{5'000}, theirs, milliseconds{5'000});
    elapsed = milliseconds{9'000};
    clock.adjust(milliseconds{8'000}, theirs + milliseconds{3'500}, milliseconds{9'000});
    EXPECT_EQ(clock.now(), theirs + milliseconds{4'000});
}

TEST_F(SynchronizedClockTest, AnAnswerThatShowsAnErrorMovesItAsFarAsNeeded) {
    clock.adjust(milliseconds{5'000}, theirs, milliseconds{5'000});
    elapsed = milliseconds{6'000};
    clock.adjust(milliseconds{5'900}, theirs + milliseconds{2'000}, milliseconds{6'000});
    EXPECT_EQ(clock.now(), theirs + milliseconds{2'000});
    clock.adjust(milliseconds{5'900}, theirs - milliseconds{2'000}, milliseconds{6'000});
    EXPECT_EQ(clock.now(), theirs - milliseconds{1'900});
}

TEST(TimeSinceBootTest, OnlyGrows) {
    const auto before = time_since_boot();
    EXPECT_GT(before.count(), 0);
    EXPECT_GE(time_since_boot(), before);
}

}  // namespace
}  // namespace orderpush

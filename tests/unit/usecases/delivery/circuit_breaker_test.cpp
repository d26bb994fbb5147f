#include "usecases/delivery/circuit_breaker.hpp"

#include <gtest/gtest.h>

namespace orderpush::usecases {
namespace {

using std::chrono::milliseconds;

struct CircuitBreakerTest : testing::Test {
    Deadline now{};
    Timestamp at{std::chrono::seconds{1'700'000'000}};
    CircuitBreaker breaker{
        {.failures_max = 3,
         .open_first = milliseconds{1'000},
         .open_longest = milliseconds{3'000},
         .stopped_first = milliseconds{30'000},
         .stopped_longest = milliseconds{100'000}},
        at};

    void advance(milliseconds by) {
        now += by;
        at += by;
    }
    bool fail() { return breaker.fail("busy", now, at); }
    CircuitState state() { return breaker.state(now); }
};

TEST_F(CircuitBreakerTest, OpensAfterSoManyFailuresInARow) {
    EXPECT_FALSE(fail());
    EXPECT_FALSE(fail());
    EXPECT_FALSE(breaker.succeed(at));
    EXPECT_FALSE(fail());
    EXPECT_FALSE(fail());
    EXPECT_EQ(state(), CircuitState::kClosed);
    EXPECT_FALSE(breaker.probe_at());
    EXPECT_TRUE(fail());
    EXPECT_EQ(state(), CircuitState::kOpen);
    EXPECT_EQ(breaker.probe_at(), now + milliseconds{1'000});
}

TEST_F(CircuitBreakerTest, ClosesAfterAProbeThatSucceeds) {
    fail(), fail(), fail();
    advance(milliseconds{1'000});
    EXPECT_EQ(state(), CircuitState::kHalfOpen);
    EXPECT_TRUE(breaker.succeed(at));
    EXPECT_EQ(state(), CircuitState::kClosed);
    EXPECT_FALSE(fail());
}

TEST_F(CircuitBreakerTest, WaitsTwiceAsLongAfterEachProbeThatFails) {
    fail(), fail(), fail();
    for (const milliseconds wait :
         {milliseconds{2'000}, milliseconds{3'000}, milliseconds{3'000}}) {
        advance(milliseconds{3'000});
        EXPECT_FALSE(fail());
        EXPECT_EQ(state(), CircuitState::kOpen);
        EXPECT_EQ(breaker.probe_at(), now + wait);
    }
}

TEST_F(CircuitBreakerTest, StoppedItIsProbedSeldomAndLeavesByASuccess) {
    EXPECT_TRUE(breaker.stop("unknown key", now, at));
    EXPECT_EQ(breaker.probe_at(), now + milliseconds{30'000});
    EXPECT_FALSE(breaker.is_probe_due(now));
    for (const milliseconds wait :
         {milliseconds{60'000}, milliseconds{100'000}, milliseconds{100'000}}) {
        advance(milliseconds{100'000});
        EXPECT_TRUE(breaker.is_probe_due(now));
        EXPECT_EQ(state(), CircuitState::kStopped) << "until a probe succeeds";
        EXPECT_FALSE(breaker.stop("unknown key", now, at));
        EXPECT_EQ(breaker.probe_at(), now + wait);
    }
    advance(milliseconds{100'000});
    EXPECT_FALSE(fail()) << "trouble says nothing of the credentials";
    EXPECT_EQ(state(), CircuitState::kStopped);
    EXPECT_EQ(breaker.probe_at(), now + milliseconds{100'000});
    EXPECT_TRUE(breaker.succeed(at));
    EXPECT_EQ(state(), CircuitState::kClosed);
    EXPECT_EQ(breaker.probe_at(), std::nullopt);
}

TEST_F(CircuitBreakerTest, AnOpenOneIsStoppedByRefusedCredentials) {
    fail(), fail(), fail();
    EXPECT_TRUE(breaker.stop("unknown key", now, at));
    EXPECT_EQ(state(), CircuitState::kStopped);
}

TEST_F(CircuitBreakerTest, IsNotProbedBeforeTheProviderWantsIt) {
    fail(), fail();
    breaker.fail("busy", now, at, milliseconds{20'000});
    EXPECT_EQ(breaker.probe_at(), now + milliseconds{20'000});
    advance(milliseconds{20'000});
    breaker.fail("busy", now, at, milliseconds{10});
    EXPECT_EQ(breaker.probe_at(), now + milliseconds{2'000});
}

TEST_F(CircuitBreakerTest, TellsSinceWhenAndWhy) {
    const Timestamp begun = at;
    advance(milliseconds{500});
    fail();
    EXPECT_EQ(breaker.snapshot(now).since, begun);
    fail(), fail();
    const auto open = breaker.snapshot(now);
    EXPECT_EQ(open.since, at);
    EXPECT_EQ(open.last_failure, "busy");
    advance(milliseconds{2'000});
    breaker.succeed(at);
    const auto closed = breaker.snapshot(now);
    EXPECT_EQ(closed.since, at);
    EXPECT_EQ(closed.last_failure_at, at - milliseconds{2'000});
}

}  // namespace
}  // namespace orderpush::usecases

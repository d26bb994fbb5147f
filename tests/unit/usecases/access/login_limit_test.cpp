// Who guesses passwords, and whom that must not lock out.

#include "core/access/staff_store.hpp"
#include "core/restaurant/menu_store.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/unit/usecases/access/access_fixture.hpp"

#include <stdexcept>
#include <utility>

namespace orderpush::usecases {
namespace {

/// Log-ins at a time that stands still unless moved.
struct LoginLimitTest : AccessTest {
    Deadline now{std::chrono::hours{1'000}};
    int verified = 0;
    StaffService limited = staff_service_with(
        {.attempts_per_address_per_minute = 6,
         .attempts_per_email_per_minute = 3,
         .verify = [this](std::string_view, std::string_view) { return ++verified < 0; },
         .now = [this] { return now; }}
    );

    /// All other limits off.
    StaffService with_limits(LoginOptions limits) {
        limits.attempts_per_address_per_minute = 0;
        limits.now = [this] { return now; };
        return staff_service_with(std::move(limits));
    }
    std::string reason(const std::string& email, const std::string& address) {
        const auto login =
            limited.log_in({.email = email, .password = "guess", .client_address = address});
        return login ? "logged in" : login.error().code;
    }
};

TEST_F(LoginLimitTest, AttemptsForAnEmailAddressAreCountedWhoeverHasIt) {
    person(Role::kKitchen, "ana@demo.example");
    for (const std::string email : {"ana@demo.example", "nobody@demo.example"}) {
        verified = 0;
        for (const char* client : {"203.0.113.1", "203.0.113.2", "203.0.113.3"}) {
            EXPECT_EQ(reason(email, client), "login_failed");
        }
        EXPECT_EQ(reason(email, "203.0.113.4"), "login_rate_limited");
        EXPECT_EQ(verified, 3);
    }
    EXPECT_EQ(reason("ANA@demo.EXAMPLE", "203.0.113.5"), "login_rate_limited");
    now += std::chrono::seconds{20};
    EXPECT_EQ(reason("ana@demo.example", "203.0.113.4"), "login_failed");
}

TEST_F(LoginLimitTest, TheOwnerLogsInWhileSomebodyElseTriesWrongPasswords) {
    person(Role::kKitchen, "ana@demo.example");
    StaffService guarded = with_limits({.failures_per_minute = 2});
    const auto log_in = [&](const std::string& password, const std::string& client) {
        const auto login = guarded.log_in(
            {.email = "ana@demo.example", .password = password, .client_address = client}
        );
        return login ? "logged in" : login.error().code;
    };
    for (int i = 0; i < 30; ++i) {
        EXPECT_EQ(log_in("guess", "203.0.113.1"), i < 2 ? "login_failed" : "login_rate_limited");
        EXPECT_EQ(log_in("pass", "203.0.113.2"), "logged in") << i;
    }
    // Addresses of one network are one client.
    EXPECT_EQ(log_in("guess", "2001:db8::1"), "login_failed");
    EXPECT_EQ(log_in("guess", "2001:db8::2"), "login_failed");
    EXPECT_EQ(log_in("pass", "2001:db8::3"), "login_rate_limited");
    EXPECT_EQ(log_in("pass", "2001:db8:0:1::1"), "logged in");
}

TEST_F(LoginLimitTest, OneAddressDoesNotUseUpWhatAnEmailAddressHas) {
    StaffService guarded =
        with_limits({.attempts_per_email_per_minute = 4, .failures_per_minute = 2});
    const auto code = [&](const std::string& client) {
        const auto login = guarded.log_in(
            {.email = "ana@demo.example", .password = "guess", .client_address = client}
        );
        return login ? "logged in" : login.error().code;
    };
    for (int i = 0; i < 20; ++i) {
        code("203.0.113.1");
    }
    EXPECT_EQ(code("203.0.113.2"), "login_failed");
    EXPECT_EQ(code("203.0.113.3"), "login_failed");
    EXPECT_EQ(code("203.0.113.4"), "login_rate_limited");
}

TEST_F(LoginLimitTest, WhatIsNotLookedAtIsNoFailure) {
    person(Role::kKitchen, "ana@demo.example");
    bool is_broken = true;
    StaffService guarded = with_limits(
        {.failures_per_minute = 1,
         .verify = [&](std::string_view, std::string_view) -> bool {
             if (is_broken) {
                 throw std::runtime_error("no memory");
             }
             return true;
         }}
    );
    const LoginAttempt attempt{.email = "ana@demo.example", .password = "pass"};
    EXPECT_THROW(static_cast<void>(guarded.log_in(attempt)), std::runtime_error);
    is_broken = false;
    EXPECT_TRUE(guarded.log_in(attempt));
}

TEST_F(LoginLimitTest, AttemptsFromAClientAddressAreCountedBeforeAnyWork) {
    for (int i = 0; i < 6; ++i) {
        EXPECT_EQ(reason(std::to_string(i) + "@demo.example", "203.0.113.1"), "login_failed");
    }
    const auto refused =
        limited.log_in({.email = "x", .password = "y", .client_address = "203.0.113.1"});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::kRateLimited);
    EXPECT_EQ(refused.error().code, "login_rate_limited");
    EXPECT_EQ(refused.error().retry_after, std::chrono::seconds{10});
    EXPECT_EQ(verified, 6);
    EXPECT_EQ(reason("x", "203.0.113.2"), "login_failed");
}

}  // namespace
}  // namespace orderpush::usecases

// Tokens of staff: renewed while they are in use, and ended at once.

#include "base/clock.hpp"
#include "core/access/staff_store.hpp"
#include "core/error_codes.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/unit/usecases/access/access_fixture.hpp"
#include "usecases/access/authenticator.hpp"
#include "usecases/access/channel_joiner.hpp"
#include "usecases/access/ended_logins.hpp"
#include "usecases/access/staff_service.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace orderpush::usecases {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

struct StaffTokenTest : AccessTest {
    std::string log_in(const Staff& who, const std::string& password = "pass") {
        const auto login = service.log_in({.email = who.email, .password = password});
        EXPECT_TRUE(login) << login.error().code;
        return login ? login->token : "";
    }
    Caller caller_of(const std::string& token) { return authenticator.authenticate(token).value(); }
    /// The code of the refusal; empty: the token is good.
    std::string refusal(const std::string& token) {
        const auto caller = authenticator.authenticate(token);
        return caller ? "" : caller.error().code;
    }

    StaffService service = staff_service_with({.renewable_for = hours{24 * 30}});
    Staff ana = person(Role::kKitchen, "ana@demo.example");
    Caller admin = caller_of(log_in(person(Role::kAdmin, "boss@demo.example")));
};

TEST_F(StaffTokenTest, ARenewedTokenLastsAsLongAgainAndKeepsTheLogInsTime) {
    const std::string first = log_in(ana);
    const auto logged_in_at = std::chrono::floor<std::chrono::seconds>(world.clock.now());
    world.clock.advance(hours{11});
    const auto renewed = service.renew(caller_of(first));
    ASSERT_TRUE(renewed) << renewed.error().code;
    EXPECT_NE(renewed->token, first);
    EXPECT_EQ(renewed->expires_at, world.clock.now() + hours{12});
    EXPECT_EQ(renewed->staff.id, ana.id);
    EXPECT_EQ(renewed->staff.role, Role::kKitchen);
    world.clock.advance(hours{2});
    EXPECT_EQ(refusal(first), "token_expired");
    const Caller caller = caller_of(renewed->token);
    EXPECT_EQ(std::get<StaffMember>(caller).logged_in_at, Timestamp{logged_in_at});
    EXPECT_EQ(joiner_of(caller).session, login_session(ana.id, 0));
}

TEST_F(StaffTokenTest, RenewalsEndThirtyDaysAfterTheLogIn) {
    std::string token = log_in(ana);
    const Timestamp logged_in_at = std::chrono::floor<std::chrono::seconds>(world.clock.now());
    const Timestamp renewable_until = logged_in_at + hours{24 * 30};
    const auto renewed_at = [&](Timestamp at) {
        world.clock.advance(at - world.clock.now());
        return service.renew(caller_of(token));
    };
    for (Timestamp at = logged_in_at + hours{11}; at < renewable_until; at += hours{11}) {
        const auto renewed = renewed_at(at);
        ASSERT_TRUE(renewed) << renewed.error().code;
        token = renewed->token;
    }
    const auto last = renewed_at(renewable_until - std::chrono::milliseconds{1});
    ASSERT_TRUE(last) << last.error().code;
    token = last->token;
    const auto late = renewed_at(renewable_until);
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().code, "login_too_old");
    EXPECT_EQ(late.error().kind, ErrorKind::kForbidden);
    EXPECT_EQ(refusal(token), "") << "the token itself is good until it ends";
}

TEST_F(StaffTokenTest, OnlyLogInsOfPeopleAreRenewed) {
    const auto refused = service.renew(ApiClient{
        .key = ids.make<ApiKeyId>(), .restaurant = restaurant.branch.restaurant});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, "forbidden");
    const auto unknown = service.renew(StaffMember{
        .id = ids.make<StaffId>(),
        .restaurant = restaurant.branch.restaurant,
        .branch = restaurant.branch.id,
        .name = "Nobody",
        .station = {}});
    ASSERT_FALSE(unknown);
    EXPECT_EQ(unknown.error().code, "login_ended");
}

TEST_F(StaffTokenTest, ATokenOfAnEarlierFormIsRenewedAsIfItWereNew) {
    StaffMember earlier = std::get<StaffMember>(caller_of(log_in(ana)));
    earlier.logged_in_at.reset();
    const auto renewed = service.renew(earlier);
    ASSERT_TRUE(renewed) << renewed.error().code;
    EXPECT_TRUE(std::get<StaffMember>(caller_of(renewed->token)).logged_in_at.has_value());
}

TEST_F(StaffTokenTest, WhoIsSignedOutIsOutAtOnceAndMayLogInAgain) {
    const std::string token = log_in(ana);
    const auto renewed = service.renew(caller_of(token));
    const Caller before = caller_of(token);
    ASSERT_TRUE(service.sign_out(admin, ana.id));
    EXPECT_EQ(refusal(token), "login_ended");
    EXPECT_EQ(refusal(renewed->token), "login_ended");
    EXPECT_EQ(service.renew(before).error().code, "login_ended");
    EXPECT_EQ(ended, std::vector{login_session(ana.id, 0)});
    const std::string again = log_in(ana);
    EXPECT_EQ(refusal(again), "");
    EXPECT_EQ(joiner_of(caller_of(again)).session, login_session(ana.id, 1));
    EXPECT_NE(login_session(ana.id, 1), login_session(ana.id, 0));
}

TEST_F(StaffTokenTest, AnybodySignsThemselvesOutAndNobodyElse) {
    const Staff ben = person(Role::kWaiter, "ben@demo.example");
    const std::string token = log_in(ana);
    EXPECT_EQ(service.sign_out(caller_of(token), ben.id).error().code, "forbidden");
    ASSERT_TRUE(service.sign_out(caller_of(token), ana.id));
    EXPECT_EQ(refusal(token), "login_ended");
}

TEST_F(StaffTokenTest, WhoIsDisabledIsOutAtOnceAndCannotLogIn) {
    const std::string token = log_in(ana);
    const auto disabled = service.change(admin, {.staff = ana.id, .is_active = false});
    ASSERT_TRUE(disabled) << disabled.error().code;
    EXPECT_EQ(nlohmann::json::parse(*disabled).at("isActive"), false);
    EXPECT_EQ(refusal(token), "login_ended");
    EXPECT_EQ(
        service.log_in({.email = ana.email, .password = "pass"}).error().code, "login_failed"
    );
    ASSERT_TRUE(service.change(admin, {.staff = ana.id, .is_active = true}));
    EXPECT_EQ(refusal(token), "login_ended");
    EXPECT_EQ(refusal(log_in(ana)), "");
}

TEST_F(StaffTokenTest, ANewPasswordEndsWhatTheOldOneOpened) {
    const std::string token = log_in(ana);
    ASSERT_TRUE(service.set_password(admin, {.staff = ana.id, .password = "another one"}));
    EXPECT_EQ(refusal(token), "login_ended");
    EXPECT_EQ(
        service.log_in({.email = ana.email, .password = "pass"}).error().code, "login_failed"
    );
    EXPECT_EQ(refusal(log_in(ana, "another one")), "");
    const auto shorter = service.set_password(admin, {.staff = ana.id, .password = "short"});
    EXPECT_EQ(shorter.error().code, "invalid_fields");
}

TEST_F(StaffTokenTest, OfAnotherRestaurantNobodyIsKnown) {
    const Caller stranger = StaffMember{
        .id = ids.make<StaffId>(),
        .restaurant = ids.make<RestaurantId>(),
        .branch = ids.make<BranchId>(),
        .role = Role::kAdmin,
        .name = "Sam",
        .station = {}};
    const std::string token = log_in(ana);
    EXPECT_EQ(service.sign_out(stranger, ana.id).error().code, "staff_not_found");
    EXPECT_EQ(service.change(stranger, {.staff = ana.id}).error().code, "staff_not_found");
    EXPECT_EQ(
        service.set_password(stranger, {.staff = ana.id, .password = "another one"}).error().code,
        "staff_not_found"
    );
    EXPECT_EQ(refusal(token), "");
    const Caller cook = caller_of(token);
    EXPECT_EQ(service.change(cook, {.staff = ana.id}).error().code, "forbidden");
    EXPECT_EQ(
        service.set_password(cook, {.staff = ana.id, .password = "another one"}).error().code,
        "forbidden"
    );
}

TEST_F(StaffTokenTest, AnAdminCannotLockThemselvesOut) {
    const StaffId self = std::get<StaffMember>(admin).id;
    const auto refused = service.change(admin, {.staff = self, .is_active = false});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, "invalid_fields");
    EXPECT_TRUE(ended.empty());
}

TEST_F(StaffTokenTest, AnotherInstanceHearsOfItWithItsNextReading) {
    std::vector<SessionId> told;
    EndedLogins elsewhere{
        world.staff(), world.clock, [&](const SessionId& login) { told.push_back(login); }};
    elsewhere.run_once();
    const StaffMember cook = std::get<StaffMember>(caller_of(log_in(ana)));
    ASSERT_TRUE(service.sign_out(admin, ana.id));
    ASSERT_TRUE(service.sign_out(admin, ana.id));
    EXPECT_FALSE(elsewhere.is_ended(cook));
    elsewhere.run_once();
    EXPECT_TRUE(elsewhere.is_ended(cook));
    EXPECT_EQ(told, (std::vector{login_session(ana.id, 0), login_session(ana.id, 1)}));
    elsewhere.run_once();
    EXPECT_EQ(told.size(), 2U) << "told once";
}

TEST_F(StaffTokenTest, AfterARestartTokensThatWereEndedBeforeStayEnded) {
    const StaffMember cook = std::get<StaffMember>(caller_of(log_in(ana)));
    ASSERT_TRUE(service.sign_out(admin, ana.id));
    world.clock.advance(hours{24 * 20});
    EndedLogins restarted{world.staff(), world.clock, [](const SessionId&) {}};
    EXPECT_FALSE(restarted.is_ended(cook));
    restarted.run_once();
    EXPECT_TRUE(restarted.is_ended(cook));
}

}  // namespace
}  // namespace orderpush::usecases

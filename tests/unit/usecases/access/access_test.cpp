// Who gets in, and what they may listen to: log-in, credentials, sessions, channel grants.

#include "base/clock.hpp"
#include "core/access/caller.hpp"
#include "core/access/staff_store.hpp"
#include "core/delivery/outbox.hpp"
#include "core/idempotency_store.hpp"
#include "core/orders/order_store.hpp"
#include "core/payments/payment_store.hpp"
#include "core/restaurant/menu_store.hpp"
#include "core/tables/session_store.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/unit/usecases/access/access_fixture.hpp"
#include "usecases/access/authenticator.hpp"
#include "usecases/access/channel_joiner.hpp"
#include "usecases/access/kitchen_socket_auth.hpp"
#include "usecases/access/realtime_service.hpp"
#include "usecases/access/staff_service.hpp"
#include "usecases/tables/session_service.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <semaphore>
#include <thread>
#include <vector>

namespace orderpush::usecases {
namespace {

using nlohmann::json;

TEST_F(AccessTest, LogInGivesATokenThatSaysWhoItIs) {
    const Staff ana = person(Role::kManager, "Ana@Demo.example");
    const auto login = staff_service.log_in({.email = "ana@demo.EXAMPLE", .password = "pass"});
    ASSERT_TRUE(login);
    EXPECT_EQ(login->expires_at, world.clock.now() + std::chrono::hours{12});
    const auto caller = authenticator.authenticate(login->token);
    ASSERT_TRUE(caller);
    const auto& staff = std::get<StaffMember>(*caller);
    EXPECT_EQ(staff.id, ana.id);
    EXPECT_EQ(staff.role, Role::kManager);
    EXPECT_EQ(staff.branch, ana.branch);
}

TEST_F(AccessTest, WrongPasswordAndUnknownAddressLookTheSame) {
    person(Role::kKitchen, "ana@demo.example");
    const auto wrong = staff_service.log_in({.email = "ana@demo.example", .password = "past"});
    const auto unknown = staff_service.log_in({.email = "bob@demo.example", .password = "pass"});
    ASSERT_FALSE(wrong);
    ASSERT_FALSE(unknown);
    EXPECT_EQ(wrong.error().code, unknown.error().code);
    EXPECT_EQ(wrong.error().message, unknown.error().message);
}

TEST_F(AccessTest, KnownAndUnknownAddressesCostTheSameVerifying) {
    const Staff ana = person(Role::kKitchen, "ana@demo.example");
    std::vector<std::string> verified;
    StaffService counting =
        staff_service_with({.verify = [&](std::string_view encoded, std::string_view) {
            verified.emplace_back(encoded);
            return false;
        }});
    EXPECT_FALSE(counting.log_in({.email = "ana@demo.example", .password = "guess"}));
    EXPECT_FALSE(counting.log_in({.email = "bob@demo.example", .password = "guess"}));
    ASSERT_EQ(verified.size(), 2U);
    EXPECT_EQ(verified[0], ana.password_hash);
    EXPECT_NE(verified[1], ana.password_hash);
    // Same algorithm, memory and rounds: "$argon2id$v=19$m=…,t=…,p=1$".
    const auto cost_of = [](const std::string& encoded) {
        return encoded.substr(0, encoded.find("p=1$"));
    };
    EXPECT_EQ(cost_of(verified[0]), cost_of(verified[1]));
}

TEST_F(AccessTest, LogInsTakeNoMoreThanFourThreads) {
    std::counting_semaphore<> begun{0};
    std::counting_semaphore<> may_end{0};
    StaffService busy{
        {.staff = world.staff(),
         .menus = world.menus(),
         .guard = guard,
         .keyring = keyring,
         .ended_logins = ended_logins,
         .ids = ids,
         .clock = world.clock},
        std::chrono::hours{12},
        PasswordCost::kTest,
        {.verify = [&](std::string_view, std::string_view) {
            begun.release();
            may_end.acquire();
            return false;
        }}};
    std::counting_semaphore<> refused{0};
    std::vector<std::jthread> clients;
    for (int i = 0; i < 7; ++i) {
        clients.emplace_back([&] {
            const auto login = busy.log_in({.email = "ana@demo.example", .password = "guess"});
            if (!login && login.error().code == "login_busy") {
                refused.release();
            }
        });
    }
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{1};
    int refusals = 0;
    while (refusals < 3 && refused.try_acquire_until(deadline)) {
        ++refusals;
    }
    EXPECT_EQ(refusals, 3) << "before anybody's patience was over";
    EXPECT_TRUE(begun.try_acquire_for(std::chrono::seconds{1}));
    EXPECT_TRUE(begun.try_acquire_for(std::chrono::seconds{1}));
    may_end.release(7);
}

TEST_F(AccessTest, TokensExpire) {
    person(Role::kKitchen, "ana@demo.example");
    const auto login = staff_service.log_in({.email = "ana@demo.example", .password = "pass"});
    ASSERT_TRUE(login);
    world.clock.advance(std::chrono::hours{12});
    const auto late = authenticator.authenticate(login->token);
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().code, "token_expired");
}

TEST_F(AccessTest, FirstGuestOpensTheTableAndTheNextJoins) {
    const auto first = session_service.open({.qr_token = "qr-garden", .guest_name = "Ada"});
    const auto second = session_service.open({.qr_token = "qr-garden", .device_id = "tablet-2"});
    ASSERT_TRUE(first);
    ASSERT_TRUE(second);
    EXPECT_TRUE(first->was_opened);
    EXPECT_FALSE(second->was_opened);
    EXPECT_EQ(first->session.id, second->session.id);
    EXPECT_NE(first->token, second->token);
    EXPECT_EQ(second->device_id, "tablet-2");
    const auto guest = authenticator.authenticate(second->token);
    ASSERT_TRUE(guest);
    EXPECT_EQ(std::get<Guest>(*guest).device_id, "tablet-2");
    std::vector<std::string> pushed_names;
    const auto entries = world.outbox().claim("any", 100, world.clock.now());
    for (const OutboxEntry& entry : entries.value()) {
        pushed_names.push_back(entry.name + " on " + std::string{entry.channel.audience_word()});
    }
    std::ranges::sort(pushed_names);
    EXPECT_EQ(
        pushed_names,
        (std::vector<std::string>{
            "session:opened on session",
            "session:opened on tables",
            "session:opened on waiters",
            "table:updated on tables",
            "table:updated on waiters"})
    );
}

TEST_F(AccessTest, DeadQrTokensAndOddDevicesAreRefused) {
    const auto unknown = session_service.open({.qr_token = "qr-unknown"});
    ASSERT_FALSE(unknown);
    EXPECT_EQ(unknown.error().kind, ErrorKind::kNotFound);
    const auto odd =
        session_service.open({.qr_token = "qr-garden", .device_id = "a b", .guest_name = ""});
    ASSERT_FALSE(odd);
    EXPECT_EQ(odd.error().field_errors.size(), 2U);
}

TEST_F(AccessTest, UnknownCredentialsProveNothing) {
    for (const std::string credential : {"", "opst_unknown", "opak_unknown", "a.b.c"}) {
        const auto caller = authenticator.authenticate(credential);
        ASSERT_FALSE(caller) << credential;
        EXPECT_EQ(caller.error().kind, ErrorKind::kUnauthenticated);
    }
}

TEST_F(AccessTest, BillLeavesOutWhatWasCancelled) {
    const TableSession session = restaurant.open_session();
    const OrderId live = restaurant.place_order(session);
    const OrderId cancelled = restaurant.place_order(session);
    ASSERT_TRUE(world.orders().change(restaurant.moved(cancelled, OrderStatus::kCancelled)));
    const auto view = session_service.find(member(Role::kWaiter), session.id);
    ASSERT_TRUE(view);
    EXPECT_EQ(view->orders.size(), 2U);
    EXPECT_EQ(view->bill.total_minor, world.orders().find(live)->total_minor);
}

TEST_F(AccessTest, StaffListenAsTheirRoleMay) {
    const std::string kitchen = Channel::kitchen(restaurant.branch.id).name();
    const auto grant = realtime.authorize_channel(member(Role::kKitchen), "1.2", kitchen);
    ASSERT_TRUE(grant);
    EXPECT_TRUE(grant->auth.starts_with("staff-"));
    EXPECT_EQ(json::parse(*grant->channel_data), json::parse(R"({"name":"Ana","role":"KITCHEN"})"));
    EXPECT_EQ(refusal(member(Role::kWaiter), kitchen), "forbidden");
    EXPECT_EQ(
        refusal(ApiClient{.key = {}, .restaurant = restaurant.branch.restaurant}, kitchen),
        "forbidden"
    );
}

TEST_F(AccessTest, AGuestIsNobodyElseWhateverItsDeviceCallsItself) {
    const auto id_of = [&](const std::string& qr_token, const std::string& device) {
        const auto opened = session_service.open({.qr_token = qr_token, .device_id = device});
        const Caller guest = authenticator.authenticate(opened->token).value();
        const auto user = realtime.authorize_user(guest, "1.2");
        EXPECT_TRUE(user);
        return std::pair{guest_user_id(std::get<Guest>(guest)), user->auth};
    };
    const auto here = id_of("qr-garden", "X");
    EXPECT_EQ(id_of("qr-garden", "X"), here);
    EXPECT_NE(id_of("qr-garden", "Y").first, here.first);
    const Table next_door = restaurant.open_session().table;
    world.add_table(next_door, "qr-next");
    const auto there = id_of("qr-next", "X");
    EXPECT_NE(there.first, here.first);
    EXPECT_NE(there.second, here.second);
}

TEST_F(AccessTest, GuestsListenToTheirOwnTableSessionAndOrders) {
    const auto opened =
        session_service.open({.qr_token = "qr-garden", .device_id = "phone", .guest_name = "Ada"});
    ASSERT_TRUE(opened);
    const Caller guest = authenticator.authenticate(opened->token).value();
    const auto grant =
        realtime.authorize_channel(guest, "1.2", Channel::session(opened->session.id).name());
    ASSERT_TRUE(grant);
    EXPECT_EQ(grant->auth, guest_user_id(std::get<Guest>(guest)));
    EXPECT_TRUE(grant->auth.starts_with("guest-"));
    EXPECT_EQ(grant->auth.find("phone"), std::string::npos);
    EXPECT_EQ(authorizer.last_session, opened->session.id);
    EXPECT_EQ(*grant->channel_data, R"({"name":"Ada"})");
    EXPECT_TRUE(realtime.authorize_channel(guest, "1.2", Channel::table(garden.id).name()));

    const TableSession other = restaurant.open_session();
    const OrderId foreign = restaurant.place_order(other);
    EXPECT_EQ(refusal(guest, Channel::session(other.id).name()), "forbidden");
    EXPECT_EQ(refusal(guest, Channel::table(other.table.id).name()), "forbidden");
    EXPECT_EQ(refusal(guest, Channel::order(foreign).name()), "forbidden");
    EXPECT_EQ(refusal(guest, Channel::kitchen(restaurant.branch.id).name()), "forbidden");
}

TEST_F(AccessTest, WhereNothingEndsASubscriptionTablesAreForStaff) {
    authorizer.is_ending = false;
    const auto opened = session_service.open({.qr_token = "qr-garden", .device_id = "phone"});
    const Caller guest = authenticator.authenticate(opened->token).value();
    const std::string table = Channel::table(garden.id).name();
    EXPECT_EQ(refusal(guest, table), "forbidden");
    EXPECT_TRUE(realtime.authorize_channel(member(Role::kWaiter), "1.2", table));
    EXPECT_TRUE(
        realtime.authorize_channel(guest, "1.2", Channel::session(opened->session.id).name())
    );
    const auto offers_table = [&](const Caller& caller) {
        const auto described = realtime.describe(caller);
        bool has_table = false;
        for (const OfferedChannel& offered : described.value().channels) {
            has_table = has_table || offered.channel.audience() == Audience::kTable;
        }
        return has_table;
    };
    EXPECT_FALSE(offers_table(guest));
    EXPECT_TRUE(access.check(guest, Channel::table(garden.id))) << "REST asks anew each time";
}

TEST_F(AccessTest, UnknownAndPublicChannelsAreRefusedWithTheirReason) {
    const Caller manager = member(Role::kManager);
    EXPECT_EQ(refusal(manager, "lobby"), "channel_unknown");
    EXPECT_EQ(refusal(manager, Channel::menu(restaurant.branch.id).name()), "channel_public");
    EXPECT_NE(refusal(manager, Channel::order(ids.make<OrderId>()).name()), "granted");
    EXPECT_NE(refusal(manager, Channel::kitchen(ids.make<BranchId>()).name()), "granted");
}

TEST_F(AccessTest, EachRoleIsOfferedItsChannels) {
    const auto names = [&](const Caller& caller) {
        std::vector<std::string> words;
        const auto described = realtime.describe(caller);
        for (const OfferedChannel& offered : described.value().channels) {
            words.emplace_back(offered.channel.audience_word());
        }
        return words;
    };
    EXPECT_EQ(
        names(member(Role::kKitchen)), (std::vector<std::string>{"kitchen", "tables", "menu"})
    );
    EXPECT_EQ(
        names(member(Role::kWaiter)), (std::vector<std::string>{"waiters", "tables", "menu"})
    );
    EXPECT_EQ(
        names(member(Role::kAdmin)),
        (std::vector<std::string>{"kitchen", "waiters", "tables", "menu"})
    );
}

TEST_F(AccessTest, DisplaysEnterTheKitchenOfTheirToken) {
    const Timestamp later = world.clock.now() + std::chrono::hours{1};
    const auto token_of = [&](Role role, Timestamp expires_at) {
        return keyring.sign(staff_claims(std::get<StaffMember>(member(role)), expires_at));
    };
    const auto reason = [&](const std::string& token) {
        const auto display = admit_display(authenticator, token);
        return display ? "" : display.error().code;
    };
    const auto display = admit_display(authenticator, token_of(Role::kKitchen, later));
    ASSERT_TRUE(display);
    EXPECT_EQ(display->channel, Channel::kitchen(restaurant.branch.id));
    EXPECT_TRUE(display->member.id.starts_with("staff-"));
    EXPECT_EQ(json::parse(display->member.info), json::parse(R"({"name":"Ana","role":"KITCHEN"})"));
    EXPECT_EQ(reason(token_of(Role::kManager, later)), "");
    EXPECT_EQ(reason(token_of(Role::kWaiter, later)), "forbidden");
    EXPECT_EQ(reason(token_of(Role::kKitchen, world.clock.now())), "token_expired");
    EXPECT_EQ(reason("opak_front_end"), "token_invalid");
    EXPECT_EQ(reason("opst_guest"), "token_invalid");
    EXPECT_EQ(reason(""), "credential_missing");
}

}  // namespace
}  // namespace orderpush::usecases

#pragma once

#include "core/access/staff_store.hpp"
#include "core/idempotency_store.hpp"
#include "core/orders/order_store.hpp"
#include "core/payments/payment_store.hpp"
#include "core/restaurant/menu_store.hpp"
#include "core/tables/session_store.hpp"
#include "tests/support/counting_signal.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/memory/memory_world.hpp"
#include "tests/support/sample_restaurant.hpp"
#include "tests/support/sequential_ids.hpp"
#include "usecases/access/authenticator.hpp"
#include "usecases/access/ended_logins.hpp"
#include "usecases/access/realtime_service.hpp"
#include "usecases/access/staff_service.hpp"
#include "usecases/tables/session_service.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace orderpush::usecases {

/// Grants everything, showing what it was asked.
class OpenAuthorizer final : public ChannelAuthorizer {
  public:
    std::optional<Channel> channel_of(std::string_view name) const override {
        return Channel::parse(name);
    }
    std::string provider_name(const Channel& channel) const override { return channel.name(); }
    bool ends_with_session() const noexcept override { return is_ending; }
    Result<ChannelGrant> grant(std::string_view, const Channel&, const ChannelJoiner& joiner)
        const override {
        last_session = joiner.session;
        return ChannelGrant{.auth = joiner.member.id, .channel_data = joiner.member.info};
    }
    Result<UserGrant> grant_user(std::string_view, const PresenceMember& member) const override {
        return UserGrant{.auth = member.id, .user_data = member.info};
    }

    mutable std::optional<SessionId> last_session;
    bool is_ending = true;
};

struct AccessTest : testing::Test {
    test::MemoryWorld world;
    test::SequentialIds ids;
    test::SampleRestaurant restaurant{world, ids};
    test::CountingSignal signal;
    OpenAuthorizer authorizer;
    JwtKeyring keyring{{{.kid = "1", .secret = "a secret of more than thirty-two characters"}}};
    /// Log-ins whose subscriptions were ended.
    std::vector<SessionId> ended;
    EndedLogins ended_logins{
        world.staff(), world.clock, [this](const SessionId& login) { ended.push_back(login); }};
    Authenticator authenticator{
        world.sessions(), world.staff(), ended_logins, keyring, world.clock};
    IdempotencyGuard guard{world.idempotency()};
    StaffService staff_service = staff_service_with({});
    SessionService session_service{
        {.sessions = world.sessions(),
         .orders = world.orders(),
         .payments = world.payments(),
         .guard = guard,
         .signal = signal,
         .ids = ids,
         .clock = world.clock}};
    ChannelAccess access{world.menus(), world.orders(), world.sessions()};
    RealtimeService realtime{
        {.authorizer = authorizer,
         .access = access,
         .endpoint = {.provider = "builtin", .protocol = "pusher"}}};

    AccessTest() { world.add_table(garden, "qr-garden"); }

    Table garden = [this] {
        Table table = restaurant.table;
        table.id = ids.make<TableId>();
        table.number = "G1";
        return table;
    }();

    StaffService staff_service_with(LoginOptions options) {
        return StaffService{
            {.staff = world.staff(),
             .menus = world.menus(),
             .guard = guard,
             .keyring = keyring,
             .ended_logins = ended_logins,
             .ids = ids,
             .clock = world.clock},
            std::chrono::hours{12},
            PasswordCost::kTest,
            std::move(options)};
    }
    Staff person(Role role, const std::string& email) {
        Staff made{
            .id = ids.make<StaffId>(),
            .restaurant = restaurant.branch.restaurant,
            .branch = restaurant.branch.id,
            .name = "Ana",
            .email = email,
            .role = role,
            .password_hash = hash_password("pass", PasswordCost::kTest),
            .station = {}};
        world.add_staff(made, true);
        return made;
    }
    Caller member(Role role) {
        return StaffMember{
            .id = ids.make<StaffId>(),
            .restaurant = restaurant.branch.restaurant,
            .branch = restaurant.branch.id,
            .role = role,
            .name = "Ana",
            .station = {}};
    }
    std::string refusal(const Caller& caller, const std::string& channel) {
        const auto grant = realtime.authorize_channel(caller, "1.2", channel);
        EXPECT_FALSE(grant) << channel;
        if (grant) {
            return "granted";
        }
        EXPECT_EQ(grant.error().kind, ErrorKind::kForbidden);
        return grant.error().code;
    }
};

}  // namespace orderpush::usecases

// What those who look after the service read of it.

#include "base/clock.hpp"
#include "core/delivery/outbox.hpp"
#include "core/delivery/relay_streams.hpp"
#include "core/events/event_log.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/unit/http/api_fixture.hpp"
#include "usecases/access/authenticator.hpp"

#include <chrono>

namespace orderpush::http {
namespace {

using nlohmann::json;

class OperationsTest : public ApiTest {
  protected:
    OperationsTest() {
        EXPECT_TRUE(world_.streams().set({"builtin"}, world_.clock.now()));
        // Ahead of the database's clock, by which events are written.
        world_.clock.advance(std::chrono::hours{24 * 3650});
        const auto now = world_.clock.now();
        world_.clock.advance(std::chrono::ceil<std::chrono::minutes>(now) - now);
    }
    std::string token_of(Role role) {
        const StaffMember staff{
            .id = ids_.make<StaffId>(),
            .restaurant = branch_.restaurant,
            .branch = branch_.id,
            .role = role,
            .name = "Wim",
            .station = {}};
        return keyring_.sign(
            usecases::staff_claims(staff, world_.clock.now() + std::chrono::hours{2})
        );
    }
    json overview() {
        const Reply reply = get("/v1/operations/overview", token_of(Role::kManager));
        EXPECT_EQ(reply.status, 200) << reply.body;
        return reply.json();
    }
    /// What waits on the kitchen's channel, all of it.
    void deliver() {
        const Channel kitchen = Channel::kitchen(branch_.id);
        const auto history = world_.events().read(kitchen, 0, 100);
        std::vector<Settlement> settlements;
        for (const OutboxEntry& entry : history.value().entries) {
            settlements.push_back({.channel = kitchen, .seq = entry.seq, .attempts = 1});
        }
        ASSERT_TRUE(world_.outbox().settle("builtin", settlements, world_.clock.now()));
    }
};

TEST_F(OperationsTest, TheLastHourHasAllItsMinutes) {
    placed_order(guest_token());
    world_.clock.advance(std::chrono::milliseconds{40});
    deliver();
    world_.clock.advance(std::chrono::seconds{90});
    const json document = overview();
    EXPECT_EQ(
        document.at("branches"),
        (json{{{"branchId", to_string(branch_.id)}, {"name", branch_.name}}})
    );
    const json& minutes = document.at("minutes");
    ASSERT_EQ(minutes.size(), 60U);
    const json& minute = minutes.at(58);
    EXPECT_EQ(minute.at("orders"), 1);
    EXPECT_GE(minute.at("delivered"), 1);
    EXPECT_EQ(minute.at("p99Ms"), 40);
    EXPECT_EQ(minutes.at(59).at("orders"), 0);
    EXPECT_FALSE(minutes.at(59).contains("p50Ms"));
    EXPECT_EQ(document.at("total").at("orders"), 1);
    EXPECT_EQ(document.at("dead"), (json{{"count", 0}, {"more", false}}));
    EXPECT_EQ(document.at("truncated"), false);
}

TEST_F(OperationsTest, WhatWaitsIsCountedWithItsAge) {
    const auto at = to_rfc3339(world_.clock.now());
    placed_order(guest_token());
    world_.clock.advance(std::chrono::seconds{5});
    const json outbox = overview().at("outbox");
    EXPECT_GT(outbox.at("events"), 0);
    EXPECT_EQ(outbox.at("oldestAt"), at);
}

TEST_F(OperationsTest, OrdersAreFoundByTheirNumber) {
    const std::string order = placed_order(guest_token());
    const std::string token = token_of(Role::kAdmin);
    const json found = get("/v1/operations/orders?number=1", token).json();
    ASSERT_EQ(found.at("orders").size(), 1U);
    EXPECT_EQ(found.at("orders").at(0).at("id"), order);
    EXPECT_EQ(get("/v1/operations/orders?number=2", token).json().at("orders"), json::array());
}

TEST_F(OperationsTest, ANumberIsNeeded) {
    const std::string token = token_of(Role::kManager);
    for (const char* query : {"", "?number=0", "?number=-1", "?number=x", "?number=99999999999"}) {
        const Reply reply = get(std::string{"/v1/operations/orders"} + query, token);
        EXPECT_EQ(reply.status, 422) << query;
        EXPECT_FALSE(reply.fault("number").empty()) << query;
    }
}

TEST_F(OperationsTest, OthersAreRefused) {
    for (const char* path : {"/v1/operations/overview", "/v1/operations/orders?number=1"}) {
        EXPECT_EQ(get(path).status, 401);
        EXPECT_EQ(get(path, guest_token()).status, 403);
        EXPECT_EQ(get(path, cook_token()).status, 403);
        EXPECT_EQ(get(path, token_of(Role::kWaiter)).status, 403);
        EXPECT_EQ(get(path, token_of(Role::kManager)).status, 200);
        EXPECT_EQ(get(path, token_of(Role::kAdmin)).status, 200);
        EXPECT_EQ(get(path, kApiKey).status, 200);
    }
}

}  // namespace
}  // namespace orderpush::http

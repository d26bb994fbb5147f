// What could not be delivered, over HTTP: who sees it, and who has it sent again.

#include "base/clock.hpp"
#include "core/delivery/outbox.hpp"
#include "core/delivery/relay_streams.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/unit/http/api_fixture.hpp"
#include "tests/unit/http/api_services.hpp"

namespace orderpush::http {
namespace {

class DeliveryTest : public ApiTest {
  protected:
    DeliveryTest() {
        EXPECT_TRUE(world_.streams().set({"failover"}, world_.clock.now()));
        Staff manager = cook_;
        manager.id = ids_.make<StaffId>();
        manager.email = "manager@example.com";
        manager.role = Role::kManager;
        world_.add_staff(manager, true);
    }

    std::string manager_token() {
        const nlohmann::json login{{"email", "manager@example.com"}, {"password", kPassword}};
        return send_json("POST", "/v1/staff/login", "", login).json().at("token");
    }
    /// Every entry of a placed order is refused.
    void kill_an_order() {
        placed_order(guest_token());
        std::vector<Settlement> settlements;
        const auto claimed = world_.outbox().claim("failover", 100, world_.clock.now()).value();
        for (const OutboxEntry& entry : claimed) {
            settlements.push_back(
                {.channel = entry.channel,
                 .seq = entry.seq,
                 .state = Settlement::State::kDead,
                 .attempts = 2,
                 .reason = "no such app",
                 .via = "pusher"}
            );
        }
        ASSERT_TRUE(world_.outbox().settle("failover", settlements, world_.clock.now()));
    }
    std::string kitchen_id(std::int64_t seq) const {
        return "failover.kitchen:" + to_string(branch_.id) + "." + std::to_string(seq);
    }
    Reply retry(const std::string& id, const std::string& token) {
        return send("POST", "/v1/deliveries/" + id + "/retry", {"Authorization: Bearer " + token});
    }
};

TEST_F(DeliveryTest, AManagerSeesWhatDiedAndWhy) {
    kill_an_order();
    const auto kitchen = "kitchen:" + to_string(branch_.id);
    nlohmann::json found;
    const auto page = get("/v1/deliveries", manager_token()).json();
    for (const auto& one : page.at("deliveries")) {
        if (one.at("channel") == kitchen) {
            found = one;
        }
    }
    EXPECT_EQ(found.at("id"), kitchen_id(1));
    EXPECT_EQ(found.at("adapter"), "failover");
    EXPECT_EQ(found.at("via"), "pusher");
    EXPECT_EQ(found.at("seq"), 1);
    EXPECT_EQ(found.at("event"), "order:created");
    EXPECT_EQ(found.at("state"), "dead");
    EXPECT_EQ(found.at("attempts"), 2);
    EXPECT_EQ(found.at("reason"), "no such app");
    EXPECT_EQ(found.at("updatedAt"), to_rfc3339(world_.clock.now()));
    EXPECT_TRUE(found.contains("eventId"));
    EXPECT_TRUE(found.contains("occurredAt"));
}

TEST_F(DeliveryTest, ARepeatedRetryDoesNothingMore) {
    kill_an_order();
    const std::string token = manager_token();
    const auto ask = [&](const std::string& target, const std::string& key, const char* body) {
        return send(
            "POST",
            target,
            {"Authorization: Bearer " + token,
             "Content-Type: application/json",
             "Idempotency-Key: " + key},
            body
        );
    };
    const auto dead = [&] {
        return get("/v1/deliveries?state=dead", token).json().at("deliveries").size();
    };
    const std::size_t all = dead();
    const std::string one = "/v1/deliveries/" + kitchen_id(1) + "/retry";
    const Reply first = ask(one, "one", "");
    ASSERT_EQ(first.status, 202) << first.body;
    EXPECT_EQ(dead(), all - 1);
    // It died once more before its answer was asked for again.
    const Settlement died{
        .channel = Channel::kitchen(branch_.id),
        .seq = 1,
        .state = Settlement::State::kDead,
        .attempts = 1,
        .reason = "still no such app",
        .via = "pusher"};
    ASSERT_TRUE(world_.outbox().claim("failover", 100, world_.clock.now()));
    ASSERT_TRUE(world_.outbox().settle("failover", std::vector{died}, world_.clock.now()));
    ASSERT_EQ(dead(), all);
    const Reply again = ask(one, "one", "");
    EXPECT_EQ(again.status, 202);
    EXPECT_EQ(again.body, first.body);
    EXPECT_EQ(again.header("idempotent-replayed"), "true");
    EXPECT_EQ(dead(), all);
    const Reply every = ask("/v1/deliveries/retry", "all", R"({"state":"dead"})");
    EXPECT_EQ(every.json(), (nlohmann::json{{"count", all}, {"more", false}}));
    EXPECT_EQ(dead(), 0U);
    const Reply repeated = ask("/v1/deliveries/retry", "all", R"({"state":"dead"})");
    EXPECT_EQ(repeated.status, 202);
    EXPECT_EQ(repeated.body, every.body);
    EXPECT_EQ(repeated.header("idempotent-replayed"), "true");
}

TEST_F(DeliveryTest, PagesCoverEverythingOnce) {
    kill_an_order();
    const std::string token = manager_token();
    const auto whole = get("/v1/deliveries?state=dead", token).json();
    EXPECT_TRUE(whole.at("next").is_null());
    std::vector<std::string> ids;
    std::string after;
    for (std::size_t page = 0; page < 20; ++page) {
        const auto reply = get("/v1/deliveries?limit=1" + after, token).json();
        ids.push_back(reply.at("deliveries").at(0).at("id"));
        if (reply.at("next").is_null()) {
            break;
        }
        after = "&after=" + reply.at("next").get<std::string>();
    }
    ASSERT_EQ(ids.size(), whole.at("deliveries").size());
    for (std::size_t i = 0; i < ids.size(); ++i) {
        EXPECT_EQ(ids[i], whole.at("deliveries").at(i).at("id"));
    }
}

TEST_F(DeliveryTest, OnlyThoseInChargeMayLookAndAct) {
    kill_an_order();
    for (const std::string& token : {guest_token(), cook_token()}) {
        EXPECT_EQ(get("/v1/deliveries", token).status, 403);
        EXPECT_EQ(get("/v1/adapters", token).status, 403);
        EXPECT_EQ(retry(kitchen_id(1), token).status, 403);
        EXPECT_EQ(
            send_json("POST", "/v1/deliveries/retry", token, {{"state", "dead"}}).status, 403
        );
    }
    EXPECT_EQ(get("/v1/deliveries").status, 401);
    EXPECT_EQ(get("/v1/deliveries", kApiKey).status, 200);
}

TEST_F(DeliveryTest, ADeadLetterIsSentAgainOnRequest) {
    kill_an_order();
    const std::string token = manager_token();
    const int notified = signal_.count();
    const Reply reply = retry(kitchen_id(1), token);
    EXPECT_EQ(reply.status, 202);
    EXPECT_EQ(reply.json(), (nlohmann::json{{"id", kitchen_id(1)}, {"state", "retry"}}));
    EXPECT_EQ(signal_.count(), notified + 1);
    const auto waiting = get("/v1/deliveries?state=retry", token).json().at("deliveries");
    ASSERT_EQ(waiting.size(), 1U);
    EXPECT_EQ(waiting.at(0).at("id"), kitchen_id(1));
    EXPECT_EQ(world_.outbox().claim("failover", 10, world_.clock.now())->size(), 1U);
}

TEST_F(DeliveryTest, WhatCannotBeSentAgainSaysWhy) {
    kill_an_order();
    const std::string token = manager_token();
    for (const std::string& id : {std::string{"nonsense"}, kitchen_id(2), "x." + kitchen_id(1)}) {
        const Reply reply = retry(id, token);
        EXPECT_EQ(reply.status, 404);
        EXPECT_EQ(reply.code(), "delivery_not_found");
    }
    ASSERT_TRUE(world_.streams().set({"builtin"}, world_.clock.now()));
    const Reply ended = retry(kitchen_id(1), token);
    EXPECT_EQ(ended.status, 409);
    EXPECT_EQ(ended.code(), "stream_ended");
}

TEST_F(DeliveryTest, AllAtOnceSaysHowMany) {
    kill_an_order();
    const std::string token = manager_token();
    const auto dead_count = get("/v1/deliveries", token).json().at("deliveries").size();
    const auto send_all = [&](const nlohmann::json& body) {
        return send_json("POST", "/v1/deliveries/retry", token, body);
    };
    EXPECT_EQ(send_all({{"state", "retry"}}).status, 422);
    EXPECT_EQ(send_all({}).status, 422);
    EXPECT_EQ(send_all({{"state", "dead"}, {"adapter", "ably"}}).json().at("count"), 0);
    const auto all = send_all({{"state", "dead"}, {"adapter", "pusher"}});
    EXPECT_EQ(all.status, 202);
    EXPECT_EQ(all.json().at("count"), dead_count);
    EXPECT_EQ(all.json().at("more"), false);
}

TEST_F(DeliveryTest, WrongQueriesNameTheirField) {
    const std::string token = manager_token();
    EXPECT_NE(get("/v1/deliveries?state=lost", token).fault("state"), "");
    EXPECT_NE(get("/v1/deliveries?after=7", token).fault("after"), "");
    EXPECT_NE(get("/v1/deliveries?adapter=a%00b", token).fault("adapter"), "");
    EXPECT_NE(get("/v1/deliveries?limit=201", token).fault("limit"), "");
}

TEST_F(DeliveryTest, AdaptersShowTheirCircuitsAndWhatWaits) {
    placed_order(guest_token());
    const auto waiting_count =
        world_.outbox().claim("failover", 100, world_.clock.now()).value().size();
    usecases::AdapterState pusher{
        .name = "pusher",
        .stream = "failover",
        .circuit = {.state = usecases::CircuitState::kOpen, .since = world_.clock.now()}};
    pusher.circuit.last_failure = "503";
    pusher.circuit.last_failure_at = world_.clock.now();
    usecases::AdapterState builtin{
        .name = "builtin", .stream = "failover", .is_in_force = true, .circuit = {}};
    services_->adapter_states.told = {pusher, builtin};
    const auto reply = get("/v1/adapters", manager_token()).json();
    EXPECT_EQ(reply.at("mode"), "failover");
    const auto& first = reply.at("adapters").at(0);
    EXPECT_EQ(first.at("name"), "pusher");
    EXPECT_EQ(first.at("inForce"), false);
    EXPECT_EQ(first.at("circuit").at("state"), "open");
    EXPECT_EQ(first.at("lastFailure").at("reason"), "503");
    EXPECT_EQ(first.at("backlog").at("events"), waiting_count);
    EXPECT_EQ(first.at("backlog").at("oldestAt"), to_rfc3339(world_.clock.now()));
    EXPECT_EQ(reply.at("adapters").at(1).at("inForce"), true);
    EXPECT_FALSE(reply.at("adapters").at(1).contains("lastFailure"));
}

}  // namespace
}  // namespace orderpush::http

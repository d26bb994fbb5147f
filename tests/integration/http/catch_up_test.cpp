// GET /v1/channels/{channel}/events, by which a display fetches what it missed.

#include "base/clock.hpp"
#include "core/delivery/outbox.hpp"
#include "core/events/event.hpp"
#include "core/events/event_log.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/postgres/pg_world.hpp"
#include "tests/unit/http/api_fixture.hpp"
#include "tests/unit/http/api_services.hpp"
#include "usecases/access/authenticator.hpp"

#include <chrono>

namespace orderpush::http {
namespace {

using nlohmann::json;

class CatchUpTest : public ApiTest {
  protected:
    std::string kitchen() const { return Channel::kitchen(branch_.id).name(); }
    static std::string events_of(const std::string& channel) {
        return "/v1/channels/" + channel + "/events";
    }
    std::string waiter_token(const Branch& branch) {
        const StaffMember waiter{
            .id = ids_.make<StaffId>(),
            .restaurant = branch.restaurant,
            .branch = branch.id,
            .role = Role::kWaiter,
            .name = "Wim",
            .station = {}};
        return keyring_.sign(
            usecases::staff_claims(waiter, world_.clock.now() + std::chrono::hours{1})
        );
    }
    Branch foreign_branch() {
        Branch branch = branch_;
        branch.id = ids_.make<BranchId>();
        branch.restaurant = ids_.make<RestaurantId>();
        world_.add_branch(branch);
        return branch;
    }
    std::string epoch() {
        return to_string(world_.events().read(Channel::kitchen(branch_.id), 0, 0).value().epoch);
    }
    json empty_page(int last_seq) {
        return {
            {"channel", kitchen()},
            {"epoch", epoch()},
            {"events", json::array()},
            {"next", nullptr},
            {"lastSeq", last_seq}};
    }
    /// What the adapter is given for the channel, in order.
    std::vector<std::string> pushed(const std::string& channel) {
        std::vector<std::string> envelopes;
        const auto claimed = world_.outbox().claim("test", 1000, world_.clock.now());
        for (const OutboxEntry& entry : *claimed) {
            if (entry.channel.name() == channel) {
                envelopes.push_back(envelope(entry));
            }
        }
        return envelopes;
    }
    void place_orders(int count) {
        const std::string guest = guest_token();
        for (int i = 0; i < count; ++i) {
            placed_order(guest);
        }
    }
    /// All that was recorded so far becomes older than anything that is kept.
    void purge_all() {
        world_.clock.advance(std::chrono::hours{100});
        const Timestamp now = world_.clock.now();
        ASSERT_TRUE(dynamic_cast<test::PgWorld&>(world_).retention().purge_events(
            {.settled_before = now, .all_before = now, .adapters = {"test"}}
        ));
    }
};

TEST_F(CatchUpTest, GivesTheVeryEnvelopesThatWerePushed) {
    place_orders(2);
    const Reply reply = get(events_of(kitchen()), cook_token());
    ASSERT_EQ(reply.status, 200) << reply.body;
    const auto envelopes = pushed(kitchen());
    ASSERT_EQ(envelopes.size(), 2U);
    EXPECT_EQ(
        reply.body,
        R"({"channel":")" + kitchen() + R"(","epoch":")" + epoch() + R"(","events":[)" +
            envelopes[0] + "," + envelopes[1] + R"(],"next":null,"lastSeq":2})"
    );
}

TEST_F(CatchUpTest, PagesLeadFromOneToTheNext) {
    place_orders(5);
    const std::string cook = cook_token();
    std::vector<int> seqs;
    std::string after = "0";
    while (after != "null") {
        const Reply reply = get(events_of(kitchen()) + "?limit=2&after=" + after, cook);
        ASSERT_EQ(reply.status, 200) << reply.body;
        const json page = reply.json();
        for (const auto& event : page.at("events")) {
            seqs.push_back(event.at("seq"));
        }
        EXPECT_EQ(page.at("lastSeq"), 5);
        after = page.at("next").dump();
    }
    EXPECT_EQ(seqs, (std::vector<int>{1, 2, 3, 4, 5}));
}

TEST_F(CatchUpTest, TheColonMayBeEncoded) {
    place_orders(1);
    const std::string encoded = "kitchen%3A" + to_string(branch_.id);
    const Reply reply = get(events_of(encoded), cook_token());
    ASSERT_EQ(reply.status, 200) << reply.body;
    EXPECT_EQ(reply.json().at("channel"), kitchen());
}

TEST_F(CatchUpTest, NothingIsBehindTheLast) {
    place_orders(1);
    const Reply reply = get(events_of(kitchen()) + "?after=1", cook_token());
    ASSERT_EQ(reply.status, 200) << reply.body;
    EXPECT_EQ(reply.json(), empty_page(1));
}

TEST_F(CatchUpTest, APositionBeyondTheEndIsOfAnotherLog) {
    place_orders(1);
    for (const char* after : {"2", "33", "9223372036854775807"}) {
        const Reply reply = get(events_of(kitchen()) + "?after=" + after, cook_token());
        EXPECT_EQ(reply.status, 410) << after;
        const json problem = reply.json();
        EXPECT_EQ(problem.at("code"), "position_unknown");
        EXPECT_EQ(problem.at("epoch"), epoch());
        EXPECT_EQ(problem.at("oldestSeq"), 1);
        EXPECT_EQ(problem.at("lastSeq"), 1);
        EXPECT_EQ(problem.at("href"), "/v1/branches/" + to_string(branch_.id) + "/board");
    }
    const std::string menu = Channel::menu(branch_.id).name();
    const Reply reply = get(events_of(menu) + "?after=1");
    EXPECT_EQ(reply.status, 410) << "of a channel that never had an event";
    EXPECT_EQ(reply.json().at("href"), "/v1/branches/" + to_string(branch_.id) + "/menu");
}

TEST_F(CatchUpTest, APositionOfAnotherEpochIsOfAnotherLog) {
    place_orders(2);
    const std::string cook = cook_token();
    const std::string board =
        get("/v1/branches/" + to_string(branch_.id) + "/board", cook).json().at("epoch");
    EXPECT_EQ(board, epoch());
    EXPECT_EQ(get(events_of(kitchen()) + "?after=1&epoch=" + board, cook).status, 200);
    const std::string other = to_string(ids_.next());
    for (const char* after : {"0", "1", "2"}) {
        const Reply reply = get(events_of(kitchen()) + "?after=" + after + "&epoch=" + other, cook);
        EXPECT_EQ(reply.status, 410) << after;
        EXPECT_EQ(reply.json().at("code"), "epoch_changed");
        EXPECT_EQ(reply.json().at("epoch"), epoch());
        EXPECT_EQ(reply.json().at("lastSeq"), 2);
    }
    const Reply wrong = get(events_of(kitchen()) + "?after=1&epoch=2", cook);
    EXPECT_EQ(wrong.status, 422);
    EXPECT_NE(wrong.fault("epoch"), "") << wrong.body;
}

TEST_F(CatchUpTest, AsksWhereTheLogStandsWithoutBeingAnywhere) {
    const std::string cook = cook_token();
    EXPECT_EQ(get(events_of(kitchen()) + "?limit=0", cook).json(), empty_page(0));
    place_orders(3);
    EXPECT_EQ(get(events_of(kitchen()) + "?limit=0", cook).json(), empty_page(3));
    purge_all();
    EXPECT_EQ(get(events_of(kitchen()) + "?limit=0", cook_token()).json(), empty_page(3));
    EXPECT_EQ(get(events_of(kitchen()) + "?limit=0&after=1", cook_token()).status, 410);
}

TEST_F(CatchUpTest, WrongNumbersNameTheirParameter) {
    const std::string cook = cook_token();
    for (const char* wrong : {"", "x", "-1", "1.5", "+1", "9223372036854775808"}) {
        const Reply reply = get(events_of(kitchen()) + "?after=" + wrong, cook);
        EXPECT_EQ(reply.status, 422) << wrong;
        EXPECT_NE(reply.fault("after"), "") << reply.body;
    }
    for (const char* wrong : {"201", "-1", "all"}) {
        const Reply reply = get(events_of(kitchen()) + "?limit=" + wrong, cook);
        EXPECT_EQ(reply.status, 422) << wrong;
        EXPECT_NE(reply.fault("limit"), "") << reply.body;
    }
    EXPECT_EQ(get(events_of(kitchen()) + "?limit=200", cook).status, 200);
    EXPECT_EQ(get(events_of(kitchen()) + "?from=1", cook).status, 422);
}

TEST_F(CatchUpTest, WhoMayNotSubscribeMayNotCatchUp) {
    const std::string guest = guest_token();
    EXPECT_EQ(get(events_of(kitchen()), guest).status, 403);
    EXPECT_EQ(get(events_of(kitchen()), waiter_token(branch_)).status, 403);
    const Reply server = send("GET", events_of(kitchen()), {"X-API-Key: " + std::string{kApiKey}});
    EXPECT_EQ(server.status, 403);
    const std::string order = Channel::order(*parse_id<OrderId>(placed_order(guest))).name();
    EXPECT_EQ(get(events_of(order), guest).status, 200);
    EXPECT_EQ(get(events_of(order), cook_token()).status, 200);
}

TEST_F(CatchUpTest, GuestsSeeNothingOfThePartyBeforeThemAtTheirTable) {
    const std::string before = guest_token();
    const std::string order_before = placed_order(before);
    const json seated = get("/v1/orders/" + order_before, before).json();
    const std::string table = "table:" + seated.at("tableId").get<std::string>();
    const std::string session = seated.at("sessionId").get<std::string>();
    ASSERT_EQ(get(events_of(table), before).json().at("events").size(), 1U);
    world_.clock.advance(std::chrono::minutes{5});
    ASSERT_EQ(
        send(
            "POST",
            "/v1/sessions/" + session + "/close",
            {"Authorization: Bearer " + waiter_token(branch_)}
        )
            .status,
        200
    );
    world_.clock.advance(std::chrono::minutes{5});
    const std::string guest = guest_token();
    const std::string order = placed_order(guest);
    std::vector<std::string> orders;
    std::string after = "0";
    while (after != "null") {
        const Reply reply = get(events_of(table) + "?limit=1&after=" + after, guest);
        ASSERT_EQ(reply.status, 200) << reply.body;
        const json page = reply.json();
        for (const auto& event : page.at("events")) {
            orders.push_back(event.at("orderId"));
        }
        after = page.at("next").dump();
    }
    EXPECT_EQ(orders, std::vector{order});
    EXPECT_EQ(get(events_of(table), cook_token()).json().at("events").size(), 2U);
}

TEST_F(CatchUpTest, ForeignAndUnknownChannelsLookAlike) {
    const std::string foreign = Channel::kitchen(foreign_branch().id).name();
    const std::string unknown = Channel::kitchen(ids_.make<BranchId>()).name();
    const std::string cook = cook_token();
    for (const std::string& channel :
         {foreign, unknown, std::string{"kitchen:7"}, std::string{"presence-kitchen"}}) {
        const Reply reply = get(events_of(channel), cook);
        EXPECT_EQ(reply.status, 404) << channel;
        EXPECT_EQ(reply.code(), "channel_unknown") << channel;
    }
}

TEST_F(CatchUpTest, CredentialsAreAskedForUnlessTheChannelIsPublic) {
    const Reply nobody = get(events_of(kitchen()));
    EXPECT_EQ(nobody.status, 401);
    EXPECT_EQ(nobody.header("www-authenticate"), "Bearer");
    EXPECT_EQ(get(events_of(kitchen()), "nonsense").status, 401);
    const std::string menu = Channel::menu(branch_.id).name();
    EXPECT_EQ(get(events_of(menu)).status, 200);
    EXPECT_EQ(get(events_of(menu), "nonsense").status, 401);
    EXPECT_EQ(get(events_of(Channel::menu(ids_.make<BranchId>()).name())).status, 404);
}

TEST_F(CatchUpTest, WhatIsNoLongerKeptIsGone) {
    const std::string guest = guest_token();
    placed_order(guest);
    placed_order(guest);
    purge_all();
    const std::string cook = cook_token();
    Reply reply = get(events_of(kitchen()) + "?after=1", cook);
    EXPECT_EQ(reply.status, 410);
    EXPECT_EQ(reply.code(), "events_gone");
    EXPECT_EQ(reply.json().at("title"), "Gone");
    EXPECT_EQ(reply.json().at("oldestSeq"), 3);
    EXPECT_EQ(reply.json().at("lastSeq"), 2);
    EXPECT_EQ(get(events_of(kitchen()) + "?after=2", cook).status, 200);
    placed_order(guest);
    EXPECT_EQ(get(events_of(kitchen()), cook).status, 410);
    reply = get(events_of(kitchen()) + "?after=2", cook);
    ASSERT_EQ(reply.status, 200) << reply.body;
    EXPECT_EQ(reply.json().at("events").at(0).at("seq"), 3);
}

TEST_F(CatchUpTest, AStoreThatIsAwayStaysUnavailable) {
    services_->order_store.failure = Error{
        .kind = ErrorKind::kUnavailable,
        .code = "database_unavailable",
        .message = "Try again.",
        .retry_after = std::chrono::seconds{1}};
    const std::string order = Channel::order(ids_.make<OrderId>()).name();
    EXPECT_EQ(get(events_of(order), cook_token()).status, 503);
}

}  // namespace
}  // namespace orderpush::http

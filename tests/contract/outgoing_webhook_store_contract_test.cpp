#include "base/clock.hpp"
#include "core/outgoing_webhooks/outgoing_webhook_store.hpp"
#include "tests/contract/store_contract.hpp"
#include "tests/support/manual_clock.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace orderpush::test {
namespace {

using Kind = ChannelEventKind;
using std::chrono::hours;
using std::chrono::seconds;

class OutgoingWebhookStoreContract : public StoreContract {
  protected:
    OutgoingWebhookStore& store() { return world->webhooks(); }
    Timestamp now() const { return world->clock.now(); }

    ChannelEvent event(Kind kind, const std::string& channel = "lobby") {
        return {
            .id = ids.make<ChannelEventId>(),
            .app_id = "7",
            .channel = channel,
            .kind = kind,
            .at = now()};
    }
    ChannelEvent member(Kind kind, const std::string& user) {
        ChannelEvent made = event(kind, "presence-lobby");
        made.user_id = user;
        return made;
    }
    std::size_t record(const WebhookInstanceId& instance, const std::vector<ChannelEvent>& events) {
        const auto told = store().record(instance, events, now());
        EXPECT_TRUE(told) << told.error().detail;
        return told.value();
    }
    std::vector<StoredChannelEvent> events(std::int64_t position = 0) {
        auto found = store().read_events("7", position, 100);
        EXPECT_TRUE(found) << found.error().detail;
        return found.value();
    }
    std::vector<std::string> names() {
        std::vector<std::string> found;
        for (const StoredChannelEvent& stored : events()) {
            found.emplace_back(to_string(stored.event.kind));
        }
        return found;
    }
    WebhookEndpoint configure(const std::string& target = "https://shop.example/") {
        const std::vector<EndpointConfig> configured{{.app_id = "7", .target = target}};
        EXPECT_TRUE(store().set_endpoints(configured, ids, now()));
        return store().endpoints({}).value().front();
    }
    OutgoingWebhookId add(const WebhookEndpoint& endpoint, std::int64_t from, std::int64_t to) {
        const NewWebhook webhook{
            .id = ids.make<OutgoingWebhookId>(),
            .endpoint = endpoint.id,
            .body = R"({"time_ms":1})",
            .event_count = 2,
            .at = now(),
            .expires_at = now() + hours{24}};
        const auto added = store().advance(endpoint.id, from, to, webhook);
        EXPECT_TRUE(added) << added.error().detail;
        return webhook.id;
    }
    std::optional<WebhookEndpoint> claim() {
        auto claimed = store().claim(here, now(), now(), now() + seconds{30});
        EXPECT_TRUE(claimed) << claimed.error().detail;
        return claimed.value();
    }
    WebhookOutcome outcome(const WebhookEndpoint& endpoint, const OutgoingWebhookId& webhook) {
        return {
            .webhook = webhook,
            .endpoint = endpoint.id,
            .attempt =
                {.attempt = 1,
                 .at = now(),
                 .duration = std::chrono::milliseconds{12},
                 .status = 503,
                 .reason = "status_503",
                 .answer = "busy"},
            .failures = 1,
            .failing_since = now()};
    }

    WebhookInstanceId here = ids.make<WebhookInstanceId>();
    WebhookInstanceId there = ids.make<WebhookInstanceId>();
};

TEST_P(OutgoingWebhookStoreContract, TellsTheFirstWhoComesAndTheLastWhoLeaves) {
    EXPECT_EQ(record(here, {event(Kind::kOccupied)}), 1U);
    EXPECT_EQ(record(there, {event(Kind::kOccupied)}), 0U);
    EXPECT_EQ(record(here, {event(Kind::kVacated)}), 0U);
    EXPECT_EQ(record(there, {event(Kind::kVacated)}), 1U);
    EXPECT_EQ(record(there, {event(Kind::kVacated)}), 0U);
    EXPECT_EQ(names(), (std::vector<std::string>{"channel_occupied", "channel_vacated"}));
}

TEST_P(OutgoingWebhookStoreContract, TellsMembersOnceHoweverManyInstancesTheyUse) {
    EXPECT_EQ(
        record(here, {member(Kind::kMemberAdded, "u-1"), member(Kind::kMemberAdded, "u-2")}), 2U
    );
    EXPECT_EQ(record(there, {member(Kind::kMemberAdded, "u-1")}), 0U);
    EXPECT_EQ(
        record(here, {member(Kind::kMemberRemoved, "u-1"), member(Kind::kMemberRemoved, "u-2")}), 1U
    );
    EXPECT_EQ(events().back().event.user_id, "u-2");
}

TEST_P(OutgoingWebhookStoreContract, RepeatingARecordTellsNobodyTwice) {
    EXPECT_EQ(record(here, {event(Kind::kOccupied)}), 1U);
    EXPECT_EQ(record(here, {event(Kind::kOccupied)}), 0U);
}

TEST_P(OutgoingWebhookStoreContract, NumbersTheEventsOfEachChannelWithoutGaps) {
    record(here, {event(Kind::kOccupied), event(Kind::kOccupied, "hall")});
    record(here, {event(Kind::kCacheMiss), event(Kind::kCacheMiss)});
    world->clock.advance(seconds{60});
    record(there, {event(Kind::kOccupied), event(Kind::kCacheMiss)});
    std::vector<std::int64_t> sequences;
    std::int64_t position = 0;
    for (const StoredChannelEvent& stored : events()) {
        EXPECT_GT(stored.position, position);
        position = stored.position;
        if (stored.event.channel == "lobby") {
            sequences.push_back(stored.sequence);
        }
    }
    ASSERT_EQ(sequences.size(), 4U);
    for (std::size_t i = 1; i < sequences.size(); ++i) {
        EXPECT_EQ(sequences[i], sequences[i - 1] + 1);
    }
    EXPECT_EQ(events(position).size(), 0U);
}

TEST_P(OutgoingWebhookStoreContract, KeepsAllThatAClientSent) {
    ChannelEvent sent = event(Kind::kClientEvent, "presence-lobby");
    sent.user_id = "u-\xC3\xAB";
    sent.event = "client-typing";
    sent.data = R"({"on":true,"q":"\"'\\ x"})";
    sent.socket_id = "4711.90125";
    ChannelEvent counted = event(Kind::kSubscriptionCount);
    counted.subscribers = 3;
    record(here, {sent, counted});
    const auto found = events();
    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(found[0].event.id, sent.id);
    EXPECT_EQ(found[0].event.user_id, sent.user_id);
    EXPECT_EQ(found[0].event.event, sent.event);
    EXPECT_EQ(found[0].event.data, sent.data);
    EXPECT_EQ(found[0].event.socket_id, sent.socket_id);
    EXPECT_EQ(found[0].event.at, sent.at);
    EXPECT_EQ(found[0].event.subscribers, std::nullopt);
    EXPECT_EQ(found[1].event.subscribers, 3);
    EXPECT_EQ(found[1].event.data, std::nullopt);
}

TEST_P(OutgoingWebhookStoreContract, TakesTheSeatsOfADeadInstanceAway) {
    ASSERT_TRUE(store().keep_seats(there, now(), now() - seconds{30}, 100));
    ChannelEvent in_lobby = event(Kind::kOccupied, "presence-lobby");
    record(there, {in_lobby, member(Kind::kMemberAdded, "u-1"), event(Kind::kOccupied, "hall")});
    record(here, {event(Kind::kOccupied, "hall")});
    world->clock.advance(seconds{31});
    const auto swept = store().keep_seats(here, now(), now() - seconds{30}, 100);
    ASSERT_TRUE(swept) << swept.error().detail;
    EXPECT_EQ(*swept, 3U);
    EXPECT_EQ(
        names(),
        (std::vector<std::string>{
            "channel_occupied",
            "member_added",
            "channel_occupied",
            "member_removed",
            "channel_vacated"})
    );
    EXPECT_EQ(store().keep_seats(here, now(), now() - seconds{30}, 100).value(), 0U);
}

TEST_P(OutgoingWebhookStoreContract, ANewEndpointBeginsWithWhatHappensNext) {
    record(here, {event(Kind::kOccupied)});
    const WebhookEndpoint endpoint = configure();
    EXPECT_EQ(endpoint.position, events().back().position);
    EXPECT_FALSE(claim());
    record(here, {event(Kind::kCacheMiss)});
    const auto claimed = claim();
    ASSERT_TRUE(claimed);
    EXPECT_EQ(claimed->id, endpoint.id);
    EXPECT_EQ(events(claimed->position).size(), 1U);
}

TEST_P(OutgoingWebhookStoreContract, OneAtATimeServesAnEndpoint) {
    const WebhookEndpoint endpoint = configure();
    record(here, {event(Kind::kCacheMiss)});
    ASSERT_TRUE(claim());
    EXPECT_FALSE(claim());
    EXPECT_TRUE(store().release(endpoint.id, there, now()));
    EXPECT_FALSE(claim()) << "released by somebody else";
    EXPECT_TRUE(store().release(endpoint.id, here, now()));
    EXPECT_TRUE(claim());
    world->clock.advance(seconds{31});
    EXPECT_TRUE(claim()) << "the lease has ended";
}

TEST_P(OutgoingWebhookStoreContract, WhatIsNoLongerConfiguredIsNotServed) {
    configure("https://old.example/");
    const WebhookEndpoint endpoint = configure("https://new.example/");
    EXPECT_EQ(store().endpoints({}).value().size(), 1U);
    record(here, {event(Kind::kCacheMiss)});
    EXPECT_EQ(claim().value().id, endpoint.id);
    EXPECT_FALSE(claim());
}

TEST_P(OutgoingWebhookStoreContract, MovesAnEndpointOnce) {
    const WebhookEndpoint endpoint = configure();
    add(endpoint, 0, 5);
    const auto again = store().advance(endpoint.id, 0, 6, std::nullopt);
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().code, "position_moved");
    EXPECT_TRUE(store().advance(endpoint.id, 5, 6, std::nullopt));
    EXPECT_EQ(store().pending(endpoint.id, now()).value().size(), 1U);
    EXPECT_EQ(store().endpoints({}).value().front().pending_count, 1);
}

TEST_P(OutgoingWebhookStoreContract, AFailureHoldsTheEndpointBack) {
    const WebhookEndpoint endpoint = configure();
    const OutgoingWebhookId webhook = add(endpoint, 0, 1);
    WebhookOutcome failed = outcome(endpoint, webhook);
    failed.not_before = now() + seconds{10};
    ASSERT_TRUE(store().settle(failed, now()));
    EXPECT_FALSE(claim());
    const auto listed = store().list({}).value();
    ASSERT_EQ(listed.size(), 1U);
    EXPECT_EQ(listed[0].state, WebhookState::kPending);
    EXPECT_EQ(listed[0].not_before, failed.not_before);
    ASSERT_EQ(listed[0].attempts.size(), 1U);
    EXPECT_EQ(listed[0].attempts[0].status, 503);
    EXPECT_EQ(listed[0].attempts[0].answer, "busy");
    EXPECT_EQ(listed[0].attempts[0].duration, std::chrono::milliseconds{12});
    world->clock.advance(seconds{10});
    const auto claimed = claim();
    ASSERT_TRUE(claimed);
    EXPECT_EQ(claimed->failures, 1);
    EXPECT_EQ(claimed->failing_since, failed.failing_since);
    const auto pending = store().pending(endpoint.id, now()).value();
    ASSERT_EQ(pending.size(), 1U);
    EXPECT_EQ(pending[0].attempts, 1);
    EXPECT_EQ(pending[0].body, R"({"time_ms":1})");
}

TEST_P(OutgoingWebhookStoreContract, ALateOneLetsTheOthersPass) {
    const WebhookEndpoint endpoint = configure();
    const OutgoingWebhookId first = add(endpoint, 0, 1);
    const OutgoingWebhookId second = add(endpoint, 1, 2);
    const OutgoingWebhookId third = add(endpoint, 2, 3);
    WebhookOutcome delivered = outcome(endpoint, second);
    delivered.is_delivered = true;
    delivered.failures = 0;
    delivered.failing_since = {};
    delivered.overtaken = first;
    ASSERT_TRUE(store().settle(delivered, now()));
    auto pending = store().pending(endpoint.id, now()).value();
    ASSERT_EQ(pending.size(), 2U);
    EXPECT_EQ(pending[0].id, first);
    EXPECT_TRUE(pending[0].is_late);

    WebhookOutcome failed = outcome(endpoint, first);
    failed.is_late = true;
    failed.webhook_not_before = now() + seconds{10};
    failed.failures = 0;
    failed.failing_since = {};
    ASSERT_TRUE(store().settle(failed, now()));
    pending = store().pending(endpoint.id, now()).value();
    ASSERT_EQ(pending.size(), 1U);
    EXPECT_EQ(pending[0].id, third);
    EXPECT_EQ(store().endpoints({}).value().front().last_success_at, now());
}

TEST_P(OutgoingWebhookStoreContract, ADisabledEndpointGetsNothingUntilItIsEnabled) {
    const WebhookEndpoint endpoint = configure();
    WebhookOutcome gone = outcome(endpoint, add(endpoint, 0, 1));
    gone.disabled_reason = "gone";
    ASSERT_TRUE(store().settle(gone, now()));
    EXPECT_FALSE(claim());
    EXPECT_EQ(store().endpoints({}).value().front().disabled_reason, "gone");
    EXPECT_EQ(store().endpoints({}).value().front().disabled_at, now());
    const auto enabled = store().enable(endpoint.id, {}, {});
    ASSERT_TRUE(enabled) << enabled.error().detail;
    EXPECT_EQ(enabled->disabled_reason, std::nullopt);
    EXPECT_EQ(enabled->failures, 0);
    EXPECT_EQ(enabled->pending_count, 1);
    EXPECT_TRUE(claim());
    const auto unknown = store().enable(ids.make<WebhookEndpointId>(), {}, {});
    ASSERT_FALSE(unknown);
    EXPECT_EQ(unknown.error().code, "endpoint_not_found");
}

TEST_P(OutgoingWebhookStoreContract, SendsAgainWhatWasDelivered) {
    const WebhookEndpoint endpoint = configure();
    const OutgoingWebhookId webhook = add(endpoint, 0, 1);
    WebhookOutcome delivered = outcome(endpoint, webhook);
    delivered.is_delivered = true;
    ASSERT_TRUE(store().settle(delivered, now()));
    EXPECT_EQ(store().list({.state = WebhookState::kDelivered}).value().size(), 1U);
    EXPECT_EQ(store().list({}).value().front().settled_at, now());
    ASSERT_TRUE(store().replay(webhook, {}, now(), now() + hours{24}, {}));
    EXPECT_TRUE(store().list({.state = WebhookState::kDelivered}).value().empty());
    EXPECT_EQ(store().pending(endpoint.id, now()).value().size(), 1U);
    EXPECT_TRUE(claim());
    const auto unknown = store().replay(ids.make<OutgoingWebhookId>(), {}, now(), now(), {});
    EXPECT_EQ(unknown.error().code, "webhook_not_found");
    configure("https://other.example/");
    const auto removed = store().replay(webhook, {}, now(), now(), {});
    EXPECT_EQ(removed.error().code, "endpoint_removed");
}

TEST_P(OutgoingWebhookStoreContract, AnAnswerIsKeptWithWhatItAnswers) {
    const WebhookEndpoint endpoint = configure();
    WebhookOutcome gone = outcome(endpoint, add(endpoint, 0, 1));
    gone.disabled_reason = "gone";
    ASSERT_TRUE(store().settle(gone, now()));
    const auto kept = [&](const std::string& key) {
        return world->idempotency().find(RestaurantId{}, key).value();
    };
    const auto answer = [&](const std::string& key, int status) {
        return StoredResponse{
            .key = {RestaurantId{}, key, "hash"}, .status = status, .body = key, .at = now()};
    };
    const auto unknown = ids.make<WebhookEndpointId>();
    EXPECT_FALSE(store().enable(unknown, {}, answer("nothing", 200)));
    EXPECT_FALSE(
        store().replay(ids.make<OutgoingWebhookId>(), {}, now(), now(), answer("nothing", 202))
    );
    EXPECT_EQ(kept("nothing"), std::nullopt);
    ASSERT_TRUE(store().enable(endpoint.id, {}, answer("enabled", 200)));
    EXPECT_EQ(kept("enabled")->body, "enabled");
    const auto until = now() + hours{24};
    ASSERT_TRUE(store().replay(gone.webhook, {}, now(), until, answer("replayed", 202)));
    EXPECT_EQ(kept("replayed")->status, 202);

    ASSERT_TRUE(store().settle(gone, now()));
    for (const auto* key : {"enabled", "replayed"}) {
        const auto enabled = store().enable(endpoint.id, {}, answer(key, 200));
        ASSERT_FALSE(enabled);
        EXPECT_EQ(enabled.error().code, "idempotency_key_taken");
        const auto replayed = store().replay(gone.webhook, {}, now(), until, answer(key, 202));
        ASSERT_FALSE(replayed);
        EXPECT_EQ(replayed.error().code, "idempotency_key_taken");
    }
    EXPECT_EQ(store().endpoints({}).value().front().disabled_reason, "gone");
}

TEST_P(OutgoingWebhookStoreContract, ListsNewestFirstInPages) {
    const WebhookEndpoint endpoint = configure();
    std::vector<OutgoingWebhookId> made;
    for (std::int64_t i = 0; i < 3; ++i) {
        made.push_back(add(endpoint, i, i + 1));
    }
    const auto first = store().list({.endpoint = endpoint.id, .limit = 2}).value();
    ASSERT_EQ(first.size(), 2U);
    EXPECT_EQ(first[0].id, made[2]);
    EXPECT_EQ(first[0].app_id, "7");
    EXPECT_EQ(first[0].event_count, 2);
    const auto second = store().list({.after = first[1].id}).value();
    ASSERT_EQ(second.size(), 1U);
    EXPECT_EQ(second[0].id, made[0]);
    EXPECT_TRUE(store().list({.endpoint = ids.make<WebhookEndpointId>()}).value().empty());
}

TEST_P(OutgoingWebhookStoreContract, GivesUpAndForgetsWhatIsTooOld) {
    const WebhookEndpoint endpoint = configure();
    add(endpoint, 0, 0);
    record(here, {event(Kind::kCacheMiss)});
    const auto purge = [this] {
        return store()
            .purge(
                {.now = now(),
                 .events_before = now() - hours{24},
                 .webhooks_before = now() - hours{30},
                 .channels_before = now() - hours{48}}
            )
            .value();
    };
    EXPECT_EQ(purge().lost_events, 0);
    EXPECT_EQ(events().size(), 1U);
    world->clock.advance(hours{25});
    const PurgedWebhooks old = purge();
    EXPECT_EQ(old.expired_webhooks, 1);
    EXPECT_EQ(old.lost_events, 1);
    EXPECT_TRUE(events().empty());
    EXPECT_EQ(store().list({.state = WebhookState::kExpired}).value().size(), 1U);
    world->clock.advance(hours{25});
    purge();
    EXPECT_TRUE(store().list({}).value().empty());
}

TEST_P(OutgoingWebhookStoreContract, ForgetsEventsThatEveryEndpointHas) {
    const WebhookEndpoint endpoint = configure();
    record(here, {event(Kind::kCacheMiss), event(Kind::kCacheMiss)});
    const auto stored = events();
    ASSERT_TRUE(
        store().advance(endpoint.id, endpoint.position, stored.front().position, std::nullopt)
    );
    const auto purged = store().purge(
        {.now = now(),
         .events_before = now() - hours{24},
         .webhooks_before = now() - hours{24},
         .channels_before = now() - hours{48}}
    );
    ASSERT_TRUE(purged) << purged.error().detail;
    EXPECT_EQ(purged->lost_events, 0);
    ASSERT_EQ(events().size(), 1U);
    EXPECT_EQ(events().front().position, stored.back().position);
}

ORDERPUSH_CONTRACT_SUITE(OutgoingWebhookStoreContract);

}  // namespace
}  // namespace orderpush::test

// The epoch of the logs: when it ends, and what is given up with it.

#include "core/events/log_epoch.hpp"

#include "core/delivery/delivery_store.hpp"
#include "core/delivery/outbox.hpp"
#include "core/delivery/relay_streams.hpp"
#include "core/events/event_log.hpp"
#include "core/kitchen/alarm_store.hpp"
#include "core/kitchen/kitchen_store.hpp"
#include "core/kitchen/stats_store.hpp"
#include "core/outgoing_webhooks/outgoing_webhook_store.hpp"
#include "core/tables/table_store.hpp"
#include "tests/integration/pg_test.hpp"
#include "tests/support/manual_clock.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>

namespace orderpush::test {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

class LogEpochTest : public PgTest {
  protected:
    EpochLook look(const std::optional<EpochLook>& before = {}) {
        const auto found = epochs->look(before);
        EXPECT_TRUE(found) << found.error().detail;
        return found ? *found : EpochLook{};
    }
    std::string value(const std::string& sql) {
        return world.database().execute(sql)[0][0].c_str();
    }
    int count(const std::string& what) { return std::stoi(value("select count(*) from " + what)); }
    /// As a dump brings it: the same words, written by another transaction.
    void load_from_dump() { world.database().execute("update log_epoch set epoch = epoch"); }
    /// As whoever begins an epoch writes it.
    void write_row(const std::string& assignments) {
        world.database().execute(
            "update log_epoch set written_by = pg_current_xact_id()::xid, " + assignments
        );
    }
    void relay_through(const std::string& stream) {
        ASSERT_TRUE(world.streams().set({stream}, world.clock.now()));
    }
    std::vector<OutboxEntry> claim() {
        const auto claimed = world.outbox().claim("test", 100, world.clock.now());
        EXPECT_TRUE(claimed);
        return claimed.value();
    }

    std::unique_ptr<EpochStore> epochs =
        storage::make_epoch_store(world.pool(), world.database().url());
};

TEST_F(LogEpochTest, StaysWhileTheDatabaseIsWhatItWas) {
    const auto first = look();
    const auto second = look(first);
    EXPECT_EQ(second.epoch, first.epoch);
    EXPECT_FALSE(second.begun);
    EXPECT_EQ(epochs->current().value(), first.epoch);
    EXPECT_GE(second.now, first.now);
}

TEST_F(LogEpochTest, StaysWhenTheTableIsTidiedUp) {
    const auto before = look();
    pqxx::connection connection{world.database().url()};
    pqxx::nontransaction{connection}.exec0("vacuum full freeze log_epoch");
    EXPECT_EQ(look(before).epoch, before.epoch);
}

TEST_F(LogEpochTest, BoardFloorAndLogNameIt) {
    const EpochId epoch = look().epoch;
    const Channel kitchen = Channel::kitchen(sample.branch.id);
    EXPECT_EQ(world.kitchen().board(sample.branch.id, {}, {&kitchen, 1}).value().epoch, epoch);
    const auto floor = world.tables().floor(sample.branch.id, world.clock.now(), {&kitchen, 1});
    EXPECT_EQ(floor.value().epoch, epoch);
    EXPECT_EQ(world.events().read(kitchen, 0, 10).value().epoch, epoch);
}

TEST_F(LogEpochTest, ALoadedDumpBeginsOne) {
    const auto before = look();
    load_from_dump();
    const auto after = look();
    EXPECT_NE(after.epoch, before.epoch);
    ASSERT_TRUE(after.begun);
    EXPECT_EQ(after.begun->cause, "loaded");
    EXPECT_EQ(look(after).epoch, after.epoch);
    EXPECT_EQ(epochs->current().value(), after.epoch);
}

TEST_F(LogEpochTest, ATableThatWasMadeAnewBeginsOne) {
    const auto before = look();
    world.database().execute(
        "create table copied (like log_epoch including all); insert into copied select * from "
        "log_epoch; drop table log_epoch; alter table copied rename to log_epoch; alter table "
        "log_epoch rename constraint copied_pkey to log_epoch_pkey; update log_epoch set "
        "written_by = pg_current_xact_id()::xid"
    );
    EXPECT_NE(look().epoch, before.epoch);
}

TEST_F(LogEpochTest, NoneBeginsWhileTheDumpIsBeingLoaded) {
    const auto before = look();
    load_from_dump();
    world.database().execute("alter table outbox drop constraint outbox_event_fkey");
    const auto refused = epochs->look({});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, "restore_under_way");
    EXPECT_EQ(epochs->current().value(), before.epoch);
    world.database().execute(
        "alter table outbox add constraint outbox_event_fkey foreign key (event_id) references "
        "events (id)"
    );
    EXPECT_NE(look().epoch, before.epoch);
}

TEST_F(LogEpochTest, ADatabaseThatTheServerCopiedBeginsOne) {
    const auto before = look();
    write_row("database_oid = 1");
    const auto after = look();
    ASSERT_TRUE(after.begun);
    EXPECT_EQ(after.begun->cause, "copied");
    EXPECT_NE(after.epoch, before.epoch);
}

TEST_F(LogEpochTest, WhatWaitedInACopyIsGivenUpVisibly) {
    relay_through("test");
    sample.place_order(sample.open_session());
    ASSERT_EQ(claim().size(), 3U);
    load_from_dump();
    const auto after = look();
    ASSERT_TRUE(after.begun);
    EXPECT_EQ(after.begun->dropped_deliveries, 3);
    EXPECT_TRUE(claim().empty());
    const auto dead = world.deliveries().list({.owner = {.restaurant = sample.branch.restaurant}});
    ASSERT_EQ(dead.value().size(), 3U);
    EXPECT_EQ(dead->front().state, DeliveryState::kDead);
    EXPECT_EQ(dead->front().reason, "dropped: the log began a new epoch");
    EXPECT_EQ(count("channel_counters where is_pending"), 0);
    sample.place_order(sample.open_session());
    EXPECT_EQ(claim().size(), 3U) << "what comes then is relayed";
}

TEST_F(LogEpochTest, EveryStreamGivesUpWhatItHad) {
    ASSERT_TRUE(world.streams().set({"test", "mirror"}, world.clock.now()));
    const auto session = sample.open_session();
    sample.place_order(session);
    const auto claimed = claim();
    std::vector<Settlement> settled;
    for (const OutboxEntry& entry : claimed) {
        settled.push_back({.channel = entry.channel, .seq = entry.seq});
    }
    ASSERT_TRUE(world.outbox().settle("test", settled, world.clock.now()));
    load_from_dump();
    EXPECT_EQ(look().begun->dropped_deliveries, 3);
    EXPECT_EQ(count("deliveries where adapter = 'mirror' and state = 'dead'"), 3);
    EXPECT_EQ(count("deliveries where adapter = 'test' and state = 'delivered'"), 3);
    EXPECT_EQ(count("stream_channels"), 0);
}

TEST_F(LogEpochTest, WhatIsWrittenAfterTheLastLookIsKept) {
    relay_through("test");
    const auto session = sample.open_session();
    sample.place_order(session);
    const auto before = look();
    load_from_dump();
    const auto kept = sample.place_order(session);
    EXPECT_EQ(look(before).begun->dropped_deliveries, 3);
    const auto claimed = claim();
    ASSERT_EQ(claimed.size(), 3U);
    EXPECT_TRUE(std::ranges::any_of(claimed, [&](const OutboxEntry& entry) {
        return entry.channel == Channel::order(kept);
    }));
}

TEST_F(LogEpochTest, AnotherTimelineBeginsOneAndKeepsWhatWaits) {
    relay_through("test");
    sample.place_order(sample.open_session());
    const auto before = look();
    write_row("timeline = 99");
    const auto after = look(before);
    ASSERT_TRUE(after.begun);
    EXPECT_EQ(after.begun->cause, "timeline");
    EXPECT_EQ(after.begun->dropped_deliveries, 0);
    EXPECT_EQ(claim().size(), 3U);
    EXPECT_EQ(look(after).epoch, after.epoch);
}

TEST_F(LogEpochTest, AServerThatDoesNotSayItsTimelineIsNoOther) {
    const auto before = look();
    write_row("timeline = null");
    EXPECT_EQ(look(before).epoch, before.epoch);
}

TEST_F(LogEpochTest, FilesThatWerePutBackUnderARunningServiceBeginOne) {
    auto before = look();
    before.flushed_bytes = *before.flushed_bytes + 1'000'000'000;
    EXPECT_EQ(look(before).epoch, before.epoch) << "the server was not started anew";
    before.server_started_at = "before";
    const auto after = look(before);
    ASSERT_TRUE(after.begun);
    EXPECT_EQ(after.begun->cause, "rewound");
    EXPECT_EQ(look(before).epoch, after.epoch) << "another instance that saw it too";
}

TEST_F(LogEpochTest, ARestartedServerBeginsNone) {
    auto before = look();
    before.server_started_at = "before";
    EXPECT_EQ(look(before).epoch, before.epoch);
}

TEST_F(LogEpochTest, OfSeveralInstancesOneBeginsIt) {
    relay_through("test");
    sample.place_order(sample.open_session());
    load_from_dump();
    std::atomic<int> begun{0};
    std::atomic<int> dropped{0};
    in_parallel(6, [&](int) {
        const auto found = epochs->look({});
        ASSERT_TRUE(found) << found.error().detail;
        if (found->begun) {
            ++begun;
            dropped += static_cast<int>(found->begun->dropped_deliveries);
        }
        EXPECT_EQ(found->epoch, epochs->current().value());
    });
    EXPECT_EQ(begun, 1);
    EXPECT_EQ(dropped, 3);
}

TEST_F(LogEpochTest, OneThatIsAskedForGivesUpEverything) {
    relay_through("test");
    sample.place_order(sample.open_session());
    const auto before = look();
    const auto begun = epochs->begin();
    ASSERT_TRUE(begun) << begun.error().detail;
    EXPECT_NE(begun->id, before.epoch);
    EXPECT_EQ(begun->dropped_deliveries, 3);
    EXPECT_EQ(look(before).epoch, begun->id);
}

TEST_F(LogEpochTest, ALostRowIsAskedForAgain) {
    world.database().execute("delete from log_epoch");
    EXPECT_EQ(epochs->look({}).error().code, "epoch_missing");
    EXPECT_EQ(epochs->current().error().kind, ErrorKind::kUnavailable);
    EXPECT_EQ(
        world.events().read(Channel::kitchen(sample.branch.id), 0, 1).error().kind,
        ErrorKind::kUnavailable
    );
    ASSERT_TRUE(epochs->begin());
    EXPECT_FALSE(look().begun);
}

class EpochWebhooksTest : public LogEpochTest {
  protected:
    ChannelEvent event() {
        return {
            .id = ids.make<ChannelEventId>(),
            .app_id = "7",
            .channel = "lobby",
            .kind = ChannelEventKind::kClientEvent,
            .at = world.clock.now()};
    }
    std::vector<StoredChannelEvent> record(int how_many) {
        std::vector<ChannelEvent> events;
        for (int i = 0; i < how_many; ++i) {
            events.push_back(event());
        }
        EXPECT_TRUE(world.webhooks().record(instance, events, world.clock.now()));
        return world.webhooks().read_events("7", 0, 100).value();
    }
    WebhookEndpoint configure() {
        const std::vector<EndpointConfig> configured{
            {.app_id = "7", .target = "https://shop.example/"}};
        EXPECT_TRUE(world.webhooks().set_endpoints(configured, ids, world.clock.now()));
        return world.webhooks().endpoints({}).value().front();
    }
    bool is_due() {
        const Timestamp now = world.clock.now();
        return world.webhooks().claim(instance, now, now, now + seconds{30}).value().has_value();
    }

    const WebhookInstanceId instance = ids.make<WebhookInstanceId>();
};

TEST_F(EpochWebhooksTest, WhatWaitsIsDroppedAndCanBeSeen) {
    const auto endpoint = configure();
    const auto stored = record(2);
    const NewWebhook webhook{
        .id = ids.make<OutgoingWebhookId>(),
        .endpoint = endpoint.id,
        .body = "{}",
        .event_count = 1,
        .at = world.clock.now(),
        .expires_at = world.clock.now() + hours{24}};
    ASSERT_TRUE(
        world.webhooks().advance(endpoint.id, endpoint.position, stored[0].position, webhook)
    );
    ASSERT_TRUE(is_due());
    EXPECT_EQ(epochs->begin()->dropped_webhooks, 1);
    EXPECT_FALSE(is_due()) << "neither the webhook nor the event that was in none";
    const auto listed = world.webhooks().list({.state = WebhookState::kDropped}).value();
    ASSERT_EQ(listed.size(), 1U);
    EXPECT_EQ(listed[0].id, webhook.id);
    EXPECT_TRUE(listed[0].settled_at);
    ASSERT_TRUE(world.webhooks().replay(
        webhook.id, {}, world.clock.now(), world.clock.now() + hours{24}, {}
    ));
    EXPECT_TRUE(is_due()) << "somebody asked for it";
}

TEST_F(EpochWebhooksTest, NoSequenceComesTwice) {
    // In the time that a restore takes back the channel went on to 3 more.
    const auto before = record(5).back().sequence;
    const auto lost = before + 3;
    load_from_dump();
    ASSERT_TRUE(look().begun);
    EXPECT_GT(record(1).back().sequence, lost);
    const auto again = world.webhooks().read_events("7", 0, 100).value().back().sequence;
    write_row("timeline = 99");  // one whose past is still to be sent
    ASSERT_TRUE(look().begun);
    EXPECT_GT(record(1).back().sequence, again);
}

TEST_F(EpochWebhooksTest, NobodyIsToldThatTheConnectedOfThePastLeft) {
    configure();
    ChannelEvent occupied = event();
    occupied.kind = ChannelEventKind::kOccupied;
    ASSERT_TRUE(world.webhooks().keep_seats(
        instance, world.clock.now(), world.clock.now() - seconds{30}, 10
    ));
    ASSERT_TRUE(world.webhooks().record(instance, {&occupied, 1}, world.clock.now()));
    ASSERT_TRUE(epochs->begin());
    world.clock.advance(hours{1});
    const auto swept = world.webhooks().keep_seats(
        ids.make<WebhookInstanceId>(), world.clock.now(), world.clock.now() - seconds{30}, 10
    );
    EXPECT_EQ(swept.value(), 0U);
    EXPECT_FALSE(is_due());
}

TEST_F(LogEpochTest, NobodyIsAlarmedAboutThePast) {
    const auto session = sample.open_session();
    sample.place_order(session);
    const auto waiting = [&] {
        const Timestamp now = world.clock.now();
        return world.alarms().waiting({.now = now, .reporting_since = now}).value().size();
    };
    EXPECT_EQ(waiting(), 1U);
    ASSERT_TRUE(epochs->begin());
    EXPECT_EQ(waiting(), 0U);
    world.clock.advance(hours{24 * 365 * 20});
    sample.place_order(session);
    EXPECT_EQ(waiting(), 1U);
}

TEST_F(LogEpochTest, KitchensCountAsTold) {
    sample.place_order(sample.open_session());
    EXPECT_EQ(world.stats().list_outdated({}, 10).value().size(), 1U);
    ASSERT_TRUE(epochs->begin());
    EXPECT_TRUE(world.stats().list_outdated({}, 10).value().empty());
}

}  // namespace
}  // namespace orderpush::test

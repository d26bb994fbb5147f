#include "usecases/kitchen/stats_publisher.hpp"

#include "core/events/event.hpp"
#include "core/events/event_log.hpp"
#include "core/kitchen/stats_store.hpp"
#include "tests/support/counting_signal.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/memory/memory_world.hpp"
#include "tests/support/sample_restaurant.hpp"
#include "tests/support/sequential_ids.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace orderpush::usecases {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

/// A store that fails on request.
class FlakyStatsStore final : public StatsStore {
  public:
    explicit FlakyStatsStore(StatsStore& store) : store_(store) {}

    Result<KitchenCount> count(const BranchId& branch) override {
        ++count_calls;
        return is_away ? Result<KitchenCount>{away()} : store_.count(branch);
    }
    Result<bool> tell(const ToldCount& count) override {
        return is_away ? Result<bool>{away()} : store_.tell(count);
    }
    Result<std::vector<BranchId>> list_outdated(const std::optional<BranchId>& after, int limit)
        override {
        ++sweep_calls;
        return is_away ? Result<std::vector<BranchId>>{away()} : store_.list_outdated(after, limit);
    }

    bool is_away = false;
    int count_calls = 0;
    int sweep_calls = 0;

  private:
    static Error away() {
        return {.kind = ErrorKind::kUnavailable, .code = "database_away", .message = "Away."};
    }
    StatsStore& store_;
};

struct StatsPublisherTest : testing::Test {
    test::MemoryWorld world;
    test::SequentialIds ids;
    test::SampleRestaurant sample{world, ids};
    test::CountingSignal signal;
    FlakyStatsStore store{world.stats()};
    StatsPublisherOptions options{.branches_max = 2};
    StatsPublisher publisher{store, signal, ids, world.clock, options};
    TableSession session = sample.open_session();
    Channel kitchen = Channel::kitchen(sample.branch.id);
    std::int64_t seen = 0;

    /// What the relay does: reports all that is new.
    void relay() {
        const auto history = world.events().read(kitchen, seen, 1000);
        seen = history->last_seq;
        publisher.relayed(history->entries);
    }
    /// The payloads of the events that were published.
    std::vector<json> published() {
        std::vector<json> payloads;
        const auto history = world.events().read(kitchen, 0, 10'000);
        for (const OutboxEntry& entry : history->entries) {
            if (entry.name == "kitchen:stats_update") {
                payloads.push_back(json::parse(entry.payload));
            }
        }
        return payloads;
    }
};

TEST_F(StatsPublisherTest, TheFirstChangeIsPublishedAtOnce) {
    sample.place_order(session);
    relay();
    publisher.run_once();
    ASSERT_EQ(published().size(), 1U);
    EXPECT_EQ(published()[0], json({{"pending", 2}, {"preparing", 0}, {"ready", 0}, {"total", 2}}));
    EXPECT_EQ(signal.count(), 1);
}

TEST_F(StatsPublisherTest, ABurstIsPublishedAtOnceAndAfterTheSecond) {
    for (int i = 0; i < 100; ++i) {
        sample.place_order(session);
        relay();
        publisher.run_once();
        world.clock.advance(9ms);
    }
    EXPECT_EQ(published().size(), 1U);
    world.clock.advance(100ms);
    publisher.run_once();
    ASSERT_EQ(published().size(), 2U);
    EXPECT_EQ(published()[1]["total"], 200);
    EXPECT_EQ(store.count_calls, 2);
}

TEST_F(StatsPublisherTest, SaysWhenTheNextIsDue) {
    sample.place_order(session);
    relay();
    EXPECT_EQ(publisher.run_once(), options.sweep_interval);
    world.clock.advance(400ms);
    sample.place_order(session);
    relay();
    EXPECT_EQ(publisher.run_once(), 600ms);
}

TEST_F(StatsPublisherTest, WhatDidNotChangeTheCountsIsNotPublished) {
    sample.place_order(session);
    relay();
    publisher.run_once();
    world.clock.advance(1s);
    auto other = sample.event("kitchen:priority_changed", {kitchen});
    const auto published_before = published().size();
    publisher.relayed(std::vector{OutboxEntry{
        .event_id = other.id,
        .name = other.name,
        .payload = other.payload,
        .occurred_at = other.occurred_at,
        .channel = kitchen,
        .seq = 3}});
    publisher.run_once();
    EXPECT_EQ(store.count_calls, 2);
    EXPECT_EQ(published().size(), published_before);
}

TEST_F(StatsPublisherTest, ItsOwnEventsAndOtherChannelsAreNoNews) {
    sample.place_order(session);
    relay();
    publisher.run_once();
    world.clock.advance(2s);
    relay();  // its own event
    publisher.run_once();
    const Channel waiters = Channel::waiters(sample.branch.id);
    publisher.relayed(world.events().read(waiters, 0, 10)->entries);
    publisher.run_once();
    EXPECT_EQ(store.count_calls, 1);
}

TEST_F(StatsPublisherTest, AFailedCountIsTriedAgainAfterTheInterval) {
    sample.place_order(session);
    relay();
    store.is_away = true;
    EXPECT_EQ(publisher.run_once(), 1s);
    store.is_away = false;
    world.clock.advance(1s);
    publisher.run_once();
    EXPECT_EQ(published().size(), 1U);
}

TEST_F(StatsPublisherTest, WhatACrashLeftIsPublishedWhenTheRelayFirstHoldsTheLease) {
    sample.place_order(session);
    publisher.run_once();
    EXPECT_EQ(store.sweep_calls, 0) << "another instance may be relaying";
    publisher.relayed({});
    publisher.run_once();
    ASSERT_EQ(published().size(), 1U);
    EXPECT_EQ(published()[0]["total"], 2);
    publisher.relayed({});
    publisher.run_once();
    EXPECT_EQ(store.sweep_calls, 1);
}

TEST_F(StatsPublisherTest, LooksAtAllBranchesOnceAMinuteWhileItRelays) {
    publisher.relayed({});
    publisher.run_once();
    sample.place_order(session);
    world.clock.advance(60s);
    publisher.run_once();
    EXPECT_EQ(store.sweep_calls, 1) << "the relay has not been heard of for a minute";
    publisher.relayed({});
    publisher.run_once();
    EXPECT_EQ(store.sweep_calls, 2);
    EXPECT_EQ(published().size(), 1U);
}

TEST_F(StatsPublisherTest, WhatFindsNoRoomIsLeftToTheSweep) {
    std::vector<OutboxEntry> changes;
    for (int i = 0; i < 3; ++i) {
        test::SampleRestaurant branch{world, ids};
        branch.place_order(branch.open_session());
        const auto history = world.events().read(Channel::kitchen(branch.branch.id), 0, 10);
        changes.push_back(history->entries.at(0));
    }
    publisher.relayed(changes);
    publisher.run_once();
    EXPECT_EQ(store.count_calls, 2);
    world.clock.advance(60s);
    publisher.run_once();
    publisher.relayed({});
    publisher.run_once();
    EXPECT_EQ(store.count_calls, 3);
}

TEST_F(StatsPublisherTest, AClockSetBackDoesNotSilenceABranch) {
    sample.place_order(session);
    relay();
    publisher.run_once();
    world.clock.advance(-1h);
    sample.place_order(session);
    relay();
    publisher.run_once();
    EXPECT_EQ(published().size(), 2U);
}

TEST_F(StatsPublisherTest, PublishesByItselfOnceStarted) {
    publisher.start();
    sample.place_order(session);
    relay();
    const auto deadline = std::chrono::steady_clock::now() + 10s;
    while (signal.count() == 0 && std::chrono::steady_clock::now() < deadline) {
        std::this_thread::yield();
    }
    publisher.stop();
    EXPECT_EQ(published().size(), 1U);
}

}  // namespace
}  // namespace orderpush::usecases

#include "base/clock.hpp"
#include "core/delivery/outbox.hpp"
#include "core/delivery/relay_streams.hpp"
#include "core/events/event_log.hpp"
#include "core/idempotency_store.hpp"
#include "core/orders/order_store.hpp"
#include "tests/integration/pg_test.hpp"
#include "tests/support/manual_clock.hpp"

namespace orderpush::test {
namespace {

using State = Settlement::State;
using std::chrono::hours;

class RetentionStoreTest : public PgTest {
  protected:
    PurgedBatch purge(
        std::vector<std::string> adapters = {"test"},
        std::optional<EventId> after = {},
        int limit = 500
    ) {
        const Timestamp now = world.clock.now();
        const auto purged = world.retention().purge_events(
            {.settled_before = now - hours{24},
             .all_before = now - hours{48},
             .adapters = std::move(adapters),
             .after = after,
             .limit = limit}
        );
        EXPECT_TRUE(purged) << purged.error().detail;
        return purged.value();
    }
    std::vector<OutboxEntry> claim(std::string_view adapter = "test") {
        auto claimed = world.outbox().claim(adapter, 1000, world.clock.now());
        EXPECT_TRUE(claimed) << claimed.error().detail;
        return claimed.value();
    }
    /// Settles all that can be claimed, on one channel only if given.
    void settle(
        State state,
        std::string_view adapter = "test",
        const std::optional<Channel>& channel = std::nullopt
    ) {
        std::vector<Settlement> settlements;
        for (const OutboxEntry& entry : claim(adapter)) {
            if (!channel || entry.channel == *channel) {
                settlements.push_back(
                    {.channel = entry.channel,
                     .seq = entry.seq,
                     .state = state,
                     .not_before = state == State::kRetry
                                       ? std::optional{world.clock.now() + hours{1'000}}
                                       : std::nullopt}
                );
            }
        }
        ASSERT_TRUE(world.outbox().settle(adapter, settlements, world.clock.now()));
    }
    ChannelHistory history(const Channel& channel) {
        return world.events().read(channel, 0, 200).value();
    }

    TableSession session = sample.open_session();
    Channel kitchen = Channel::kitchen(sample.branch.id);
    Channel waiters = Channel::waiters(sample.branch.id);
};

TEST_F(RetentionStoreTest, WhatIsSettledAndOldGoesAndTheRestStays) {
    sample.place_order(session);
    settle(State::kDelivered);
    world.clock.advance(hours{25});
    sample.place_order(session);
    settle(State::kDelivered);
    const auto purged = purge();
    EXPECT_EQ(purged.entry_count, 3U);
    EXPECT_EQ(purged.event_count, 1U);
    EXPECT_FALSE(purged.last);
    const auto rest = history(kitchen);
    EXPECT_EQ(rest.oldest_seq, 2);
    EXPECT_EQ(rest.last_seq, 2);
    EXPECT_EQ(rest.entries.size(), 1U);
    EXPECT_EQ(purge().entry_count, 0U);
}

TEST_F(RetentionStoreTest, WhatIsYoungStays) {
    sample.place_order(session);
    settle(State::kDelivered);
    world.clock.advance(hours{24});
    EXPECT_EQ(purge().entry_count, 0U);
}

TEST_F(RetentionStoreTest, WhatIsNotSettledStaysTwiceAsLong) {
    sample.place_order(session);
    settle(State::kDelivered, "test", waiters);
    settle(State::kRetry, "test", kitchen);
    world.clock.advance(hours{25});
    const auto purged = purge();
    EXPECT_EQ(purged.entry_count, 1U);
    EXPECT_EQ(purged.event_count, 0U);
    EXPECT_EQ(history(kitchen).entries.size(), 1U);
    EXPECT_TRUE(history(waiters).entries.empty());
    world.clock.advance(hours{24});
    EXPECT_EQ(purge().event_count, 1U);
    EXPECT_TRUE(history(kitchen).entries.empty());
    EXPECT_TRUE(claim().empty());
}

TEST_F(RetentionStoreTest, EveryAdapterMustHaveSettled) {
    sample.place_order(session);
    std::vector<Settlement> settlements;
    for (const OutboxEntry& entry : claim("other")) {
        settlements.push_back({.channel = entry.channel, .seq = entry.seq, .state = State::kDead});
    }
    settle(State::kDelivered, "test");
    world.clock.advance(hours{25});
    EXPECT_EQ(purge({"test", "other"}).entry_count, 0U);
    ASSERT_TRUE(world.outbox().settle("other", settlements, world.clock.now()));
    EXPECT_EQ(purge({"test", "other"}).entry_count, 3U);
}

TEST_F(RetentionStoreTest, NothingGoesBeforeWhatStays) {
    const auto first = sample.new_order(session);
    auto second = sample.new_order(session);
    second.events[0].occurred_at -= hours{2};  // recorded later, by a clock that is behind
    ASSERT_TRUE(world.orders().place(first));
    ASSERT_TRUE(world.orders().place(second));
    settle(State::kDelivered);
    world.clock.advance(hours{23});
    EXPECT_EQ(purge().entry_count, 1U);  // on the second order's own channel
    EXPECT_EQ(history(kitchen).entries.size(), 2U);
    world.clock.advance(hours{2});
    EXPECT_EQ(purge().entry_count, 5U);
}

TEST_F(RetentionStoreTest, WhatWasPublishedIsNotClaimedAgain) {
    sample.place_order(session);
    settle(State::kDelivered);
    world.clock.advance(hours{20});
    sample.place_order(session);
    settle(State::kDelivered);
    world.clock.advance(hours{5});
    EXPECT_EQ(purge().entry_count, 3U);
    EXPECT_TRUE(claim().empty());
    world.clock.advance(hours{24});
    EXPECT_EQ(purge().entry_count, 3U);
    EXPECT_TRUE(claim().empty());
}

TEST_F(RetentionStoreTest, AnEmptiedChannelGoesOnCounting) {
    sample.place_order(session);
    settle(State::kDelivered);
    world.clock.advance(hours{25});
    purge();
    EXPECT_EQ(history(kitchen).oldest_seq, 2);
    EXPECT_EQ(history(kitchen).last_seq, 1);
    sample.place_order(session);
    const auto claimed = claim();
    ASSERT_EQ(claimed.size(), 3U);
    EXPECT_EQ(history(kitchen).entries.at(0).seq, 2);
}

TEST_F(RetentionStoreTest, AWaitingEntryStillWaitsWhenThoseBeforeItAreGone) {
    sample.place_order(session);
    settle(State::kDelivered);
    world.clock.advance(hours{25});
    sample.place_order(session);
    settle(State::kRetry);
    EXPECT_EQ(purge().entry_count, 3U);
    EXPECT_TRUE(claim().empty());
    world.clock.advance(hours{1'000});
    EXPECT_EQ(claim().size(), 3U);
    EXPECT_EQ(claim().at(0).attempts, 1);
}

TEST_F(RetentionStoreTest, ABatchLooksAtItsLimitAndTellsWhereToGoOn) {
    for (int i = 0; i < 5; ++i) {
        sample.place_order(session);
    }
    settle(State::kDelivered);
    world.clock.advance(hours{25});
    const auto first = purge({"test"}, {}, 2);
    EXPECT_EQ(first.event_count, 2U);
    ASSERT_TRUE(first.last);
    EXPECT_EQ(history(kitchen).oldest_seq, 3);
    const auto second = purge({"test"}, first.last, 2);
    ASSERT_TRUE(second.last);
    EXPECT_GT(*second.last, *first.last);
    const auto third = purge({"test"}, second.last, 2);
    EXPECT_EQ(third.event_count, 1U);
    EXPECT_FALSE(third.last);
    EXPECT_TRUE(history(kitchen).entries.empty());
}

TEST_F(RetentionStoreTest, BlockedEventsDoNotHideThoseBehindThem) {
    sample.place_order(session);
    SampleRestaurant other{world, ids};
    other.place_order(other.open_session());
    for (const Channel& channel :
         {Channel::kitchen(other.branch.id), Channel::waiters(other.branch.id)}) {
        settle(State::kDelivered, "test", channel);
    }
    world.clock.advance(hours{25});
    const auto first = purge({"test"}, {}, 1);
    EXPECT_EQ(first.entry_count, 0U);
    EXPECT_EQ(purge({"test"}, first.last, 1).entry_count, 2U);
}

TEST_F(RetentionStoreTest, LapsedKeysGoInBatches) {
    const auto place = [&](const std::string& key) {
        auto order = sample.new_order(session);
        order.idempotency = IdempotencyKey{sample.branch.restaurant, key, "hash"};
        ASSERT_TRUE(world.orders().place(order));
    };
    place("a");
    place("b");
    place("c");
    world.clock.advance(hours{24});
    place("d");
    const auto purge_keys = [&] {
        return world.retention().purge_idempotency_keys(world.clock.now() - hours{24}, 2).value();
    };
    EXPECT_EQ(purge_keys(), 2U);
    EXPECT_EQ(purge_keys(), 1U);
    EXPECT_EQ(purge_keys(), 0U);
    EXPECT_TRUE(world.idempotency().find(sample.branch.restaurant, "d").value());
}

TEST_F(RetentionStoreTest, WaitsForAllStreamsInForceAndForNoOther) {
    ASSERT_TRUE(world.streams().set({"one", "two"}, world.clock.now()));
    sample.place_order(sample.open_session());
    EXPECT_EQ(claim("one").size(), 3U);
    settle(State::kDelivered, "one");
    world.clock.advance(hours{25});
    EXPECT_EQ(purge({"one", "two"}).entry_count, 0U);
    ASSERT_TRUE(world.streams().set({"one"}, world.clock.now()));
    EXPECT_EQ(purge({"one"}).entry_count, 3U);
}

}  // namespace
}  // namespace orderpush::test

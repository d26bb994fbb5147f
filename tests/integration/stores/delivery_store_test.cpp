#include "core/delivery/delivery_store.hpp"

#include "base/clock.hpp"
#include "core/delivery/outbox.hpp"
#include "core/delivery/relay_streams.hpp"
#include "core/events/event.hpp"
#include "tests/integration/pg_test.hpp"
#include "tests/support/manual_clock.hpp"

#include <algorithm>

namespace orderpush::test {
namespace {

using State = Settlement::State;
using std::chrono::seconds;

class DeliveryStoreTest : public PgTest {
  protected:
    DeliveryStoreTest() { EXPECT_TRUE(world.streams().set({"one"}, world.clock.now())); }

    std::vector<OutboxEntry> claim() {
        auto claimed = world.outbox().claim("one", 1000, world.clock.now());
        EXPECT_TRUE(claimed) << claimed.error().detail;
        return claimed.value();
    }
    void settle(const std::vector<OutboxEntry>& entries, State state) {
        std::vector<Settlement> settlements;
        for (const OutboxEntry& entry : entries) {
            settlements.push_back(
                {.channel = entry.channel,
                 .seq = entry.seq,
                 .state = state,
                 .attempts = entry.attempts + 1,
                 .not_before = state == State::kRetry
                                   ? std::optional{world.clock.now() + seconds{10}}
                                   : std::nullopt,
                 .reason = "refused",
                 .via = "pusher"}
            );
        }
        const auto kept = world.outbox().settle("one", settlements, world.clock.now());
        ASSERT_TRUE(kept) << kept.error().detail;
    }
    std::vector<FailedDelivery> list(DeliveryFilter filter) {
        auto found = world.deliveries().list(filter);
        EXPECT_TRUE(found) << found.error().detail;
        return found.value();
    }
    std::vector<FailedDelivery> dead() { return list({.owner = owner}); }
    std::vector<FailedDelivery> waiting() {
        return list({.owner = owner, .state = DeliveryState::kRetry});
    }
    Result<void> retry(const DeliveryKey& key) {
        return world.deliveries().retry(key, owner, world.clock.now());
    }
    int retry_all(const std::optional<std::string>& adapter = {}, int limit = 100) {
        return world.deliveries().retry_dead(owner, adapter, limit, world.clock.now()).value();
    }

    TableSession session = sample.open_session();
    DeliveryOwner owner{.restaurant = sample.branch.restaurant};
    Channel kitchen = Channel::kitchen(sample.branch.id);
};

TEST_F(DeliveryStoreTest, ListsWhatDiedWithTheProvidersAnswer) {
    const OrderId order = sample.place_order(session);
    settle(claim(), State::kDead);
    const auto found = dead();
    ASSERT_EQ(found.size(), 3U);
    EXPECT_EQ(found[0].key.channel, kitchen);
    EXPECT_EQ(found[1].key.channel, Channel::order(order));
    EXPECT_EQ(found[0].key.stream, "one");
    EXPECT_EQ(found[0].key.seq, 1);
    EXPECT_EQ(found[0].via, "pusher");
    EXPECT_EQ(found[0].reason, "refused");
    EXPECT_EQ(found[0].attempts, 1);
    EXPECT_EQ(found[0].event_name, "order:created");
    EXPECT_EQ(found[0].updated_at, world.clock.now());
    EXPECT_TRUE(waiting().empty());
}

TEST_F(DeliveryStoreTest, ListsWhatWaitsApart) {
    sample.place_order(session);
    settle(claim(), State::kRetry);
    EXPECT_TRUE(dead().empty());
    EXPECT_EQ(waiting().size(), 3U);
}

TEST_F(DeliveryStoreTest, APageGoesOnAfterTheLastOfTheOneBefore) {
    sample.place_order(session);
    sample.place_order(session);
    settle(claim(), State::kDead);
    const auto all = dead();
    ASSERT_EQ(all.size(), 6U);
    DeliveryFilter filter{.owner = owner, .limit = 4};
    const auto first = list(filter);
    ASSERT_EQ(first.size(), 4U);
    filter.after = first.back().key;
    const auto second = list(filter);
    ASSERT_EQ(second.size(), 2U);
    EXPECT_EQ(second[0].key, all[4].key);
}

TEST_F(DeliveryStoreTest, AdaptersAreFoundByTheirOwnNameAndByTheirStreams) {
    sample.place_order(session);
    settle(claim(), State::kDead);
    EXPECT_EQ(list({.owner = owner, .adapter = "one"}).size(), 3U);
    EXPECT_EQ(list({.owner = owner, .adapter = "pusher"}).size(), 3U);
    EXPECT_TRUE(list({.owner = owner, .adapter = "ably"}).empty());
}

TEST_F(DeliveryStoreTest, OthersSeeAndMoveNothing) {
    SampleRestaurant other{world, ids};
    sample.place_order(session);
    settle(claim(), State::kDead);
    const DeliveryOwner stranger{.restaurant = other.branch.restaurant};
    const DeliveryOwner other_branch{
        .restaurant = sample.branch.restaurant, .branch = other.branch.id};
    const auto key = dead().at(0).key;
    for (const DeliveryOwner& one : {stranger, other_branch}) {
        EXPECT_TRUE(list({.owner = one}).empty());
        EXPECT_EQ(world.deliveries().retry_dead(one, {}, 100, world.clock.now()).value(), 0);
        const auto refused = world.deliveries().retry(key, one, world.clock.now());
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().code, "delivery_not_found");
    }
    EXPECT_EQ(
        list({.owner = {.restaurant = owner.restaurant, .branch = sample.branch.id}}).size(), 3U
    );
}

TEST_F(DeliveryStoreTest, ADeadLetterIsSentAgainWithItsOwnSeqBehindWhatFollowed) {
    sample.place_order(session);
    const auto first = claim();
    settle(first, State::kDead);
    sample.place_order(session);
    settle(claim(), State::kDelivered);
    ASSERT_TRUE(retry({.stream = "one", .channel = kitchen, .seq = 1}));
    EXPECT_EQ(dead().size(), 2U);
    EXPECT_EQ(waiting().size(), 1U);
    const auto again = claim();
    ASSERT_EQ(again.size(), 1U);
    EXPECT_EQ(again[0].channel, kitchen);
    EXPECT_EQ(again[0].seq, 1);
    EXPECT_EQ(again[0].event_id, first.at(0).event_id);
    EXPECT_EQ(again[0].attempts, 0);
    EXPECT_TRUE(again[0].is_resend);
    settle(again, State::kDelivered);
    EXPECT_TRUE(claim().empty());
    EXPECT_TRUE(waiting().empty());
}

TEST_F(DeliveryStoreTest, WhatIsSentAgainWaitsWithoutHoldingItsChannel) {
    sample.place_order(session);
    settle(claim(), State::kDead);
    ASSERT_TRUE(retry({.stream = "one", .channel = kitchen, .seq = 1}));
    settle(claim(), State::kRetry);
    sample.place_order(session);
    const auto next = claim();
    ASSERT_EQ(next.size(), 3U);
    EXPECT_TRUE(std::ranges::none_of(next, &OutboxEntry::is_resend));
    settle(next, State::kDelivered);
    world.clock.advance(seconds{10});
    const auto again = claim();
    ASSERT_EQ(again.size(), 1U);
    EXPECT_EQ(again[0].attempts, 1);
    settle(again, State::kDead);
    EXPECT_EQ(dead().size(), 3U);
    EXPECT_TRUE(claim().empty());
}

TEST_F(DeliveryStoreTest, WhatWaitsForItsRetryIsDueAtOnce) {
    sample.place_order(session);
    settle(claim(), State::kRetry);
    ASSERT_TRUE(claim().empty());
    ASSERT_TRUE(retry({.stream = "one", .channel = kitchen, .seq = 1}));
    const auto due = claim();
    ASSERT_EQ(due.size(), 1U);
    EXPECT_EQ(due[0].attempts, 1);
    EXPECT_FALSE(due[0].is_resend);
}

TEST_F(DeliveryStoreTest, WhatIsSettledUnknownOrOfAnEndedStreamIsNotSentAgain) {
    sample.place_order(session);
    const auto reason = [&](std::int64_t seq) {
        const auto refused = retry({.stream = "one", .channel = kitchen, .seq = seq});
        return refused ? "" : refused.error().code;
    };
    EXPECT_EQ(reason(1), "delivery_not_found");
    settle(claim(), State::kDelivered);
    EXPECT_EQ(reason(1), "delivery_settled");
    sample.place_order(session);
    settle(claim(), State::kDead);
    ASSERT_TRUE(world.streams().set({"two"}, world.clock.now()));
    EXPECT_EQ(reason(2), "stream_ended");
    EXPECT_EQ(retry_all(), 0);
}

TEST_F(DeliveryStoreTest, AllThatDiedIsSentAgainSoManyAtATime) {
    sample.place_order(session);
    sample.place_order(session);
    settle(claim(), State::kDead);
    EXPECT_EQ(retry_all("ably"), 0);
    EXPECT_EQ(retry_all("pusher", 4), 4);
    EXPECT_EQ(retry_all({}, 4), 2);
    EXPECT_EQ(retry_all(), 0);
    EXPECT_EQ(claim().size(), 6U);
}

TEST_F(DeliveryStoreTest, BacklogsCountWhatTheOwnersChannelsWaitFor) {
    SampleRestaurant other{world, ids};
    other.place_order(other.open_session());
    const auto backlog = [&] { return world.deliveries().backlogs(owner).value().at(0); };
    EXPECT_EQ(backlog().stream, "one");
    EXPECT_EQ(backlog().entry_count, 0);
    EXPECT_FALSE(backlog().oldest_at);
    const Timestamp placed_at = world.clock.now();
    sample.place_order(session);
    world.clock.advance(seconds{5});
    sample.place_order(session);
    EXPECT_EQ(backlog().entry_count, 6);
    EXPECT_EQ(backlog().oldest_at, placed_at);
    settle(claim(), State::kDelivered);
    EXPECT_EQ(backlog().entry_count, 0);
}

TEST_F(DeliveryStoreTest, TotalBacklogsAreOfEveryOwnerUpToABound) {
    SampleRestaurant other{world, ids};
    const auto backlog = [&](int entries_max) {
        return world.deliveries().total_backlogs(entries_max).value().at(0);
    };
    EXPECT_EQ(backlog(100).stream, "one");
    EXPECT_EQ(backlog(100).entry_count, 0);
    EXPECT_FALSE(backlog(100).oldest_at);
    const Timestamp placed_at = world.clock.now();
    other.place_order(other.open_session());
    const auto count_of_one_order = backlog(100).entry_count;
    EXPECT_GT(count_of_one_order, 1);
    world.clock.advance(seconds{5});
    sample.place_order(session);
    EXPECT_GT(backlog(100).entry_count, count_of_one_order);
    EXPECT_EQ(backlog(100).oldest_at, placed_at);
    EXPECT_EQ(backlog(1).entry_count, 1);
    settle(claim(), State::kDelivered);
    EXPECT_EQ(backlog(100).entry_count, 0);
}

TEST_F(DeliveryStoreTest, AnAnnouncementGoesToTheBranchesAtWork) {
    SampleRestaurant idle{world, ids};
    sample.place_order(session);
    settle(claim(), State::kDelivered);
    const Event event = sample.event("realtime:provider_changed", {});
    const std::vector<Audience> audiences{Audience::kKitchen, Audience::kMenu};
    EXPECT_EQ(world.announcements().announce(event, audiences, 10).value(), 2U);
    const auto claimed = claim();
    ASSERT_EQ(claimed.size(), 2U);
    EXPECT_EQ(claimed[0].channel, kitchen);
    EXPECT_EQ(claimed[0].seq, 2);
    EXPECT_EQ(claimed[1].channel, Channel::menu(sample.branch.id));
    EXPECT_EQ(claimed[1].seq, 1);
    EXPECT_EQ(claimed[1].name, "realtime:provider_changed");
}

TEST_F(DeliveryStoreTest, AnAnnouncementToNobodyIsNotRecorded) {
    const Event event = sample.event("realtime:provider_changed", {});
    const std::vector<Audience> audiences{Audience::kKitchen};
    EXPECT_EQ(world.announcements().announce(event, audiences, 10).value(), 0U);
    EXPECT_TRUE(claim().empty());
}

}  // namespace
}  // namespace orderpush::test

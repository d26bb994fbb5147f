#include "core/operations/operations_store.hpp"

#include "base/clock.hpp"
#include "core/delivery/delivery_store.hpp"
#include "core/delivery/outbox.hpp"
#include "core/delivery/relay_streams.hpp"
#include "core/kitchen/alarm_store.hpp"
#include "tests/integration/pg_test.hpp"
#include "tests/support/manual_clock.hpp"

namespace orderpush::test {
namespace {

using State = Settlement::State;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

class OperationsStoreTest : public PgTest {
  protected:
    OperationsStoreTest() {
        EXPECT_TRUE(world.streams().set({"one"}, world.clock.now()));
        // Ahead of the database's clock, by which events are written.
        world.clock.advance(std::chrono::hours{24 * 3650});
        const auto now = world.clock.now();
        world.clock.advance(std::chrono::ceil<minutes>(now) - now);
        start = world.clock.now();
    }

    OperationsPicture picture() { return picture({.owner = owner, .from = start}); }
    OperationsPicture picture(const OperationsFilter& filter) {
        const auto found = world.operations().picture(filter);
        EXPECT_TRUE(found) << found.error().detail;
        return found ? *found : OperationsPicture{};
    }
    void settle(std::int64_t seq, State state, int attempts = 1, const char* stream = "one") {
        const bool is_retry = state == State::kRetry;
        const Settlement settlements[]{
            {.channel = kitchen,
             .seq = seq,
             .state = state,
             .attempts = attempts,
             .not_before = is_retry ? std::optional{world.clock.now()} : std::nullopt,
             .reason = state == State::kDelivered ? "" : "HTTP 503",
             .via = "pusher"}};
        const auto kept = world.outbox().settle(stream, settlements, world.clock.now());
        ASSERT_TRUE(kept) << kept.error().detail;
    }
    void pass(milliseconds time) { world.clock.advance(time); }
    std::vector<int> found(int number, int limit = 10) {
        const auto orders = world.operations().find_orders(owner, number, limit);
        EXPECT_TRUE(orders) << orders.error().detail;
        std::vector<int> numbers;
        for (const Order& order : orders.value()) {
            numbers.push_back(order.number);
        }
        return numbers;
    }

    Timestamp start;
    TableSession session = sample.open_session();
    DeliveryOwner owner{.restaurant = sample.branch.restaurant};
    Channel kitchen = Channel::kitchen(sample.branch.id);
};

TEST_F(OperationsStoreTest, NothingHappenedAtFirst) {
    const auto seen = picture();
    ASSERT_EQ(seen.branches.size(), 1U);
    EXPECT_EQ(seen.branches[0].id, sample.branch.id);
    EXPECT_EQ(seen.branches[0].name, sample.branch.name);
    EXPECT_TRUE(seen.minutes.empty());
    EXPECT_EQ(seen.total.order_count, 0);
    EXPECT_FALSE(seen.total.p50);
    EXPECT_EQ(seen.dead_count, 0);
    EXPECT_FALSE(seen.is_truncated);
}

TEST_F(OperationsStoreTest, EachMinuteHasItsOrdersDeliveriesAndDelays) {
    for (int i = 0; i < 4; ++i) {
        sample.place_order(session);
    }
    pass(milliseconds{20});
    settle(1, State::kDelivered);
    settle(2, State::kDelivered);
    pass(milliseconds{480});
    settle(3, State::kDelivered);
    pass(minutes{2});
    settle(4, State::kDelivered);
    const auto seen = picture();
    ASSERT_EQ(seen.minutes.size(), 2U);
    EXPECT_EQ(seen.minutes[0].at, start);
    EXPECT_EQ(seen.minutes[0].figures.order_count, 4);
    EXPECT_EQ(seen.minutes[0].figures.delivered_count, 3);
    EXPECT_EQ(seen.minutes[0].figures.p50, milliseconds{20});
    EXPECT_EQ(seen.minutes[0].figures.p99, milliseconds{500});
    EXPECT_EQ(seen.minutes[1].at, start + minutes{2});
    EXPECT_EQ(seen.minutes[1].figures.order_count, 0);
    EXPECT_EQ(seen.minutes[1].figures.delivered_count, 1);
    EXPECT_EQ(seen.minutes[1].figures.p50, milliseconds{120'500});
    EXPECT_EQ(seen.total.order_count, 4);
    EXPECT_EQ(seen.total.delivered_count, 4);
    EXPECT_EQ(seen.total.p50, milliseconds{20});
    EXPECT_EQ(seen.total.p99, milliseconds{120'500});
}

TEST_F(OperationsStoreTest, EveryAttemptThatFailedCounts) {
    sample.place_order(session);
    sample.place_order(session);
    settle(1, State::kRetry, 1);
    pass(minutes{1});
    settle(1, State::kRetry, 2);
    pass(minutes{1});
    settle(1, State::kDelivered, 3);
    settle(2, State::kDead);
    const auto seen = picture();
    ASSERT_EQ(seen.minutes.size(), 3U);
    EXPECT_EQ(seen.minutes[0].figures.failed_count, 1);
    EXPECT_FALSE(seen.minutes[0].figures.p50);
    EXPECT_EQ(seen.minutes[1].figures.failed_count, 1);
    EXPECT_EQ(seen.minutes[2].figures.failed_count, 1);
    EXPECT_EQ(seen.minutes[2].figures.delivered_count, 1);
    EXPECT_EQ(seen.total.failed_count, 3);
    EXPECT_EQ(seen.dead_count, 1);
}

TEST_F(OperationsStoreTest, WhatIsSentAgainOnPurposeIsNoDelay) {
    const OrderId order = sample.place_order(session);
    sample.place_order(session);
    pass(milliseconds{40});
    settle(1, State::kDelivered);
    settle(2, State::kDead);
    pass(minutes{1});
    const NewAlarm alarm{
        .id = ids.make<AlarmId>(),
        .order = order,
        .branch = sample.branch.id,
        .cause = AlarmCause::kUnseen,
        .step = AlarmStep::kPushAgain,
        .at = world.clock.now()};
    ASSERT_TRUE(world.alarms().raise(alarm).value());
    ASSERT_TRUE(world.deliveries().retry(
        {.stream = "one", .channel = kitchen, .seq = 2}, owner, world.clock.now()
    ));
    const auto check = [&](std::int64_t delivered) {
        const auto seen = picture();
        EXPECT_EQ(seen.total.delivered_count, delivered);
        EXPECT_EQ(seen.total.failed_count, 1);
        EXPECT_EQ(seen.total.p50, milliseconds{40});
        EXPECT_EQ(seen.total.p99, milliseconds{40});
        EXPECT_EQ(seen.minutes.at(0).figures.delivered_count, 1);
    };
    check(1);
    pass(minutes{1});
    settle(1, State::kDelivered);
    settle(2, State::kDelivered);
    check(2);
}

TEST_F(OperationsStoreTest, TheDelayBeginsWhenTheAdaptersHoldEnds) {
    const auto settle_held = [&](std::int64_t seq, Settlement::State state, int attempts) {
        const Settlement settlements[]{
            {.channel = kitchen,
             .seq = seq,
             .state = state,
             .attempts = attempts,
             .not_before = world.clock.now()}};
        ASSERT_TRUE(world.outbox().settle("one", settlements, world.clock.now()));
    };
    const OrderId order = sample.place_order(session);
    sample.place_order(session);
    pass(seconds{8});
    settle_held(1, State::kRetry, 0);
    EXPECT_EQ(picture().total.failed_count, 0) << "it was not tried";
    settle_held(1, State::kDelivered, 1);
    settle(2, State::kDelivered);
    EXPECT_EQ(picture().total.p50, milliseconds{0});
    EXPECT_EQ(picture().total.p99, milliseconds{8'000}) << "the other one was not held";
    pass(minutes{1});
    const NewAlarm alarm{
        .id = ids.make<AlarmId>(),
        .order = order,
        .branch = sample.branch.id,
        .cause = AlarmCause::kUnseen,
        .step = AlarmStep::kPushAgain,
        .at = world.clock.now()};
    ASSERT_TRUE(world.alarms().raise(alarm).value());
    EXPECT_EQ(picture().total.p50, milliseconds{0}) << "also after it was pushed again";
}

TEST_F(OperationsStoreTest, WhatIsOlderHasNoPart) {
    for (int i = 0; i < 150; ++i) {
        sample.place_order(session);
    }
    settle(1, State::kDelivered);
    pass(minutes{10});
    for (int i = 0; i < 130; ++i) {
        sample.place_order(session);
    }
    settle(200, State::kDelivered);
    const auto seen = picture({.owner = owner, .from = start + minutes{5}});
    EXPECT_EQ(seen.total.order_count, 130);
    EXPECT_EQ(seen.total.delivered_count, 1);
    EXPECT_FALSE(seen.is_truncated);
    const auto all = picture();
    EXPECT_EQ(all.total.order_count, 280);
    EXPECT_EQ(all.total.delivered_count, 2);
}

TEST_F(OperationsStoreTest, OnlySoManyEntriesAreLookedAt) {
    for (int i = 0; i < 220; ++i) {
        sample.place_order(session);
    }
    const auto cut = picture({.owner = owner, .from = start, .entries_max = 150});
    EXPECT_EQ(cut.total.order_count, 200);
    EXPECT_TRUE(cut.is_truncated);
    EXPECT_FALSE(picture({.owner = owner, .from = start, .entries_max = 300}).is_truncated);
}

TEST_F(OperationsStoreTest, StreamsThatEndedDoNotCount) {
    ASSERT_TRUE(world.streams().set({"one", "two"}, world.clock.now()));
    sample.place_order(session);
    settle(1, State::kDelivered);
    settle(1, State::kDelivered, 1, "two");
    EXPECT_EQ(picture().total.delivered_count, 2);
    ASSERT_TRUE(world.streams().set({"two"}, world.clock.now()));
    EXPECT_EQ(picture().total.delivered_count, 1);
}

TEST_F(OperationsStoreTest, ABranchAndARestaurantSeeTheirOwn) {
    sample.place_order(session);
    settle(1, State::kDead);
    Branch next = sample.branch;
    next.id = ids.make<BranchId>();
    next.name = "A " + sample.branch.name;
    world.add_branch(next);
    const auto whole = picture();
    ASSERT_EQ(whole.branches.size(), 2U);
    EXPECT_EQ(whole.branches[0].id, next.id);
    EXPECT_EQ(whole.dead_count, 1);
    owner.branch = next.id;
    const auto part = picture();
    ASSERT_EQ(part.branches.size(), 1U);
    EXPECT_EQ(part.total.order_count, 0);
    EXPECT_EQ(part.dead_count, 0);
    EXPECT_EQ(found(1), std::vector<int>{});
    owner = {.restaurant = ids.make<RestaurantId>()};
    EXPECT_TRUE(picture().branches.empty());
    EXPECT_EQ(picture().total.order_count, 0);
    EXPECT_EQ(found(1), std::vector<int>{});
}

TEST_F(OperationsStoreTest, DeadOnesAreCountedUpToABound) {
    for (int seq = 1; seq <= 3; ++seq) {
        sample.place_order(session);
        settle(seq, State::kDead);
    }
    EXPECT_EQ(picture({.owner = owner, .from = start, .dead_max = 2}).dead_count, 2);
}

TEST_F(OperationsStoreTest, OrdersAreFoundByNumberTheNewestFirst) {
    const OrderId yesterday = sample.place_order(session);
    sample.place_order(session);
    pass(std::chrono::hours{24});
    const OrderId today = sample.place_order(session);
    const auto both = world.operations().find_orders(owner, 1, 10);
    ASSERT_TRUE(both) << both.error().detail;
    ASSERT_EQ(both->size(), 2U);
    EXPECT_EQ(both->at(0).id, today);
    EXPECT_EQ(both->at(1).id, yesterday);
    EXPECT_EQ(both->at(1).items.size(), 2U);
    EXPECT_EQ(found(2), std::vector<int>{2});
    EXPECT_EQ(found(3), std::vector<int>{});
    EXPECT_EQ(found(1, 1).size(), 1U);
}

}  // namespace
}  // namespace orderpush::test

#include "base/clock.hpp"
#include "core/events/event.hpp"
#include "core/events/event_log.hpp"
#include "core/kitchen/alarm_store.hpp"
#include "core/orders/order_store.hpp"
#include "tests/contract/store_contract.hpp"
#include "tests/support/manual_clock.hpp"

#include <algorithm>

namespace orderpush::test {
namespace {

class AlarmStoreContract : public StoreContract {
  protected:
    AlarmStore& alarms() { return world->alarms(); }
    std::vector<WaitingOrder> waiting(int limit = 100) {
        const auto found = alarms().waiting(
            {.now = world->clock.now(),
             .reporting_since = world->clock.now() - std::chrono::hours{24},
             .limit = limit}
        );
        EXPECT_TRUE(found) << found.error().detail;
        return found ? *found : std::vector<WaitingOrder>{};
    }
    bool raise(const OrderId& order, AlarmCause cause) {
        const auto raised = alarms().raise(
            {.id = ids.make<AlarmId>(),
             .order = order,
             .branch = sample.branch.id,
             .cause = cause,
             .at = world->clock.now(),
             .events = {sample.event("kitchen:unattended", {Channel::waiters(sample.branch.id)})}}
        );
        EXPECT_TRUE(raised) << raised.error().detail;
        return raised && *raised;
    }
    /// How often waiters were told.
    std::size_t told() {
        const auto history = world->events().read(Channel::waiters(sample.branch.id), 0, 100);
        EXPECT_TRUE(history);
        return static_cast<std::size_t>(
            std::ranges::count(history->entries, "kitchen:unattended", &OutboxEntry::name)
        );
    }
    void clear(std::vector<BranchId> attended = {}) {
        ASSERT_TRUE(alarms().clear(attended, world->clock.now()));
    }
    /// Takes the order's tickets off the board.
    void cancel(const OrderId& id) {
        ASSERT_TRUE(world->orders().change(sample.moved(id, OrderStatus::kCancelled)));
    }

    TableSession session = sample.open_session();
};

TEST_P(AlarmStoreContract, AnOrderWaitsUntilItsTicketsAreTaken) {
    EXPECT_TRUE(waiting().empty());
    const OrderId order = sample.place_order(session);
    ASSERT_EQ(waiting().size(), 1U);
    EXPECT_EQ(waiting()[0].order, order);
    EXPECT_EQ(waiting()[0].branch, sample.branch.id);
    EXPECT_EQ(waiting()[0].since, world->clock.now());
    cancel(order);
    EXPECT_TRUE(waiting().empty());
}

TEST_P(AlarmStoreContract, ItIsOverdueFromTheBranchesLimitOn) {
    sample.place_order(session);
    world->clock.advance(std::chrono::seconds{119});
    EXPECT_FALSE(waiting()[0].is_overdue);
    world->clock.advance(std::chrono::seconds{1});
    EXPECT_TRUE(waiting()[0].is_overdue);
}

TEST_P(AlarmStoreContract, TheLongestWaitingComeFirst) {
    const OrderId first = sample.place_order(session);
    world->clock.advance(std::chrono::seconds{1});
    sample.place_order(session);
    ASSERT_EQ(waiting(1).size(), 1U);
    EXPECT_EQ(waiting(1)[0].order, first);
}

TEST_P(AlarmStoreContract, WhatWasToldAlreadyComesLast) {
    const OrderId told_twice = sample.place_order(session);
    raise(told_twice, AlarmCause::kNoDisplay);
    raise(told_twice, AlarmCause::kUnacknowledged);
    world->clock.advance(std::chrono::seconds{1});
    const OrderId told_once = sample.place_order(session);
    raise(told_once, AlarmCause::kNoDisplay);
    world->clock.advance(std::chrono::seconds{1});
    const OrderId untold = sample.place_order(session);
    ASSERT_EQ(waiting(1).size(), 1U);
    EXPECT_EQ(waiting(1)[0].order, untold);
    ASSERT_EQ(waiting(2).size(), 2U);
    EXPECT_EQ(waiting(2)[1].order, told_once);
    EXPECT_EQ(waiting().size(), 3U);
}

TEST_P(AlarmStoreContract, AnAlarmIsRaisedOncePerCause) {
    const OrderId order = sample.place_order(session);
    EXPECT_TRUE(raise(order, AlarmCause::kNoDisplay));
    EXPECT_FALSE(raise(order, AlarmCause::kNoDisplay));
    EXPECT_EQ(told(), 1U);
    EXPECT_TRUE(waiting()[0].has_no_display_alarm);
    EXPECT_FALSE(waiting()[0].has_unacknowledged_alarm);
    EXPECT_TRUE(raise(order, AlarmCause::kUnacknowledged));
    EXPECT_TRUE(waiting()[0].has_unacknowledged_alarm);
    EXPECT_EQ(told(), 2U);
}

TEST_P(AlarmStoreContract, AnOrderThatNoLongerWaitsRaisesNone) {
    const OrderId order = sample.place_order(session);
    cancel(order);
    EXPECT_FALSE(raise(order, AlarmCause::kNoDisplay));
    EXPECT_EQ(told(), 0U);
}

TEST_P(AlarmStoreContract, ADisplayThatComesClearsWhatItsAbsenceRaised) {
    const OrderId order = sample.place_order(session);
    raise(order, AlarmCause::kNoDisplay);
    raise(order, AlarmCause::kUnacknowledged);
    clear();
    EXPECT_TRUE(waiting()[0].has_no_display_alarm);
    clear({sample.branch.id});
    EXPECT_FALSE(waiting()[0].has_no_display_alarm);
    EXPECT_TRUE(waiting()[0].has_unacknowledged_alarm);
    EXPECT_TRUE(raise(order, AlarmCause::kNoDisplay));
}

ORDERPUSH_CONTRACT_SUITE(AlarmStoreContract);

}  // namespace
}  // namespace orderpush::test

#include "base/clock.hpp"
#include "core/delivery/outbox.hpp"
#include "core/delivery/relay_streams.hpp"
#include "core/events/event_log.hpp"
#include "core/kitchen/alarm_store.hpp"
#include "core/kitchen/receipt_store.hpp"
#include "core/orders/order_store.hpp"
#include "core/outgoing_webhooks/outgoing_webhook_store.hpp"
#include "core/outgoing_webhooks/restaurant_webhook_store.hpp"
#include "tests/contract/store_contract.hpp"
#include "tests/support/manual_clock.hpp"

#include <algorithm>

namespace orderpush::test {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

/// Orders that no display of their kitchen has shown.
class UnseenAlarmContract : public StoreContract {
  protected:
    UnseenAlarmContract() {
        EXPECT_TRUE(world->streams().set({"builtin"}, now()));
        // The branch's displays report.
        see(sample.place_order(session));
    }

    Timestamp now() const { return world->clock.now(); }
    std::vector<WaitingOrder> waiting(hours reporting_for = hours{24}) {
        const auto found = world->alarms().waiting(
            {.now = now(), .reporting_since = now() - reporting_for, .limit = 100}
        );
        EXPECT_TRUE(found) << found.error().detail;
        return found.value();
    }
    WaitingOrder waiting_one(const OrderId& order, hours reporting_for = hours{24}) {
        for (const WaitingOrder& one : waiting(reporting_for)) {
            if (one.order == order) {
                return one;
            }
        }
        ADD_FAILURE() << "it does not wait";
        return {};
    }
    EventId created(const OrderId& order) {
        const auto history = world->events().read(Channel::order(order), 0, 100);
        return history.value().entries.front().event_id;
    }
    void report(ReceiptKind kind, const OrderId& order, Audience hears = Audience::kKitchen) {
        const auto recorded = world->receipts().record(
            {.device = "grill-1",
             .kind = kind,
             .events = {created(order)},
             .at = now(),
             .restaurant = sample.branch.restaurant,
             .branch = sample.branch.id,
             .audiences = {hears}}
        );
        ASSERT_TRUE(recorded) << recorded.error().detail;
        ASSERT_EQ(recorded->recorded, 1U);
    }
    void see(const OrderId& order) { report(ReceiptKind::kSeen, order); }

    NewAlarm alarm_of(const OrderId& order, AlarmStep step) {
        NewAlarm alarm{
            .id = ids.make<AlarmId>(),
            .order = order,
            .branch = sample.branch.id,
            .cause = AlarmCause::kUnseen,
            .step = step,
            .at = now()};
        if (step == AlarmStep::kWebhook) {
            alarm.webhook_body = R"({"type":"order.unseen"})";
            alarm.webhook_expires_at = now() + hours{24};
        }
        return alarm;
    }
    bool raise(const NewAlarm& alarm) {
        const auto raised = world->alarms().raise(alarm);
        EXPECT_TRUE(raised) << raised.error().detail;
        return raised && *raised;
    }
    bool raise(const OrderId& order, AlarmStep step) { return raise(alarm_of(order, step)); }
    void clear() { ASSERT_TRUE(world->alarms().clear({}, now())); }
    void cancel(const OrderId& id) {
        ASSERT_TRUE(world->orders().change(sample.moved(id, OrderStatus::kCancelled)));
    }
    void set_webhook() {
        ASSERT_TRUE(world->restaurant_webhooks().put(
            {.id = ids.make<WebhookEndpointId>(),
             .restaurant = sample.branch.restaurant,
             .url = "https://shop.example/hooks",
             .sealed_secret = "sealed:x",
             .at = now()}
        ));
    }
    std::vector<OutboxEntry> claim() {
        auto claimed = world->outbox().claim("builtin", 1000, now());
        EXPECT_TRUE(claimed) << claimed.error().detail;
        return claimed.value();
    }
    void deliver_all() {
        std::vector<Settlement> settlements;
        for (const OutboxEntry& entry : claim()) {
            settlements.push_back({.channel = entry.channel, .seq = entry.seq, .via = "builtin"});
        }
        ASSERT_TRUE(world->outbox().settle("builtin", settlements, now()));
    }

    TableSession session = sample.open_session();
};

TEST_P(UnseenAlarmContract, AnOrderIsUnseenFromTheBranchesLimitOn) {
    const OrderId order = sample.place_order(session);
    const Timestamp placed_at = now();
    world->clock.advance(seconds{29});
    EXPECT_FALSE(waiting_one(order).unseen_from);
    world->clock.advance(seconds{1});
    EXPECT_EQ(waiting_one(order).unseen_from, placed_at + seconds{30});
    world->clock.advance(seconds{7});
    EXPECT_EQ(waiting_one(order).unseen_from, placed_at + seconds{30});
}

TEST_P(UnseenAlarmContract, OnlyADisplayOfTheKitchenThatShowedItSawIt) {
    const OrderId order = sample.place_order(session);
    world->clock.advance(seconds{30});
    report(ReceiptKind::kReceived, order);
    EXPECT_TRUE(waiting_one(order).unseen_from);
    const OrderId other = sample.place_order(session);
    report(ReceiptKind::kSeen, other, Audience::kWaiters);
    world->clock.advance(seconds{30});
    EXPECT_TRUE(waiting_one(other).unseen_from);
    see(order);
    EXPECT_FALSE(waiting_one(order).unseen_from);
    EXPECT_TRUE(waiting_one(other).unseen_from);
}

TEST_P(UnseenAlarmContract, WhereNoDisplayReportsNothingIsUnseen) {
    world->clock.advance(hours{2});
    const OrderId order = sample.place_order(session);
    world->clock.advance(minutes{10});
    EXPECT_TRUE(waiting_one(order, hours{3}).unseen_from);
    EXPECT_FALSE(waiting_one(order, hours{2}).unseen_from);
    const OrderId other = sample.place_order(session);
    see(other);
    EXPECT_TRUE(waiting_one(order, hours{2}).unseen_from);
}

TEST_P(UnseenAlarmContract, EachStepIsTakenOnce) {
    set_webhook();
    const OrderId order = sample.place_order(session);
    world->clock.advance(seconds{30});
    EXPECT_TRUE(waiting_one(order).has_webhook);
    for (const auto step : {AlarmStep::kPushAgain, AlarmStep::kWaiters, AlarmStep::kWebhook}) {
        EXPECT_TRUE(raise(order, step));
        EXPECT_FALSE(raise(order, step));
        EXPECT_EQ(waiting_one(order).unseen_steps.at(static_cast<std::size_t>(step)), now());
        world->clock.advance(seconds{5});
    }
    EXPECT_FALSE(waiting_one(order).has_no_display_alarm);
    EXPECT_FALSE(waiting_one(order).has_unacknowledged_alarm);
    const auto traced = world->receipts().trace(order, session.id).value().alarms;
    ASSERT_EQ(traced.size(), 3U);
    EXPECT_EQ(traced[0].step, AlarmStep::kPushAgain);
    EXPECT_EQ(traced[2].step, AlarmStep::kWebhook);
    EXPECT_EQ(traced[2].cause, AlarmCause::kUnseen);
}

TEST_P(UnseenAlarmContract, WhatWasSeenOrTakenMeanwhileRaisesNothing) {
    const OrderId seen = sample.place_order(session);
    const OrderId taken = sample.place_order(session);
    world->clock.advance(seconds{30});
    see(seen);
    cancel(taken);
    EXPECT_FALSE(raise(seen, AlarmStep::kPushAgain));
    EXPECT_FALSE(raise(taken, AlarmStep::kPushAgain));
}

TEST_P(UnseenAlarmContract, PushingAgainSendsTheSameEntryToTheKitchenAlone) {
    const OrderId order = sample.place_order(session);
    deliver_all();
    EXPECT_TRUE(claim().empty());
    world->clock.advance(seconds{30});
    EXPECT_TRUE(raise(order, AlarmStep::kPushAgain));
    const auto again = claim();
    ASSERT_EQ(again.size(), 1U);
    EXPECT_EQ(again[0].channel, Channel::kitchen(sample.branch.id));
    EXPECT_EQ(again[0].event_id, created(order));
    EXPECT_EQ(again[0].seq, 2);
    EXPECT_TRUE(again[0].is_resend);
    deliver_all();
    EXPECT_TRUE(claim().empty());
    const auto attempts = world->receipts().trace(order, session.id).value().attempts;
    EXPECT_EQ(
        std::ranges::count(attempts, Channel::kitchen(sample.branch.id), &TracedAttempt::channel), 2
    );
}

TEST_P(UnseenAlarmContract, WhatIsStillUnderWayIsNotPushedTwice) {
    const OrderId order = sample.place_order(session);
    world->clock.advance(seconds{30});
    EXPECT_TRUE(raise(order, AlarmStep::kPushAgain));
    EXPECT_TRUE(std::ranges::none_of(claim(), &OutboxEntry::is_resend));
}

TEST_P(UnseenAlarmContract, AWebhookIsMadeWithItsAlarm) {
    const OrderId order = sample.place_order(session);
    world->clock.advance(seconds{30});
    EXPECT_FALSE(waiting_one(order).has_webhook);
    EXPECT_FALSE(raise(order, AlarmStep::kWebhook)) << "there is nobody to be told";
    set_webhook();
    const NewAlarm alarm = alarm_of(order, AlarmStep::kWebhook);
    EXPECT_TRUE(raise(alarm));
    const auto listed = world->webhooks().list({}).value();
    ASSERT_EQ(listed.size(), 1U);
    EXPECT_EQ(listed[0].id.value, alarm.id.value);
    EXPECT_EQ(listed[0].app_id, "");
    const auto pending = world->webhooks().pending(listed[0].endpoint, now()).value();
    ASSERT_EQ(pending.size(), 1U);
    EXPECT_EQ(pending[0].body, alarm.webhook_body);
}

TEST_P(UnseenAlarmContract, SeeingItClearsAllStepsAndWithdrawsWhatWasNotSent) {
    set_webhook();
    const OrderId order = sample.place_order(session);
    world->clock.advance(seconds{30});
    EXPECT_TRUE(raise(order, AlarmStep::kWaiters));
    EXPECT_TRUE(raise(order, AlarmStep::kWebhook));
    clear();
    EXPECT_TRUE(waiting_one(order).unseen_steps.at(1)) << "it is unseen still";
    see(order);
    clear();
    EXPECT_FALSE(waiting_one(order).unseen_steps.at(1));
    EXPECT_EQ(world->webhooks().list({}).value().at(0).state, WebhookState::kExpired);
    const auto traced = world->receipts().trace(order, session.id).value().alarms;
    ASSERT_EQ(traced.size(), 2U);
    EXPECT_EQ(traced[0].cleared_at, now());
    EXPECT_EQ(traced[1].cleared_at, now());
}

TEST_P(UnseenAlarmContract, TakingItClearsItToo) {
    const OrderId order = sample.place_order(session);
    world->clock.advance(seconds{30});
    EXPECT_TRUE(raise(order, AlarmStep::kWaiters));
    cancel(order);
    clear();
    EXPECT_EQ(world->receipts().trace(order, session.id).value().alarms.at(0).cleared_at, now());
}

ORDERPUSH_CONTRACT_SUITE(UnseenAlarmContract);

}  // namespace
}  // namespace orderpush::test

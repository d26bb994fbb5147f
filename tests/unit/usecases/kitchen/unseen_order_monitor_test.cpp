#include "usecases/kitchen/unseen_order_monitor.hpp"

#include "base/clock.hpp"
#include "core/events/event_log.hpp"
#include "core/kitchen/alarm_store.hpp"
#include "core/kitchen/receipt_store.hpp"
#include "core/outgoing_webhooks/outgoing_webhook_store.hpp"
#include "core/outgoing_webhooks/restaurant_webhook_store.hpp"
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

struct UnseenOrderMonitorTest : testing::Test {
    test::MemoryWorld world;
    test::SequentialIds ids;
    test::SampleRestaurant restaurant{world, ids};
    test::CountingSignal signal;
    bool is_attended = false;
    int webhook_notifications = 0;
    UnseenOrderMonitorDependencies dependencies() {
        return {
            .alarms = world.alarms(),
            .is_attended = [this](const BranchId&) -> Result<bool> { return is_attended; },
            .signal = signal,
            .ids = ids,
            .clock = world.clock,
            .on_webhook = [this] { ++webhook_notifications; }};
    }
    UnseenOrderMonitor monitor{dependencies(), {.grace = 5s, .start_grace = 20s, .orders_max = 2}};
    TableSession session = restaurant.open_session();

    std::size_t look() {
        monitor.relayed({});
        const auto raised = monitor.run_once();
        EXPECT_TRUE(raised) << raised.error().detail;
        return raised ? *raised : 0;
    }
    /// The payloads of what was published to waiters, oldest first.
    std::vector<json> alarms_published() {
        const auto history = world.events().read(Channel::waiters(restaurant.branch.id), 0, 100);
        std::vector<json> payloads;
        for (const OutboxEntry& entry : history->entries) {
            if (entry.name == "kitchen:unattended") {
                payloads.push_back(json::parse(entry.payload));
            }
        }
        return payloads;
    }
};

TEST_F(UnseenOrderMonitorTest, AnOrderInAKitchenWithoutDisplayIsReportedOnce) {
    world.clock.advance(20s);
    const OrderId order = restaurant.place_order(session);
    EXPECT_EQ(look(), 0U);
    world.clock.advance(5s);
    EXPECT_EQ(look(), 1U);
    EXPECT_EQ(look(), 0U);
    ASSERT_EQ(alarms_published().size(), 1U);
    EXPECT_EQ(alarms_published()[0]["orderId"], to_string(order));
    EXPECT_EQ(alarms_published()[0]["reason"], "no_display");
    EXPECT_EQ(signal.count(), 1);
}

TEST_F(UnseenOrderMonitorTest, ADisplayThatComesInTimeSparesTheAlarm) {
    world.clock.advance(20s);
    restaurant.place_order(session);
    is_attended = true;
    world.clock.advance(5s);
    EXPECT_EQ(look(), 0U);
    EXPECT_TRUE(alarms_published().empty());
}

TEST_F(UnseenOrderMonitorTest, AfterAStartDisplaysGetTimeToComeBack) {
    restaurant.place_order(session);
    world.clock.advance(19s);
    EXPECT_EQ(look(), 0U);
    world.clock.advance(1s);
    EXPECT_EQ(look(), 1U);
}

TEST_F(UnseenOrderMonitorTest, AnOrderThatNobodyTakesIsReportedEvenWithADisplay) {
    is_attended = true;
    restaurant.place_order(session);
    world.clock.advance(120s);
    EXPECT_EQ(look(), 1U);
    EXPECT_EQ(alarms_published().at(0)["reason"], "unacknowledged");
    EXPECT_EQ(look(), 0U);
}

TEST_F(UnseenOrderMonitorTest, AnInstanceThatDoesNotRelayRaisesNothing) {
    restaurant.place_order(session);
    world.clock.advance(120s);
    EXPECT_EQ(monitor.run_once().value(), 0U);
    EXPECT_EQ(look(), 2U);
    world.clock.advance(5s);
    restaurant.place_order(session);
    world.clock.advance(120s);
    EXPECT_EQ(monitor.run_once().value(), 0U);
}

TEST_F(UnseenOrderMonitorTest, OrdersThatWereReportedKeepNoNewOneFromBeingSeen) {
    restaurant.place_order(session);
    restaurant.place_order(session);
    world.clock.advance(120s);
    EXPECT_EQ(look(), 4U);
    EXPECT_EQ(look(), 0U);
    const OrderId later = restaurant.place_order(session);
    world.clock.advance(5s);
    EXPECT_EQ(look(), 1U);
    EXPECT_EQ(alarms_published().back()["orderId"], to_string(later));
}

TEST_F(UnseenOrderMonitorTest, AKitchenThatIsLeftAgainIsANewCause) {
    world.clock.advance(20s);
    restaurant.place_order(session);
    world.clock.advance(5s);
    EXPECT_EQ(look(), 1U);
    is_attended = true;
    EXPECT_EQ(look(), 0U);
    is_attended = false;
    EXPECT_EQ(look(), 1U);
}

struct UnseenOrderTest : UnseenOrderMonitorTest {
    UnseenOrderTest() {
        is_attended = true;
        see(restaurant.place_order(session));
        world.clock.advance(20s);
    }

    void see(const OrderId& order) {
        const auto history = world.events().read(Channel::order(order), 0, 1);
        const auto recorded = world.receipts().record(
            {.device = "grill-1",
             .kind = ReceiptKind::kSeen,
             .events = {history->entries.at(0).event_id},
             .at = world.clock.now(),
             .restaurant = restaurant.branch.restaurant,
             .branch = restaurant.branch.id,
             .audiences = {Audience::kKitchen}}
        );
        EXPECT_EQ(recorded->recorded, 1U);
    }
    void set_webhook() {
        ASSERT_TRUE(world.restaurant_webhooks().put(
            {.id = ids.make<WebhookEndpointId>(),
             .restaurant = restaurant.branch.restaurant,
             .url = "https://shop.example/",
             .sealed_secret = "sealed:x",
             .at = world.clock.now()}
        ));
    }
    /// "push_again waiters": the steps taken of an order, oldest first.
    std::string steps_of(const OrderId& order) {
        std::string steps;
        const auto trace = world.receipts().trace(order, session.id);
        for (const TracedAlarm& alarm : trace->alarms) {
            if (alarm.cause == AlarmCause::kUnseen) {
                steps += (steps.empty() ? "" : " ") + std::string{to_string(alarm.step)};
            }
        }
        return steps;
    }
};

TEST_F(UnseenOrderTest, AnOrderThatNobodySawEscalatesStepByStep) {
    set_webhook();
    const OrderId order = restaurant.place_order(session);
    world.clock.advance(29s);
    EXPECT_EQ(look(), 0U);
    world.clock.advance(1s);
    EXPECT_EQ(look(), 1U);
    EXPECT_EQ(steps_of(order), "push_again");
    EXPECT_TRUE(alarms_published().empty());
    world.clock.advance(29s);
    EXPECT_EQ(look(), 0U);
    world.clock.advance(1s);
    EXPECT_EQ(look(), 1U);
    ASSERT_EQ(alarms_published().size(), 1U);
    EXPECT_EQ(alarms_published()[0]["reason"], "unseen");
    EXPECT_EQ(alarms_published()[0]["orderId"], to_string(order));
    EXPECT_EQ(webhook_notifications, 0);
    world.clock.advance(30s);
    EXPECT_EQ(look(), 1U);
    EXPECT_EQ(steps_of(order), "push_again waiters webhook");
    EXPECT_EQ(webhook_notifications, 1);
    EXPECT_EQ(look(), 0U);
    const auto webhook = world.webhooks().list({}).value().at(0);
    const auto pending = world.webhooks().pending(webhook.endpoint, world.clock.now()).value();
    const json body = json::parse(pending.at(0).body);
    EXPECT_EQ(body["type"], "order.unseen");
    EXPECT_EQ(body["data"]["orderId"], to_string(order));
}

TEST_F(UnseenOrderTest, SeeingItEndsItBetweenTwoSteps) {
    const OrderId order = restaurant.place_order(session);
    world.clock.advance(30s);
    EXPECT_EQ(look(), 1U);
    see(order);
    world.clock.advance(30s);
    EXPECT_EQ(look(), 0U);
    EXPECT_TRUE(alarms_published().empty());
    const auto alarms = world.receipts().trace(order, session.id)->alarms;
    ASSERT_EQ(alarms.size(), 1U);
    EXPECT_EQ(alarms[0].cleared_at, world.clock.now());
}

TEST_F(UnseenOrderTest, WithoutAWebhookThatStepWaitsForOne) {
    const OrderId order = restaurant.place_order(session);
    for (int i = 0; i < 3; ++i) {
        world.clock.advance(30s);
        look();
    }
    EXPECT_EQ(steps_of(order), "push_again waiters");
    set_webhook();
    look();
    EXPECT_EQ(steps_of(order), "push_again waiters webhook");
}

TEST_F(UnseenOrderTest, AfterALongStopTheStepsKeepTheirDistance) {
    const OrderId order = restaurant.place_order(session);
    world.clock.advance(100s);
    look();
    look();
    EXPECT_EQ(steps_of(order), "push_again");
    world.clock.advance(30s);
    look();
    EXPECT_EQ(steps_of(order), "push_again waiters");
}

TEST_F(UnseenOrderTest, AfterAStartDisplaysGetTimeToReport) {
    restaurant.place_order(session);
    world.clock.advance(40s);
    UnseenOrderMonitor restarted{dependencies(), {.start_grace = 10s}};
    restarted.relayed({});
    EXPECT_EQ(restarted.run_once().value(), 0U);
    world.clock.advance(10s);
    restarted.relayed({});
    EXPECT_EQ(restarted.run_once().value(), 1U);
}

TEST_F(UnseenOrderTest, WhereNoDisplayReportsAndWithoutStepsNothingHappens) {
    const OrderId order = restaurant.place_order(session);
    world.clock.advance(60s);
    UnseenOrderMonitor without{dependencies(), {.unseen_steps = {}}};
    without.relayed({});
    EXPECT_EQ(without.run_once().value(), 0U);
    world.clock.advance(7 * 24h);
    UnseenOrderMonitor later{dependencies(), {}};
    later.relayed({});
    ASSERT_TRUE(later.run_once());
    EXPECT_EQ(steps_of(order), "");
}

}  // namespace
}  // namespace orderpush::usecases

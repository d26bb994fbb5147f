#include "app/kitchen_watch.hpp"

#include "tests/support/counting_signal.hpp"
#include "tests/support/memory_world.hpp"
#include "tests/support/sample_restaurant.hpp"
#include "tests/support/sequential_ids.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace orderpush::app {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

struct KitchenWatchTest : testing::Test {
    test::MemoryWorld world;
    test::SequentialIds ids;
    test::SampleRestaurant restaurant{world, ids};
    test::CountingSignal signal;
    bool is_attended = false;
    KitchenWatch watch{
        {.alarms = world.alarms(),
         .is_attended = [this](const BranchId&) -> Result<bool> { return is_attended; },
         .signal = signal,
         .ids = ids,
         .clock = world.clock},
        {.grace = 5s, .start_grace = 20s, .orders_max = 2}};
    TableSession session = restaurant.open_session();

    std::size_t look() {
        watch.relayed({});
        const auto raised = watch.run_once();
        EXPECT_TRUE(raised) << raised.error().detail;
        return raised ? *raised : 0;
    }
    /// The payloads of what waiters were told, oldest first.
    std::vector<json> told() {
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

TEST_F(KitchenWatchTest, AnOrderInAKitchenWithoutDisplayIsToldOnce) {
    world.clock.advance(20s);
    const OrderId order = restaurant.place_order(session);
    EXPECT_EQ(look(), 0U);
    world.clock.advance(5s);
    EXPECT_EQ(look(), 1U);
    EXPECT_EQ(look(), 0U);
    ASSERT_EQ(told().size(), 1U);
    EXPECT_EQ(told()[0]["orderId"], to_string(order));
    EXPECT_EQ(told()[0]["reason"], "no_display");
    EXPECT_EQ(signal.count(), 1);
}

TEST_F(KitchenWatchTest, ADisplayThatComesInTimeSparesTheAlarm) {
    world.clock.advance(20s);
    restaurant.place_order(session);
    is_attended = true;
    world.clock.advance(5s);
    EXPECT_EQ(look(), 0U);
    EXPECT_TRUE(told().empty());
}

TEST_F(KitchenWatchTest, AfterAStartDisplaysGetTimeToComeBack) {
    restaurant.place_order(session);
    world.clock.advance(19s);
    EXPECT_EQ(look(), 0U);
    world.clock.advance(1s);
    EXPECT_EQ(look(), 1U);
}

TEST_F(KitchenWatchTest, AnOrderThatNobodyTakesIsToldEvenWithADisplay) {
    is_attended = true;
    restaurant.place_order(session);
    world.clock.advance(120s);
    EXPECT_EQ(look(), 1U);
    EXPECT_EQ(told().at(0)["reason"], "unacknowledged");
    EXPECT_EQ(look(), 0U);
}

TEST_F(KitchenWatchTest, AnInstanceThatDoesNotRelayRaisesNothing) {
    restaurant.place_order(session);
    world.clock.advance(120s);
    EXPECT_EQ(watch.run_once().value(), 0U);
    EXPECT_EQ(look(), 2U);
    world.clock.advance(5s);
    restaurant.place_order(session);
    world.clock.advance(120s);
    EXPECT_EQ(watch.run_once().value(), 0U);
}

TEST_F(KitchenWatchTest, OrdersThatWereToldKeepNoNewOneFromBeingSeen) {
    restaurant.place_order(session);
    restaurant.place_order(session);
    world.clock.advance(120s);
    EXPECT_EQ(look(), 4U);
    EXPECT_EQ(look(), 0U);
    const OrderId later = restaurant.place_order(session);
    world.clock.advance(5s);
    EXPECT_EQ(look(), 1U);
    EXPECT_EQ(told().back()["orderId"], to_string(later));
}

TEST_F(KitchenWatchTest, AKitchenThatIsLeftAgainIsANewCause) {
    world.clock.advance(20s);
    restaurant.place_order(session);
    world.clock.advance(5s);
    EXPECT_EQ(look(), 1U);
    is_attended = true;
    EXPECT_EQ(look(), 0U);
    is_attended = false;
    EXPECT_EQ(look(), 1U);
}

}  // namespace
}  // namespace orderpush::app

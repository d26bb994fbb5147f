#include "usecases/tables/session_closer.hpp"

#include "core/events/event_log.hpp"
#include "core/orders/order_store.hpp"
#include "core/payments/payment_store.hpp"
#include "core/tables/session_store.hpp"
#include "tests/support/counting_signal.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/memory/memory_world.hpp"
#include "tests/support/sample_restaurant.hpp"
#include "tests/support/sequential_ids.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace orderpush::usecases {
namespace {

using std::chrono::minutes;

struct SessionCloserTest : testing::Test {
    void pay(const TableSession& session, std::int64_t amount_minor) {
        const auto paid = world.payments().record(
            {.payment =
                 {.id = ids.make<PaymentId>(),
                  .restaurant = sample.branch.restaurant,
                  .branch = sample.branch.id,
                  .session = session.id,
                  .table = session.table.id,
                  .orders = {},
                  .amount_minor = amount_minor,
                  .currency = "EUR",
                  .paid_at = world.clock.now()},
             .events = {},
             .closing_events = {}}
        );
        ASSERT_TRUE(paid) << paid.error().detail;
    }
    void serve(const OrderId& order) {
        ASSERT_TRUE(world.orders().change(sample.moved(order, OrderStatus::kServed)));
    }
    std::size_t round() {
        const auto closed = closer.run_once({});
        EXPECT_TRUE(closed) << closed.error().detail;
        return closed ? *closed : 0;
    }
    bool is_open(const TableSession& session) { return world.sessions().find(session.id)->is_open; }

    /// Of one order of the sample restaurant, with tax.
    static constexpr std::int64_t kBill = 2457;
    test::MemoryWorld world;
    test::SequentialIds ids;
    test::SampleRestaurant sample{world, ids};
    test::CountingSignal signal;
    SessionCloser closer{
        {.sessions = world.sessions(), .signal = signal, .ids = ids, .clock = world.clock},
        {.patience = minutes{10}, .batch_max = 1}};
};

TEST_F(SessionCloserTest, ASessionEndsTenMinutesAfterItWasPaidAndServed) {
    const auto session = sample.open_session();
    const OrderId order = sample.place_order(session);
    pay(session, kBill);
    world.clock.advance(minutes{30});
    EXPECT_EQ(round(), 0U);
    serve(order);
    world.clock.advance(minutes{9});
    EXPECT_EQ(round(), 0U);
    EXPECT_TRUE(is_open(session));
    EXPECT_EQ(signal.count(), 0);
    world.clock.advance(minutes{1});
    EXPECT_EQ(round(), 1U);
    EXPECT_FALSE(is_open(session));
    EXPECT_EQ(signal.count(), 1);
    const auto told = world.events().read(Channel::session(session.id), 0, 10)->entries;
    ASSERT_EQ(told.size(), 1U);
    EXPECT_EQ(told[0].name, "session:closed");
    EXPECT_NE(told[0].payload.find(R"("reason":"settled")"), std::string::npos);
    EXPECT_EQ(round(), 0U);
}

TEST_F(SessionCloserTest, WhoOrdersAgainStays) {
    const auto session = sample.open_session();
    serve(sample.place_order(session));
    pay(session, kBill);
    world.clock.advance(minutes{9});
    const OrderId dessert = sample.place_order(session);
    world.clock.advance(minutes{60});
    EXPECT_EQ(round(), 0U);
    pay(session, kBill);
    serve(dessert);
    world.clock.advance(minutes{9});
    EXPECT_EQ(round(), 0U);
    world.clock.advance(minutes{1});
    EXPECT_EQ(round(), 1U);
}

TEST_F(SessionCloserTest, ARoundClosesAllThatAreFinished) {
    const auto session = sample.open_session();
    const auto other =
        world.sessions().open_or_join(sample.new_session(sample.other_table.id, "hash of the other")
        );
    ASSERT_TRUE(other) << other.error().detail;
    for (const TableSession& one : {session, other->session}) {
        serve(sample.place_order(one));
        pay(one, kBill);
    }
    world.clock.advance(minutes{10});
    EXPECT_EQ(round(), 2U);
    EXPECT_EQ(signal.count(), 2);
}

TEST_F(SessionCloserTest, BranchesThatCloseOtherwiseAreLeftAlone) {
    world.set_close_sessions(sample.branch.id, CloseSessions::kManual);
    const auto session = sample.open_session();
    serve(sample.place_order(session));
    pay(session, kBill);
    world.clock.advance(std::chrono::hours{5});
    EXPECT_EQ(round(), 0U);
    EXPECT_TRUE(is_open(session));
}

}  // namespace
}  // namespace orderpush::usecases

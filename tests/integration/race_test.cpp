#include "base/clock.hpp"
#include "core/access/caller.hpp"
#include "core/access/staff_store.hpp"
#include "core/events/event.hpp"
#include "core/idempotency_store.hpp"
#include "core/orders/order_store.hpp"
#include "core/payments/payment_store.hpp"
#include "core/restaurant/menu_store.hpp"
#include "core/tables/session_store.hpp"
#include "tests/integration/pg_test.hpp"
#include "tests/support/counting_signal.hpp"
#include "tests/support/manual_clock.hpp"
#include "usecases/kitchen/ticket_service.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <latch>

namespace orderpush::test {
namespace {

class RaceTest : public PgTest {
  protected:
    /// For a lock.
    bool is_somebody_waiting() {
        constexpr const char* kWaiting =
            "select exists (select 1 from pg_stat_activity "
            "where datname = current_database() and wait_event_type = 'Lock')";
        return world.database().execute(kWaiting).at(0)[0].as<bool>();
    }
};

TEST_F(RaceTest, OneKeyTakesOneOrderHoweverManyTry) {
    const auto session = sample.open_session();
    for (int round = 0; round < 10; ++round) {
        std::atomic<int> placed_count{0};
        std::atomic<int> taken_count{0};
        std::latch start{4};
        in_parallel(4, [&](int) {
            auto placement = sample.new_order(session);
            placement.idempotency =
                IdempotencyKey{sample.branch.restaurant, "key-" + std::to_string(round), "hash"};
            start.arrive_and_wait();
            const auto placed = world.orders().place(placement);
            placed_count += placed ? 1 : 0;
            taken_count += !placed && placed.error().code == "idempotency_key_taken" ? 1 : 0;
        });
        EXPECT_EQ(placed_count, 1);
        EXPECT_EQ(taken_count, 3);
    }
    const auto orders = world.orders().list({.branch = sample.branch.id});
    ASSERT_TRUE(orders);
    ASSERT_EQ(orders->size(), 10U);
    EXPECT_EQ(world.database().execute("select max(number) from orders").at(0)[0].as<int>(), 10);
}

TEST_F(RaceTest, OneKeyInTwoBranchesTakesOneOrder) {
    // Nothing but the key itself stands between them: their numbers and channels are not the same.
    SampleRestaurant other{world, ids};
    const std::array sessions{sample.open_session(), other.open_session()};
    std::atomic<int> placed_count{0};
    std::latch start{2};
    in_parallel(2, [&](int i) {
        auto placement = i == 0 ? sample.new_order(sessions[0]) : other.new_order(sessions[1]);
        placement.idempotency = IdempotencyKey{sample.branch.restaurant, "key", "hash"};
        start.arrive_and_wait();
        placed_count += world.orders().place(placement) ? 1 : 0;
    });
    EXPECT_EQ(placed_count, 1);
}

TEST_F(RaceTest, OneOfTwoPhonesOpensAndTheOtherJoins) {
    for (int round = 0; round < 10; ++round) {
        std::atomic<int> opened{0};
        std::array<SessionId, 4> seen;
        std::latch start{4};
        in_parallel(4, [&](int i) {
            auto request = sample.new_session(
                sample.table.id, "token-" + std::to_string(round) + "-" + std::to_string(i)
            );
            request.opened_events = {
                sample.event("session:opened", {Channel::tables(sample.branch.id)})};
            start.arrive_and_wait();
            const auto joined = world.sessions().open_or_join(request);
            ASSERT_TRUE(joined) << joined.error().code << joined.error().detail;
            opened += joined->was_opened ? 1 : 0;
            seen.at(static_cast<std::size_t>(i)) = joined->session.id;
        });
        EXPECT_EQ(opened, 1);
        EXPECT_TRUE(std::ranges::all_of(seen, [&](const SessionId& id) { return id == seen[0]; }));
        world.close_session(seen[0], world.clock.now());
    }
    const auto recorded = world.database().execute("select count(*) from events");
    EXPECT_EQ(recorded.at(0)[0].as<int>(), 10);
}

TEST_F(RaceTest, OneVersionTakesOneChange) {
    const auto order = sample.place_order(sample.open_session());
    auto change = sample.moved(order, OrderStatus::kReady);
    change.events.clear();
    std::atomic<int> changed{0};
    std::atomic<int> refused{0};
    std::latch start{4};
    in_parallel(4, [&](int) {
        start.arrive_and_wait();
        const auto result = world.orders().change(change);
        changed += result ? 1 : 0;
        refused += !result && result.error().kind == ErrorKind::kPreconditionFailed ? 1 : 0;
    });
    EXPECT_EQ(changed, 1);
    EXPECT_EQ(refused, 3);
}

TEST_F(RaceTest, GuestsThatOrderAtTheSameTimeKeepToTheBound) {
    const auto session = sample.open_session();
    constexpr std::int64_t kMost = 5;
    constexpr int kGuests = 12;
    // All of them count before any of them orders.
    UnservedOrders bound = world.orders().placement_context(session.id, {}, true)->unserved.value();
    bound.most = kMost;
    std::vector<NewOrder> orders;
    for (int i = 0; i < kGuests; ++i) {
        orders.push_back(sample.new_order(session));
        orders.back().bound = bound;
    }
    std::atomic<int> placed{0};
    std::atomic<int> refused{0};
    std::latch start{kGuests};
    in_parallel(kGuests, [&](int i) {
        start.arrive_and_wait();
        const auto result = world.orders().place(orders[static_cast<std::size_t>(i)]);
        placed += result ? 1 : 0;
        refused += !result && result.error().code == "too_many_unserved_orders" ? 1 : 0;
    });
    EXPECT_EQ(placed, kMost);
    EXPECT_EQ(refused, kGuests - kMost);
}

TEST_F(RaceTest, AnOrderWaitsForTheClosingOfItsSessionAndIsRefused) {
    const auto session = sample.open_session();
    pqxx::connection closer{world.database().url()};
    pqxx::work closing{closer};
    closing.exec0("update table_sessions set closed_at = now()");
    std::optional<Result<PlacedOrder>> placed;
    std::jthread placing{[&] { placed = world.orders().place(sample.new_order(session)); }};
    ASSERT_TRUE(eventually([&] { return is_somebody_waiting(); }));
    closing.commit();
    placing.join();
    ASSERT_FALSE(*placed);
    EXPECT_EQ(placed->error().code, "session_closed");
}

TEST_F(RaceTest, AddedLinesWaitForTheClosingOfTheirSessionAndAreRefused) {
    const auto session = sample.open_session();
    const OrderId order = sample.place_order(session);
    OrderChange change = sample.moved(order, OrderStatus::kPreparing);
    OrderItem line = change.before.items[0];
    line.id = ids.make<OrderItemId>();
    change.after.items.push_back(line);
    pqxx::connection closer{world.database().url()};
    pqxx::work closing{closer};
    closing.exec0("update table_sessions set closed_at = now()");
    std::optional<Result<void>> changed;
    std::jthread changing{[&] { changed = world.orders().change(change); }};
    ASSERT_TRUE(eventually([&] { return is_somebody_waiting(); }));
    closing.commit();
    changing.join();
    ASSERT_FALSE(*changed);
    EXPECT_EQ(changed->error().code, "session_closed");
    EXPECT_EQ(*world.orders().find(order), change.before);
}

TEST_F(RaceTest, TicketsBumpedAtOnceCompleteTheirOrder) {
    CountingSignal signal;
    usecases::IdempotencyGuard guard{world.idempotency()};
    usecases::TicketService service{
        {.orders = world.orders(),
         .guard = guard,
         .menus = world.menus(),
         .staff = world.staff(),
         .signal = signal,
         .ids = ids,
         .clock = world.clock}};
    const Caller client =
        ApiClient{.key = ids.make<ApiKeyId>(), .restaurant = sample.branch.restaurant};
    const auto session = sample.open_session();
    for (int round = 0; round < 10; ++round) {
        const OrderId order = sample.place_order(session);
        const auto tickets = world.orders().find(order)->tickets;
        std::latch start{2};
        in_parallel(2, [&](int i) {
            start.arrive_and_wait();
            const auto bumped = service.bump(client, tickets.at(static_cast<std::size_t>(i)).id);
            EXPECT_TRUE(bumped) << bumped.error().code << bumped.error().detail;
        });
        const auto done = world.orders().find(order);
        ASSERT_TRUE(done);
        EXPECT_EQ(done->status, OrderStatus::kCompleted);
        EXPECT_EQ(done->version, 3);
    }
}

/// One order of the sample restaurant, with tax.
constexpr std::int64_t kBill = 2457;

NewPayment payment_for(SampleRestaurant& sample, const TableSession& session, IdSource& ids) {
    return {
        .payment =
            {.id = ids.make<PaymentId>(),
             .restaurant = sample.branch.restaurant,
             .branch = sample.branch.id,
             .session = session.id,
             .table = session.table.id,
             .orders = {},
             .amount_minor = kBill,
             .currency = "EUR",
             .paid_at = session.opened_at},
        .events = {sample.event("payment:completed", {Channel::waiters(sample.branch.id)})},
        .closing_events = {sample.event("session:closed", {Channel::waiters(sample.branch.id)})}};
}

TEST_F(RaceTest, OfManyPaymentsOfTheWholeBillOneIsTaken) {
    world.set_close_sessions(sample.branch.id, CloseSessions::kSettled);
    const auto session = sample.open_session();
    sample.place_order(session);
    std::atomic<int> settled{0};
    std::atomic<int> refused{0};
    std::latch start{4};
    in_parallel(4, [&](int) {
        const auto payment = payment_for(sample, session, ids);
        start.arrive_and_wait();
        const auto recorded = world.payments().record(payment);
        settled += recorded && *recorded ? 1 : 0;
        refused += !recorded && recorded.error().code == "session_closed" ? 1 : 0;
    });
    EXPECT_EQ(settled, 1);
    EXPECT_EQ(refused, 3);
    EXPECT_EQ(world.payments().list(session.id, 10)->size(), 1U);
}

TEST_F(RaceTest, NoOrderIsLeftUnpaidInAClosedSession) {
    world.set_close_sessions(sample.branch.id, CloseSessions::kSettled);
    for (int round = 0; round < 10; ++round) {
        const auto session = sample.open_session();
        sample.place_order(session);
        std::optional<Result<PlacedOrder>> placed;
        std::optional<Result<bool>> paid;
        std::latch start{2};
        in_parallel(2, [&](int i) {
            const auto order = sample.new_order(session);
            const auto payment = payment_for(sample, session, ids);
            start.arrive_and_wait();
            if (i == 0) {
                placed = world.orders().place(order);
            } else {
                paid = world.payments().record(payment);
            }
        });
        ASSERT_TRUE(*paid) << paid->error().detail;
        // Either the order came first, and is still to be paid, or it came too late.
        EXPECT_NE(placed->has_value(), paid->value());
        EXPECT_EQ(world.sessions().find(session.id)->is_open, placed->has_value());
        world.close_session(session.id, world.clock.now());
    }
}

TEST_F(RaceTest, APaymentWaitsForTheOrderThatIsBeingPlaced) {
    world.set_close_sessions(sample.branch.id, CloseSessions::kSettled);
    const auto session = sample.open_session();
    sample.place_order(session);
    pqxx::connection other{world.database().url()};
    pqxx::work placing{other};
    // As placing does: the session shared, then a further order.
    placing.exec("select 1 from table_sessions for share");
    placing.exec0("update orders set final_minor = final_minor + 100");
    std::optional<Result<bool>> paid;
    std::jthread paying{[&] { paid = world.payments().record(payment_for(sample, session, ids)); }};
    ASSERT_TRUE(eventually([&] { return is_somebody_waiting(); }));
    placing.commit();
    paying.join();
    ASSERT_TRUE(*paid) << paid->error().detail;
    EXPECT_FALSE(**paid) << "the bill is read after the wait";
    EXPECT_TRUE(world.sessions().find(session.id)->is_open);
}

}  // namespace
}  // namespace orderpush::test

#include "base/clock.hpp"
#include "core/delivery/outbox.hpp"
#include "core/events/event.hpp"
#include "core/idempotency_store.hpp"
#include "core/orders/order_changes.hpp"
#include "core/orders/order_store.hpp"
#include "tests/contract/store_contract.hpp"
#include "tests/support/manual_clock.hpp"

#include <algorithm>
#include <latch>
#include <thread>

namespace orderpush::test {
namespace {

class OrderChangeContract : public StoreContract {
  protected:
    OrderChangeContract() { world->add_staff(kim, true); }

    Order find(const OrderId& wanted) {
        const auto order = world->orders().find(wanted);
        EXPECT_TRUE(order) << (order ? "" : order.error().detail);
        return order ? *order : Order{};
    }
    /// What `after` makes of the order as it is now, with one event.
    OrderChange change_to(const Order& before, Result<Order> after) {
        EXPECT_TRUE(after) << (after ? "" : after.error().message);
        return {
            .before = before,
            .after = stamped(before, after.value(), world->clock.now()),
            .events = {sample.event("changed", {Channel::order(before.id)})}};
    }
    void write(const OrderChange& change) {
        const auto written = world->orders().change(change);
        ASSERT_TRUE(written) << written.error().code << written.error().detail;
    }
    OrderChange added_line(const OrderId& to) {
        const Order before = find(to);
        const std::vector<OrderItem> lines{
            {.id = ids.make<OrderItemId>(),
             .menu_item = sample.beer.id,
             .station = sample.beer.station,
             .name = "Beer",
             .quantity = 3,
             .unit_price_minor = 490,
             .note = "cold"}};
        auto tickets = split_by_station(lines, world->clock.now(), ids);
        tickets.at(0).station_name = to_string(*sample.beer.station);
        return change_to(before, add_items(before, lines, tickets));
    }
    std::size_t event_count() {
        const auto claimed = world->outbox().claim("test", 1000, world->clock.now());
        EXPECT_TRUE(claimed);
        return claimed ? claimed->size() : 0;
    }
    StoredResponse kept(const std::string& key) {
        return {
            .key = {sample.branch.restaurant, key, "hash"},
            .body = R"({"id":"x"})",
            .at = world->clock.now()};
    }

    Staff kim{
        .id = ids.make<StaffId>(),
        .restaurant = sample.branch.restaurant,
        .branch = sample.branch.id,
        .name = "Kim",
        .email = "kim@demo.example",
        .role = Role::kKitchen,
        .password_hash = "encoded",
        .station = {}};
    TableSession session = sample.open_session();
    OrderId id = sample.place_order(session);
};

TEST_P(OrderChangeContract, AnOrderIsFoundWithItsTicketsAndTheirStations) {
    const Order order = find(id);
    ASSERT_EQ(order.tickets.size(), 2U);
    EXPECT_EQ(order.tickets[0].station, sample.burger.station);
    EXPECT_EQ(order.tickets[0].station_name, to_string(*sample.burger.station));
    EXPECT_EQ(order.tickets[0].status, TicketStatus::kPending);
    EXPECT_EQ(order.tickets[0].priority, Priority::kNormal);
    EXPECT_EQ(order.tickets[0].created_at, order.created_at);
    EXPECT_EQ(order.tickets[0].items, std::vector{order.items[0].id});
    EXPECT_EQ(order.tickets[1].items, std::vector{order.items[1].id});
    EXPECT_EQ(order.tax_rate_bp, 825);
    const auto listed = world->orders().list({.branch = sample.branch.id});
    ASSERT_TRUE(listed) << listed.error().detail;
    EXPECT_EQ(listed->at(0), order);
}

TEST_P(OrderChangeContract, AnOrderIsFoundByItsTicket) {
    sample.place_order(session);
    const Order order = find(id);
    const auto found = world->orders().find_by_ticket(order.tickets[1].id);
    ASSERT_TRUE(found) << found.error().detail;
    EXPECT_EQ(*found, order);
    const auto missing = world->orders().find_by_ticket(ids.make<TicketId>());
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().code, "ticket_not_found");
}

TEST_P(OrderChangeContract, WhatWasChangedIsFoundAsItWasGiven) {
    const Chef chef{.id = kim.id, .name = "Kim"};
    const Station grill{
        .id = ids.make<StationId>(), .branch = sample.branch.id, .name = "Grill two"};
    world->add_station(grill);
    const auto step = [&](auto make) {
        world->clock.advance(std::chrono::minutes{1});
        const Order before = find(id);
        const OrderChange change = change_to(before, make(before));
        write(change);
        EXPECT_EQ(find(id), change.after);
    };
    const TicketId ticket = find(id).tickets[0].id;
    const auto now = [&] { return world->clock.now(); };
    step([&](const Order& order) { return move_order(order, OrderStatus::kConfirmed, now()); });
    step([&](const Order& order) {
        return move_ticket(order, ticket, TicketStatus::kAcknowledged, chef, now());
    });
    step([&](Order order) -> Result<Order> {
        order.tickets[0].last_recall = Recall{.by = "staff kim", .at = now()};
        return order;
    });
    step([&](const Order& order) { return hold_ticket(order, ticket); });
    step([&](const Order& order) { return fire_ticket(order, ticket); });
    step([&](const Order& order) { return rush_ticket(order, ticket); });
    step([&](const Order& order) { return move_to_station(order, ticket, grill); });
    step([&](const Order& order) {
        return move_ticket(order, ticket, TicketStatus::kPreparing, {}, now());
    });
    step([&](const Order& order) {
        return request_cancel(order, {.reason = "late", .staff = kim.id, .requested_at = now()});
    });
    step([&](const Order& order) { return reject_cancel(order); });
    step([&](const Order& order) {
        return move_item(order, order.items[1].id, ItemStatus::kCancelled, now());
    });
    step([&](const Order& order) {
        return move_ticket(order, ticket, TicketStatus::kCompleted, {}, now());
    });
    step([&](const Order& order) { return recall_ticket(order, ticket, now()); });
    step([&](const Order& order) { return move_order(order, OrderStatus::kServed, now()); });
    EXPECT_EQ(find(id).version, 15);
}

TEST_P(OrderChangeContract, AddedLinesStandBehindTheOthersOnTheirOwnTickets) {
    const OrderChange change = added_line(id);
    write(change);
    const Order order = find(id);
    EXPECT_EQ(order, change.after);
    ASSERT_EQ(order.items.size(), 3U);
    EXPECT_EQ(order.items[2].note, "cold");
    ASSERT_EQ(order.tickets.size(), 3U);
    EXPECT_EQ(order.tickets[2].items, std::vector{order.items[2].id});
    EXPECT_EQ(order.total_minor, 2270 + 3 * 490);
}

TEST_P(OrderChangeContract, AClosedSessionTakesNoLinesButItsOrdersMoveOn) {
    const OrderChange change = added_line(id);
    world->close_session(session.id, world->clock.now());
    const auto refused = world->orders().change(change);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::kConflict);
    EXPECT_EQ(refused.error().code, "session_closed");
    EXPECT_EQ(find(id), change.before);
    EXPECT_EQ(event_count(), 3U);
    write(sample.moved(id, OrderStatus::kReady));
    EXPECT_EQ(find(id).status, OrderStatus::kReady);
}

TEST_P(OrderChangeContract, ChangingRecordsItsEventsBehindTheEarlierOnes) {
    write(sample.moved(id, OrderStatus::kReady));
    const auto recorded = world->outbox().claim("test", 1000, world->clock.now());
    ASSERT_TRUE(recorded) << recorded.error().detail;
    ASSERT_EQ(recorded->size(), 4U);
    const auto last = std::ranges::find(*recorded, "order:status_changed", &OutboxEntry::name);
    ASSERT_NE(last, recorded->end());
    EXPECT_EQ(last->seq, 2);
    EXPECT_EQ(last->payload, R"({"orderId":"o","note":"Gruß \"2\""})");
}

TEST_P(OrderChangeContract, AStaleVersionChangesNothing) {
    const OrderChange late = sample.moved(id, OrderStatus::kReady);
    write(sample.moved(id, OrderStatus::kPreparing));
    const Order order = find(id);
    const auto stale = world->orders().change(late);
    ASSERT_FALSE(stale);
    EXPECT_EQ(stale.error().kind, ErrorKind::kPreconditionFailed);
    EXPECT_EQ(stale.error().code, "order_changed");
    EXPECT_EQ(find(id), order);
    EXPECT_EQ(event_count(), 4U);
}

TEST_P(OrderChangeContract, OfTwoChangesAtOnceOneIsMade) {
    for (int round = 0; round < 5; ++round) {
        const OrderId contested = sample.place_order(session);
        const std::array changes{
            sample.moved(contested, OrderStatus::kPreparing),
            sample.moved(contested, OrderStatus::kCancelled)};
        std::array<bool, 2> is_made{};
        std::latch start{2};
        {
            std::vector<std::jthread> racers;
            for (std::size_t i = 0; i < changes.size(); ++i) {
                racers.emplace_back([&, i] {
                    start.arrive_and_wait();
                    is_made[i] = world->orders().change(changes[i]).has_value();
                });
            }
        }
        EXPECT_NE(is_made[0], is_made[1]);
        EXPECT_EQ(find(contested), changes[is_made[0] ? 0 : 1].after);
    }
}

TEST_P(OrderChangeContract, AnUnknownOrderIsNotFound) {
    OrderChange change = sample.moved(id, OrderStatus::kReady);
    change.before.id = change.after.id = ids.make<OrderId>();
    const auto missing = world->orders().change(change);
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().kind, ErrorKind::kNotFound);
    EXPECT_EQ(event_count(), 3U);
}

TEST_P(OrderChangeContract, TheAnswerIsKeptWithTheChange) {
    OrderChange change = added_line(id);
    change.answer = kept("key");
    write(change);
    const auto found = world->idempotency().find(sample.branch.restaurant, "key");
    ASSERT_TRUE(found && *found);
    EXPECT_EQ((*found)->body, R"({"id":"x"})");
    EXPECT_EQ((*found)->status, 201);
    EXPECT_EQ((*found)->request_hash, "hash");
}

TEST_P(OrderChangeContract, ATakenKeyWritesNothing) {
    OrderChange first = added_line(id);
    first.answer = kept("key");
    write(first);
    OrderChange second = added_line(id);
    second.answer = kept("key");
    const auto refused = world->orders().change(second);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::kConflict);
    EXPECT_EQ(refused.error().code, "idempotency_key_taken");
    EXPECT_EQ(find(id), first.after);
    EXPECT_EQ(event_count(), 4U);
}

TEST_P(OrderChangeContract, ALostRaceLeavesItsKeyFree) {
    OrderChange late = added_line(id);
    late.answer = kept("key");
    write(sample.moved(id, OrderStatus::kPreparing));
    ASSERT_FALSE(world->orders().change(late));
    EXPECT_FALSE(*world->idempotency().find(sample.branch.restaurant, "key"));
}

TEST_P(OrderChangeContract, ListsTakeSeveralStatuses) {
    const OrderId ready = sample.place_order(session);
    const OrderId served = sample.place_order(session);
    const OrderId last = sample.place_order(session);
    write(sample.moved(ready, OrderStatus::kReady));
    write(sample.moved(served, OrderStatus::kServed));
    const std::vector statuses{OrderStatus::kReady, OrderStatus::kPending};
    for (const auto& of_session : {std::optional<SessionId>{}, std::optional{session.id}}) {
        const auto listed = world->orders().list(
            {.branch = sample.branch.id, .session = of_session, .statuses = statuses, .limit = 3}
        );
        ASSERT_TRUE(listed) << listed.error().detail;
        std::vector<OrderId> found;
        std::ranges::transform(*listed, std::back_inserter(found), &Order::id);
        EXPECT_EQ(found, (std::vector{id, ready, last}));
        const auto page = world->orders().list(
            {.branch = sample.branch.id,
             .session = of_session,
             .statuses = statuses,
             .after = id,
             .limit = 1}
        );
        ASSERT_TRUE(page && page->size() == 1);
        EXPECT_EQ(page->at(0).id, ready);
    }
}

ORDERPUSH_CONTRACT_SUITE(OrderChangeContract);

}  // namespace
}  // namespace orderpush::test

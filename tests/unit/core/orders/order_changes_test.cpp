#include "core/orders/order_changes.hpp"

#include "core/orders/order_store.hpp"
#include "tests/support/sequential_ids.hpp"

#include <gtest/gtest.h>

#include <sstream>

namespace orderpush {
namespace {

constexpr Timestamp kPlacedAt{std::chrono::milliseconds{1'000'000}};
constexpr Timestamp kNow{std::chrono::milliseconds{2'000'000}};

/// An order whose state reads and is written as one line: the order, its tickets each with their
/// lines, a held ticket with a '!': "preparing [preparing: ready pending] [pending!: pending]".
struct OrderChangesTest : testing::Test {
    test::SequentialIds ids;
    const StationId grill = ids.make<StationId>();
    const Chef chef{.id = ids.make<StaffId>(), .name = "Kim"};

    Order order_of(const std::string& text) {
        Order order;
        order.id = ids.make<OrderId>();
        order.tax_rate_bp = 1000;
        order.created_at = kPlacedAt;
        std::istringstream words{text};
        std::string word;
        words >> word;
        order.status = parse_order_status(word).value();
        while (words >> word) {
            if (word.starts_with('[')) {
                add_ticket(order, word.substr(1, word.size() - 2));
            } else {
                add_line(order, word);
            }
        }
        order.total_minor = 100 * static_cast<std::int64_t>(order.items.size());
        order.final_minor = with_tax(order.total_minor, order.tax_rate_bp);
        return order;
    }
    void add_ticket(Order& order, std::string word) {
        Ticket ticket;
        ticket.id = ids.make<TicketId>();
        ticket.station = grill;
        ticket.created_at = kPlacedAt;
        ticket.is_held = word.ends_with('!');
        word.resize(word.size() - (ticket.is_held ? 1 : 0));
        ticket.status = parse_ticket_status(word).value();
        order.tickets.push_back(ticket);
    }
    void add_line(Order& order, std::string word) {
        if (word.ends_with(']')) {
            word.pop_back();
        }
        OrderItem item;
        item.id = ids.make<OrderItemId>();
        item.quantity = 1;
        item.unit_price_minor = 100;
        item.station = grill;
        item.status = parse_item_status(word).value();
        order.tickets.back().items.push_back(item.id);
        order.items.push_back(item);
    }
    static std::string text_of(const Order& order) {
        std::string text{to_string(order.status)};
        for (const Ticket& ticket : order.tickets) {
            text += " [" + std::string{to_string(ticket.status)} + (ticket.is_held ? "!:" : ":");
            for (const OrderItem& item : view_of(order, ticket).items) {
                text += " " + std::string{to_string(item.status)};
            }
            text += "]";
        }
        return text;
    }
    /// The state after a change, or why it was refused.
    static std::string text_of(const Result<Order>& after) {
        return after ? text_of(*after) : after.error().code;
    }
    std::string moved(const std::string& text, OrderStatus to) {
        return text_of(move_order(order_of(text), to, kNow));
    }
    /// The state after the first ticket moved.
    std::string ticket_moved(const std::string& text, TicketStatus to) {
        const Order order = order_of(text);
        return text_of(move_ticket(order, order.tickets.at(0).id, to, chef, kNow));
    }
    /// The state after the first line moved.
    std::string item_moved(const std::string& text, ItemStatus to) {
        const Order order = order_of(text);
        return text_of(move_item(order, order.items.at(0).id, to, kNow));
    }
};

using enum OrderStatus;

TEST_F(OrderChangesTest, TicketsAndLinesFollowTheirOrder) {
    struct Row {
        const char* before;
        OrderStatus to;
        const char* after;
    };
    const std::vector<Row> rows{
        {"pending [pending: pending]", kConfirmed, "confirmed [pending: pending]"},
        {"confirmed [pending: pending] [acknowledged: pending ready]",
         kPreparing,
         "preparing [preparing: preparing] [preparing: preparing ready]"},
        {"pending [pending!: pending] [pending: pending]",
         kPreparing,
         "preparing [pending!: pending] [preparing: preparing]"},
        {"pending [ready: ready] [completed: ready] [cancelled: cancelled]",
         kPreparing,
         "preparing [ready: ready] [completed: ready] [cancelled: cancelled]"},
        {"preparing [pending!: pending] [preparing: preparing] [completed: served]",
         kReady,
         "ready [ready: ready] [ready: ready] [completed: served]"},
        {"pending [pending!: pending cancelled] [ready: ready] [completed: ready]",
         kServed,
         "served [ready: served cancelled] [ready: served] [completed: served]"},
        {"ready [pending!: pending cancelled] [ready: served] [cancelled: cancelled]",
         kCompleted,
         "completed [completed: ready cancelled] [completed: served] [cancelled: cancelled]"},
        {"served [ready: served]", kCompleted, "completed [completed: served]"},
        {"ready [ready: ready served] [pending!: pending] [completed: ready]",
         kCancelled,
         "cancelled [cancelled: cancelled served] [cancelled!: cancelled] [completed: cancelled]"},
        {"ready [ready: ready served] [completed: ready] [cancelled: cancelled]",
         kPreparing,
         "preparing [preparing: preparing served] [completed: preparing] [cancelled: cancelled]"},
        {"completed [completed: ready] [completed: served] [cancelled: cancelled]",
         kReady,
         "ready [ready: ready] [ready: served] [cancelled: cancelled]"},
    };
    for (const Row& row : rows) {
        EXPECT_EQ(moved(row.before, row.to), row.after) << row.before;
    }
}

TEST_F(OrderChangesTest, LinesAndOrderFollowATicket) {
    struct Row {
        const char* before;
        TicketStatus to;
        const char* after;
    };
    using enum TicketStatus;
    const std::vector<Row> rows{
        {"pending [pending: pending]", kAcknowledged, "pending [acknowledged: pending]"},
        {"pending [pending!: pending]", kAcknowledged, "pending [acknowledged!: pending]"},
        {"pending [acknowledged: pending ready]",
         TicketStatus::kPreparing,
         "preparing [preparing: preparing ready]"},
        {"pending [pending: pending] [pending: pending]",
         TicketStatus::kPreparing,
         "pending [preparing: preparing] [pending: pending]"},
        {"pending [pending: pending] [ready: ready]",
         TicketStatus::kPreparing,
         "preparing [preparing: preparing] [ready: ready]"},
        {"preparing [preparing: preparing cancelled] [completed: ready]",
         TicketStatus::kReady,
         "ready [ready: ready cancelled] [completed: ready]"},
        {"pending [pending: pending]", TicketStatus::kReady, "ready [ready: ready]"},
        {"ready [ready: ready] [completed: ready]",
         TicketStatus::kCompleted,
         "completed [completed: ready] [completed: ready]"},
        {"ready [ready: ready] [ready: ready]",
         TicketStatus::kCompleted,
         "ready [completed: ready] [ready: ready]"},
        {"pending [pending: pending]", TicketStatus::kCompleted, "completed [completed: ready]"},
        {"served [ready: served]", TicketStatus::kCompleted, "completed [completed: served]"},
        {"preparing [pending: pending] [ready: ready]",
         TicketStatus::kCancelled,
         "ready [cancelled: cancelled] [ready: ready]"},
        {"preparing [preparing: served preparing] [pending: pending]",
         TicketStatus::kCancelled,
         "status_conflict"},
        {"preparing [preparing: preparing] [cancelled: cancelled]",
         TicketStatus::kCancelled,
         "cancelled [cancelled: cancelled] [cancelled: cancelled]"},
        {"ready [ready: ready served] [ready: ready]",
         TicketStatus::kPreparing,
         "preparing [preparing: preparing served] [ready: ready]"},
        {"completed [completed: ready] [completed: ready]",
         TicketStatus::kReady,
         "ready [ready: ready] [completed: ready]"},
        {"served [ready: served]", TicketStatus::kPreparing, "status_conflict"},
        {"preparing [completed: ready] [preparing: preparing]",
         TicketStatus::kReady,
         "preparing [ready: ready] [preparing: preparing]"},
    };
    for (const Row& row : rows) {
        EXPECT_EQ(ticket_moved(row.before, row.to), row.after) << row.before;
    }
}

TEST_F(OrderChangesTest, TicketAndOrderFollowTheirLines) {
    struct Row {
        const char* before;
        ItemStatus to;
        const char* after;
    };
    using enum ItemStatus;
    const std::vector<Row> rows{
        {"pending [pending: pending pending]",
         ItemStatus::kPreparing,
         "pending [pending: preparing pending]"},
        {"pending [acknowledged: pending preparing]",
         ItemStatus::kPreparing,
         "preparing [preparing: preparing preparing]"},
        {"pending [pending!: pending]", ItemStatus::kReady, "ready [ready: ready]"},
        {"preparing [preparing: preparing served] [preparing: preparing]",
         ItemStatus::kReady,
         "preparing [ready: ready served] [preparing: preparing]"},
        {"ready [ready: ready] [completed: served]",
         ItemStatus::kServed,
         "served [ready: served] [completed: served]"},
        {"pending [pending: pending]", ItemStatus::kServed, "served [ready: served]"},
        {"pending [pending: pending preparing] [preparing: preparing]",
         ItemStatus::kCancelled,
         "preparing [preparing: cancelled preparing] [preparing: preparing]"},
        {"pending [pending: pending cancelled] [pending: pending]",
         ItemStatus::kCancelled,
         "pending [cancelled: cancelled cancelled] [pending: pending]"},
        {"ready [ready: ready] [cancelled: cancelled]",
         ItemStatus::kCancelled,
         "cancelled [cancelled: cancelled] [cancelled: cancelled]"},
        {"ready [ready: ready ready]",
         ItemStatus::kPreparing,
         "preparing [preparing: preparing ready]"},
        {"preparing [ready: ready] [preparing: pending]",
         ItemStatus::kPreparing,
         "preparing [preparing: preparing] [preparing: pending]"},
        {"completed [completed: ready] [completed: served]",
         ItemStatus::kServed,
         "completed [completed: served] [completed: served]"},
        {"completed [completed: ready]",
         ItemStatus::kCancelled,
         "completed [completed: cancelled]"},
    };
    for (const Row& row : rows) {
        EXPECT_EQ(item_moved(row.before, row.to), row.after) << row.before;
    }
}

TEST_F(OrderChangesTest, IllegalMovesSayWhereTheThingStands) {
    const auto current = [](const Result<Order>& refused) {
        EXPECT_FALSE(refused);
        EXPECT_EQ(refused.error().kind, ErrorKind::kConflict);
        EXPECT_EQ(refused.error().code, "status_conflict");
        return std::get<std::string>(refused.error().extensions.at(0).second);
    };
    const Order order = order_of("served [completed: served]");
    EXPECT_EQ(current(move_order(order, kServed, kNow)), "served");
    EXPECT_EQ(current(move_order(order, kReady, kNow)), "served");
    EXPECT_EQ(current(move_item(order, order.items[0].id, ItemStatus::kCancelled, kNow)), "served");
    const TicketId ticket = order.tickets[0].id;
    EXPECT_EQ(current(move_ticket(order, ticket, TicketStatus::kPreparing, {}, kNow)), "completed");
    EXPECT_EQ(current(hold_ticket(order, ticket)), "completed");
    EXPECT_EQ(current(rush_ticket(order, ticket)), "completed");
    EXPECT_EQ(current(set_priority(order, ticket, Priority::kVip)), "completed");
    EXPECT_EQ(current(move_to_station(order, ticket, {})), "completed");
    EXPECT_EQ(current(request_cancel(order, {})), "served");
    EXPECT_EQ(current(add_items(order, {}, {})), "served");
    const Order fresh = order_of("pending [preparing: pending]");
    EXPECT_EQ(current(recall_ticket(fresh, fresh.tickets[0].id, kNow)), "preparing");
    EXPECT_EQ(current(hold_ticket(fresh, fresh.tickets[0].id)), "preparing");
    const Order served = order_of("served [ready: served]");
    EXPECT_EQ(current(recall_ticket(served, served.tickets[0].id, kNow)), "served");
    const Order partly = order_of("preparing [ready: served pending]");
    EXPECT_EQ(
        current(move_ticket(partly, partly.tickets[0].id, TicketStatus::kCancelled, {}, kNow)),
        "ready"
    );
    const Order gone = order_of("cancelled [completed: cancelled]");
    EXPECT_EQ(current(recall_ticket(gone, gone.tickets[0].id, kNow)), "completed");
}

TEST_F(OrderChangesTest, WhatAnOrderDoesNotHaveIsNotFound) {
    const Order order = order_of("pending [pending: pending]");
    EXPECT_EQ(
        text_of(move_item(order, ids.make<OrderItemId>(), ItemStatus::kReady, kNow)),
        "item_not_found"
    );
    EXPECT_EQ(text_of(hold_ticket(order, ids.make<TicketId>())), "ticket_not_found");
}

TEST_F(OrderChangesTest, HeldTicketsWaitForTheirFire) {
    const Order order = order_of("pending [acknowledged: pending]");
    const TicketId ticket = order.tickets[0].id;
    const auto held = hold_ticket(order, ticket);
    ASSERT_TRUE(held);
    EXPECT_EQ(hold_ticket(*held, ticket).value(), *held);
    for (const auto to :
         {TicketStatus::kPreparing, TicketStatus::kReady, TicketStatus::kCompleted}) {
        EXPECT_EQ(text_of(move_ticket(*held, ticket, to, {}, kNow)), "ticket_held");
    }
    EXPECT_EQ(
        text_of(move_ticket(*held, ticket, TicketStatus::kCancelled, {}, kNow)),
        "cancelled [cancelled!: cancelled]"
    );
    const auto fired = fire_ticket(*held, ticket);
    ASSERT_TRUE(fired);
    EXPECT_EQ(*fired, order);
    EXPECT_EQ(fire_ticket(order, ticket).value(), order);
    const Order bumped = order_of("completed [completed: ready]");
    EXPECT_EQ(fire_ticket(bumped, bumped.tickets[0].id).value(), bumped);
}

TEST_F(OrderChangesTest, RushingMakesNobodyWait) {
    const Order order = order_of("pending [pending: pending]");
    const TicketId ticket = order.tickets[0].id;
    const auto rushed = rush_ticket(order, ticket);
    EXPECT_EQ(rushed->tickets[0].priority, Priority::kExpress);
    EXPECT_EQ(rush_ticket(*rushed, ticket).value(), *rushed);
    const auto vip = set_priority(*rushed, ticket, Priority::kVip);
    EXPECT_EQ(rush_ticket(*vip, ticket)->tickets[0].priority, Priority::kVip);
    EXPECT_EQ(set_priority(*vip, ticket, Priority::kNormal).value(), order);
}

TEST_F(OrderChangesTest, LinesGoToTheStationWithTheirTicket) {
    const Order order = order_of("pending [pending: pending] [pending: pending]");
    const Station bar{.id = ids.make<StationId>(), .branch = {}, .name = "Bar"};
    const auto there = move_to_station(order, order.tickets[0].id, bar);
    ASSERT_TRUE(there);
    EXPECT_EQ(there->tickets[0].station, bar.id);
    EXPECT_EQ(there->tickets[0].station_name, "Bar");
    EXPECT_EQ(there->items[0].station, bar.id);
    EXPECT_EQ(there->items[1].station, grill);
    EXPECT_EQ(move_to_station(*there, order.tickets[0].id, bar).value(), *there);
}

TEST_F(OrderChangesTest, TicketsKeepTheTimesOfTheirSteps) {
    const Order order = order_of("pending [pending: pending]");
    const TicketId id = order.tickets[0].id;
    const auto at = [](int minutes) { return kPlacedAt + std::chrono::minutes{minutes}; };
    Order now = move_ticket(order, id, TicketStatus::kAcknowledged, chef, at(1)).value();
    EXPECT_EQ(now.tickets[0].acknowledged_at, at(1));
    EXPECT_EQ(now.tickets[0].chef, chef);
    now = move_ticket(now, id, TicketStatus::kPreparing, {}, at(2)).value();
    now = move_ticket(now, id, TicketStatus::kReady, {}, at(3)).value();
    now = move_ticket(now, id, TicketStatus::kCompleted, {}, at(4)).value();
    EXPECT_EQ(now.tickets[0].started_at, at(2));
    EXPECT_EQ(now.tickets[0].ready_at, at(3));
    EXPECT_EQ(now.tickets[0].completed_at, at(4));
    EXPECT_EQ(now.tickets[0].chef, chef);
    now = recall_ticket(now, id, at(5)).value();
    EXPECT_EQ(now.tickets[0].completed_at, std::nullopt);
    EXPECT_EQ(now.tickets[0].ready_at, at(3));
    now = recall_ticket(now, id, at(6)).value();
    EXPECT_EQ(now.tickets[0].ready_at, std::nullopt);
    EXPECT_EQ(now.tickets[0].started_at, at(2));
}

TEST_F(OrderChangesTest, ConfirmingKeepsItsTime) {
    const auto confirmed = move_order(order_of("pending [pending: pending]"), kConfirmed, kNow);
    EXPECT_EQ(confirmed->confirmed_at, kNow);
    EXPECT_EQ(move_order(*confirmed, kReady, kNow)->confirmed_at, kNow);
}

TEST_F(OrderChangesTest, TotalsCountWhatIsLive) {
    const Order order = order_of("pending [pending: pending pending] [pending: pending]");
    ASSERT_EQ(order.total_minor, 300);
    const auto one_less = move_item(order, order.items[0].id, ItemStatus::kCancelled, kNow);
    EXPECT_EQ(one_less->total_minor, 200);
    EXPECT_EQ(one_less->final_minor, 220);
    const auto ticket_less =
        move_ticket(*one_less, order.tickets[0].id, TicketStatus::kCancelled, {}, kNow);
    EXPECT_EQ(ticket_less->total_minor, 100);
    const auto none_left = move_item(*ticket_less, order.items[2].id, ItemStatus::kCancelled, kNow);
    EXPECT_EQ(none_left->status, kCancelled);
    EXPECT_EQ(none_left->total_minor, 100);
    EXPECT_EQ(move_order(order, kCancelled, kNow)->total_minor, 300);
}

TEST_F(OrderChangesTest, CancellationsAreAskedForAnsweredAndOvertaken) {
    const Order order = order_of("preparing [preparing: preparing]");
    const CancelRequest request{.reason = "late", .staff = {}, .requested_at = kNow};
    const auto asked = request_cancel(order, request);
    ASSERT_TRUE(asked);
    EXPECT_EQ(asked->cancel_request, request);
    EXPECT_EQ(text_of(request_cancel(*asked, request)), "cancel_already_requested");
    EXPECT_EQ(reject_cancel(*asked).value(), order);
    EXPECT_EQ(text_of(reject_cancel(order)), "no_cancel_request");
    EXPECT_EQ(text_of(accept_cancel(order, kNow)), "no_cancel_request");
    const auto accepted = accept_cancel(*asked, kNow);
    EXPECT_EQ(text_of(accepted), "cancelled [cancelled: cancelled]");
    EXPECT_EQ(accepted->cancel_request, std::nullopt);
    EXPECT_EQ(move_order(*asked, kReady, kNow)->cancel_request, request);
    EXPECT_EQ(move_order(*asked, kServed, kNow)->cancel_request, std::nullopt);
    EXPECT_EQ(move_order(*asked, kCancelled, kNow)->cancel_request, std::nullopt);
    const auto bumped =
        move_ticket(*asked, order.tickets[0].id, TicketStatus::kCompleted, {}, kNow);
    EXPECT_EQ(bumped->status, kCompleted);
    EXPECT_EQ(bumped->cancel_request, std::nullopt);
}

TEST_F(OrderChangesTest, AddedLinesAreMadeOnTheirOwnTickets) {
    const Order more = order_of("pending [pending: pending]");
    const auto add_to = [&](const std::string& text) {
        return add_items(order_of(text), more.items, more.tickets);
    };
    EXPECT_EQ(
        text_of(add_to("confirmed [acknowledged: pending]")),
        "confirmed [acknowledged: pending] [pending: pending]"
    );
    EXPECT_EQ(
        text_of(add_to("ready [ready: ready] [completed: ready]")),
        "preparing [ready: ready] [completed: ready] [pending: pending]"
    );
    EXPECT_EQ(add_to("pending [pending: pending cancelled]")->total_minor, 200);
    EXPECT_EQ(text_of(add_to("completed [completed: ready]")), "status_conflict");
    EXPECT_EQ(text_of(add_to("cancelled [cancelled: cancelled]")), "status_conflict");
    Order long_order = order_of("pending [pending: pending]");
    long_order.items.resize(OrderLimits::kOrderItemsMax, long_order.items[0]);
    const auto too_long = add_items(long_order, more.items, more.tickets);
    ASSERT_FALSE(too_long);
    EXPECT_EQ(too_long.error().field_errors.at(0).field, "items");
}

TEST_F(OrderChangesTest, VersionsGrowWhereSomethingDiffers) {
    const Order before = order_of("pending [pending: pending] [pending: pending]");
    const auto after = stamped(before, rush_ticket(before, before.tickets[1].id).value(), kNow);
    EXPECT_EQ(after.version, before.version + 1);
    EXPECT_EQ(after.updated_at, kNow);
    EXPECT_EQ(after.tickets[0].version, 1);
    EXPECT_EQ(after.tickets[1].version, 2);
}

}  // namespace
}  // namespace orderpush

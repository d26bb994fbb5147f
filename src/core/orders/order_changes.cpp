#include "core/orders/order_changes.hpp"

#include "core/orders/order_cascade.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace orderpush {
namespace {

Error conflict(const char* code, const char* message) {
    return {.kind = ErrorKind::kConflict, .code = code, .message = message};
}

template <class Status>
Error illegal_move(const char* thing, Status from, Status to) {
    Error error = status_conflict(thing, to_string(from));
    error.message = std::string{thing} + " is " + std::string{to_string(from)} +
                    " and cannot become " + std::string{to_string(to)} + '.';
    return error;
}

Result<Ticket*> ticket_of(Order& order, const TicketId& id) {
    const auto found = std::ranges::find(order.tickets, id, &Ticket::id);
    if (found == order.tickets.end()) {
        return Error{
            .kind = ErrorKind::kNotFound,
            .code = "ticket_not_found",
            .message = "There is no such ticket."};
    }
    return &*found;
}

Result<void> check_ticket_move(const Order& order, const Ticket& ticket, TicketStatus to) {
    const bool is_gone = order.status == OrderStatus::kCancelled;
    if (is_gone || !may_move(ticket.status, to)) {
        return illegal_move("The ticket", ticket.status, to);
    }
    // What is on the table is not made again under the same ticket.
    if (is_recall(ticket.status, to) && order.status == OrderStatus::kServed) {
        return status_conflict("The order", to_string(order.status));
    }
    const bool is_served = std::ranges::any_of(order.items, [&](const OrderItem& item) {
        return is_on(ticket, item) && item.status == ItemStatus::kServed;
    });
    if (to == TicketStatus::kCancelled && is_served) {
        return status_conflict("The ticket, of which lines are served,", to_string(ticket.status));
    }
    const bool starts = to >= TicketStatus::kPreparing && to != TicketStatus::kCancelled;
    if (ticket.is_held && starts) {
        return conflict("ticket_held", "The ticket is held back; fire it first.");
    }
    return {};
}

/// The ticket, if the kitchen still has it.
Result<Ticket*> open_ticket_of(Order& order, const TicketId& id) {
    auto ticket = ticket_of(order, id);
    if (ticket && !is_open((*ticket)->status)) {
        return status_conflict("The ticket", to_string((*ticket)->status));
    }
    return ticket;
}

Result<void> check_cancel_request(const Order& order) {
    if (!order.cancel_request) {
        return conflict("no_cancel_request", "Nobody asks to cancel this order.");
    }
    return {};
}

}  // namespace

Error status_conflict(const std::string& thing, std::string_view status) {
    return {
        .kind = ErrorKind::kConflict,
        .code = "status_conflict",
        .message = thing + " is " + std::string{status} + ", which does not allow this.",
        .extensions = {{"currentStatus", std::string{status}}}};
}

Result<Order> move_order(Order order, OrderStatus to, Timestamp at) {
    const OrderStatus from = order.status;
    if (!may_move(from, to)) {
        return illegal_move("The order", from, to);
    }
    order.status = to;
    if (to == OrderStatus::kConfirmed) {
        order.confirmed_at = at;
    }
    follow_order(order, from, at);
    drop_overtaken_request(order);
    return order;
}

Result<Order> move_item(Order order, const OrderItemId& id, ItemStatus to, Timestamp at) {
    const auto item = std::ranges::find(order.items, id, &OrderItem::id);
    if (item == order.items.end()) {
        return Error{
            .kind = ErrorKind::kNotFound,
            .code = "item_not_found",
            .message = "The order has no such item."};
    }
    if (!may_move(item->status, to)) {
        return illegal_move("The item", item->status, to);
    }
    const bool is_back = to < item->status;
    item->status = to;
    Ticket* ticket = ticket_with(order, *item);
    // A line that is made again takes its ticket and order back with it, also if all the others are
    // ready; forward they follow the part that is least far.
    if (is_back) {
        follow_item_back(order, ticket, at);
        return order;
    }
    if (ticket != nullptr) {
        follow_items(order, *ticket, at);
    }
    follow_parts(order);
    return order;
}

Result<Order> move_ticket(
    Order order, const TicketId& id, TicketStatus to, const std::optional<Chef>& chef, Timestamp at
) {
    const auto found = ORDERPUSH_TRY(ticket_of(order, id));
    Ticket& ticket = *found;
    ORDERPUSH_TRY(check_ticket_move(order, ticket, to));
    if (is_recall(ticket.status, to)) {
        recall(ticket, to, at);
        follow_recall(order, ticket);
        return order;
    }
    if (to == TicketStatus::kAcknowledged) {
        assert(chef.has_value());
        ticket.chef = chef;
    }
    if (to == TicketStatus::kCancelled) {
        ticket.status = TicketStatus::kCancelled;
    } else {
        advance(ticket, to, at);
    }
    follow_ticket(order, ticket);
    follow_parts(order);
    return order;
}

Result<Order> recall_ticket(Order order, const TicketId& id, Timestamp at) {
    const auto ticket = ORDERPUSH_TRY(ticket_of(order, id));
    const bool is_completed = ticket->status == TicketStatus::kCompleted;
    const TicketStatus to = is_completed ? TicketStatus::kReady : TicketStatus::kPreparing;
    if (!is_recall(ticket->status, to)) {
        return status_conflict("The ticket", to_string(ticket->status));
    }
    return move_ticket(std::move(order), id, to, std::nullopt, at);
}

Result<Order> hold_ticket(Order order, const TicketId& id) {
    const auto ticket = ORDERPUSH_TRY(ticket_of(order, id));
    if (ticket->status >= TicketStatus::kPreparing) {
        return status_conflict("The ticket", to_string(ticket->status));
    }
    ticket->is_held = true;
    return order;
}

Result<Order> fire_ticket(Order order, const TicketId& id) {
    const auto ticket = ORDERPUSH_TRY(ticket_of(order, id));
    if (ticket->is_held && !is_open(ticket->status)) {
        return status_conflict("The ticket", to_string(ticket->status));
    }
    ticket->is_held = false;
    return order;
}

Result<Order> set_priority(Order order, const TicketId& id, Priority priority) {
    const auto ticket = ORDERPUSH_TRY(open_ticket_of(order, id));
    ticket->priority = priority;
    return order;
}

Result<Order> rush_ticket(Order order, const TicketId& id) {
    const auto ticket = ORDERPUSH_TRY(open_ticket_of(order, id));
    // A repeated press, or one on a VIP's ticket, must not make it less urgent.
    ticket->priority = std::max(ticket->priority, Priority::kExpress);
    return order;
}

Result<Order> move_to_station(Order order, const TicketId& id, const Station& station) {
    const auto ticket = ORDERPUSH_TRY(open_ticket_of(order, id));
    if (ticket->station == station.id) {
        return order;
    }
    ticket->station = station.id;
    ticket->station_name = station.name;
    for (OrderItem& item : order.items) {
        if (is_on(*ticket, item)) {
            item.station = station.id;
        }
    }
    return order;
}

Result<Order> request_cancel(Order order, CancelRequest request) {
    if (order.status >= OrderStatus::kServed) {
        return status_conflict("The order", to_string(order.status));
    }
    if (order.cancel_request) {
        return conflict(
            "cancel_already_requested", "Somebody asked to cancel this order before; it is open."
        );
    }
    order.cancel_request = std::move(request);
    return order;
}

Result<Order> accept_cancel(Order order, Timestamp at) {
    ORDERPUSH_TRY(check_cancel_request(order));
    return move_order(std::move(order), OrderStatus::kCancelled, at);
}

Result<Order> reject_cancel(Order order) {
    ORDERPUSH_TRY(check_cancel_request(order));
    order.cancel_request.reset();
    return order;
}

namespace {

bool is_unserved_item(const OrderItem& item) {
    return item.status < ItemStatus::kServed;
}

}  // namespace

bool is_unserved(const Order& order) {
    return std::ranges::any_of(order.items, is_unserved_item);
}

Result<Order> cancel_unserved(Order order, Timestamp at) {
    const auto is_served = [](const OrderItem& item) { return item.status == ItemStatus::kServed; };
    if (!is_unserved(order)) {
        return order;
    }
    if (may_move(order.status, OrderStatus::kCancelled) &&
        std::ranges::none_of(order.items, is_served)) {
        return move_order(std::move(order), OrderStatus::kCancelled, at);
    }
    // Also of an order that reads completed: its lines tell what is on the table.
    for (std::size_t i = 0; i < order.items.size(); ++i) {
        if (is_unserved_item(order.items[i])) {
            const OrderItemId id = order.items[i].id;
            order = ORDERPUSH_TRY(move_item(std::move(order), id, ItemStatus::kCancelled, at));
        }
    }
    return order;
}

Result<Order> add_items(Order order, std::vector<OrderItem> items, std::vector<Ticket> tickets) {
    if (order.status >= OrderStatus::kServed) {
        return status_conflict("The order", to_string(order.status));
    }
    if (order.items.size() + items.size() > OrderLimits::kOrderItemsMax) {
        return invalid_fields(
            {{"items",
              "make the order longer than " + std::to_string(OrderLimits::kOrderItemsMax) +
                  " lines"}}
        );
    }
    std::ranges::move(items, std::back_inserter(order.items));
    std::ranges::move(tickets, std::back_inserter(order.tickets));
    // With lines that nobody has started the whole is not ready any more.
    if (order.status == OrderStatus::kReady) {
        order.status = OrderStatus::kPreparing;
    }
    set_totals(order);
    return order;
}

Order stamped(const Order& before, Order after, Timestamp at) {
    after.version = before.version + 1;
    after.updated_at = at;
    for (Ticket& ticket : after.tickets) {
        const auto old = std::ranges::find(before.tickets, ticket.id, &Ticket::id);
        if (old != before.tickets.end() && *old != ticket) {
            ++ticket.version;
        }
    }
    return after;
}

}  // namespace orderpush

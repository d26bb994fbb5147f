#include "core/orders/order_cascade.hpp"

#include <algorithm>
#include <optional>

namespace orderpush {
namespace {

auto items_on(const Ticket& ticket) {
    return [&ticket](const OrderItem& item) { return is_on(ticket, item); };
}

bool is_live(const OrderItem& item) {
    return item.status != ItemStatus::kCancelled;
}

bool is_live(const Ticket& ticket) {
    return ticket.status != TicketStatus::kCancelled;
}

bool is_startable(const Ticket& ticket) {
    return ticket.status < TicketStatus::kPreparing && !ticket.is_held;
}

void advance_before(Order& order, TicketStatus to, Timestamp at) {
    for (Ticket& ticket : order.tickets) {
        if (ticket.status < to) {
            advance(ticket, to, at);
        }
    }
}

/// Moves the lines that `is_meant` and stand in `from`.
template <class IsMeant>
void move_items(Order& order, ItemStatus from, ItemStatus to, IsMeant is_meant) {
    for (OrderItem& item : order.items) {
        if (item.status == from && is_meant(item)) {
            item.status = to;
        }
    }
}

/// Moves the lines that `is_meant` and are not as far yet.
template <class IsMeant>
void advance_items(Order& order, ItemStatus to, IsMeant is_meant) {
    for (OrderItem& item : order.items) {
        if (item.status < to && is_meant(item)) {
            item.status = to;
        }
    }
}

template <class IsMeant>
void cancel_items(Order& order, IsMeant is_meant) {
    for (OrderItem& item : order.items) {
        if (item.status < ItemStatus::kServed && is_meant(item)) {
            item.status = ItemStatus::kCancelled;
        }
    }
}

bool any_item(const OrderItem&) {
    return true;
}

/// A ticket that is held stays where it is, with its lines: holding it is a decision of the kitchen
/// that a press on the whole order must not undo.
void start_parts(Order& order, Timestamp at) {
    for (Ticket& ticket : order.tickets) {
        if (is_startable(ticket)) {
            advance(ticket, TicketStatus::kPreparing, at);
            advance_items(order, ItemStatus::kPreparing, items_on(ticket));
        }
    }
    // Lines without a ticket (their menu item has no station) have nothing else to follow.
    advance_items(order, ItemStatus::kPreparing, [&order](const OrderItem& item) {
        return ticket_with(order, item) == nullptr;
    });
}

void recall_parts(Order& order, TicketStatus from, TicketStatus to, Timestamp at) {
    for (Ticket& ticket : order.tickets) {
        if (ticket.status == from) {
            recall(ticket, to, at);
        }
    }
    // From completed to ready the lines stay: a completed ticket's lines are ready, and what was
    // served by now is on the table whatever the display shows.
    if (to == TicketStatus::kPreparing) {
        move_items(order, ItemStatus::kReady, ItemStatus::kPreparing, any_item);
    }
}

void cancel_parts(Order& order) {
    for (Ticket& ticket : order.tickets) {
        if (is_open(ticket.status)) {
            ticket.status = TicketStatus::kCancelled;
        }
    }
    cancel_items(order, any_item);
}

/// Of the live lines, the one that is least far; nothing without any.
template <class IsMeant>
std::optional<ItemStatus> least_far(const Order& order, IsMeant is_meant) {
    std::optional<ItemStatus> least;
    for (const OrderItem& item : order.items) {
        if (is_live(item) && is_meant(item)) {
            least = std::min(least.value_or(item.status), item.status);
        }
    }
    return least;
}

std::optional<TicketStatus> least_far_ticket(const Order& order) {
    std::optional<TicketStatus> least;
    for (const Ticket& ticket : order.tickets) {
        if (is_live(ticket)) {
            least = std::min(least.value_or(ticket.status), ticket.status);
        }
    }
    return least;
}

OrderStatus reached_by_items(ItemStatus least) {
    switch (least) {
        case ItemStatus::kPreparing:
            return OrderStatus::kPreparing;
        case ItemStatus::kReady:
            return OrderStatus::kReady;
        case ItemStatus::kServed:
            return OrderStatus::kServed;
        case ItemStatus::kPending:
        case ItemStatus::kCancelled:
            break;
    }
    return OrderStatus::kPending;
}

OrderStatus reached_by_tickets(std::optional<TicketStatus> least) {
    switch (least.value_or(TicketStatus::kPending)) {
        case TicketStatus::kPreparing:
            return OrderStatus::kPreparing;
        case TicketStatus::kReady:
            return OrderStatus::kReady;
        case TicketStatus::kCompleted:
            return OrderStatus::kCompleted;
        case TicketStatus::kPending:
        case TicketStatus::kAcknowledged:
        case TicketStatus::kCancelled:
            break;
    }
    return OrderStatus::kPending;
}

void advance_to_parts(Order& order) {
    const auto least = least_far(order, any_item);
    const OrderStatus to =
        least ? std::max(reached_by_items(*least), reached_by_tickets(least_far_ticket(order)))
              : OrderStatus::kCancelled;
    // Parts pull the order forward only, and only where it could go by itself; back it goes by a
    // recall, which says so.
    if (to > order.status && may_move(order.status, to)) {
        order.status = to;
    }
    drop_overtaken_request(order);
}

}  // namespace

bool is_on(const Ticket& ticket, const OrderItem& item) {
    return std::ranges::find(ticket.items, item.id) != ticket.items.end();
}

Ticket* ticket_with(Order& order, const OrderItem& item) {
    const auto found = std::ranges::find_if(order.tickets, [&](const Ticket& ticket) {
        return is_on(ticket, item);
    });
    return found == order.tickets.end() ? nullptr : &*found;
}

void advance(Ticket& ticket, TicketStatus to, Timestamp at) {
    ticket.status = to;
    // The next recall is another step, whoever asks for it and however soon.
    ticket.last_recall.reset();
    if (to == TicketStatus::kAcknowledged) {
        ticket.acknowledged_at = at;
        return;
    }
    // Somebody made it in spite of the hold, which is over with that.
    ticket.is_held = false;
    if (to == TicketStatus::kPreparing) {
        ticket.started_at = at;
    } else if (to == TicketStatus::kReady) {
        ticket.ready_at = at;
    } else if (to == TicketStatus::kCompleted) {
        ticket.completed_at = at;
    }
}

void recall(Ticket& ticket, TicketStatus to, Timestamp at) {
    ticket.status = to;
    ticket.completed_at.reset();
    if (to == TicketStatus::kPreparing) {
        ticket.ready_at.reset();
        ticket.started_at = ticket.started_at.value_or(at);  // ready without having been started
    }
}

void follow_order(Order& order, OrderStatus from, Timestamp at) {
    switch (order.status) {
        case OrderStatus::kPending:
        case OrderStatus::kConfirmed:
            return;
        case OrderStatus::kPreparing:
            if (from == OrderStatus::kReady) {
                return recall_parts(order, TicketStatus::kReady, TicketStatus::kPreparing, at);
            }
            return start_parts(order, at);
        case OrderStatus::kReady:
            if (from == OrderStatus::kCompleted) {
                return recall_parts(order, TicketStatus::kCompleted, TicketStatus::kReady, at);
            }
            advance_before(order, TicketStatus::kReady, at);
            return advance_items(order, ItemStatus::kReady, any_item);
        case OrderStatus::kServed:
            advance_before(order, TicketStatus::kReady, at);
            return advance_items(order, ItemStatus::kServed, any_item);
        case OrderStatus::kCompleted:
            // The kitchen is done with it; whether the guests have it, only "served" says.
            advance_before(order, TicketStatus::kCompleted, at);
            return advance_items(order, ItemStatus::kReady, any_item);
        case OrderStatus::kCancelled:
            return cancel_parts(order);
    }
}

void follow_ticket(Order& order, const Ticket& ticket) {
    switch (ticket.status) {
        case TicketStatus::kPreparing:
            return advance_items(order, ItemStatus::kPreparing, items_on(ticket));
        case TicketStatus::kReady:
        case TicketStatus::kCompleted:
            return advance_items(order, ItemStatus::kReady, items_on(ticket));
        case TicketStatus::kCancelled:
            return cancel_items(order, items_on(ticket));
        case TicketStatus::kPending:
        case TicketStatus::kAcknowledged:
            return;
    }
}

void follow_recall(Order& order, const Ticket& ticket) {
    if (ticket.status == TicketStatus::kReady && order.status == OrderStatus::kCompleted) {
        order.status = OrderStatus::kReady;
        return;
    }
    if (ticket.status == TicketStatus::kPreparing) {
        move_items(order, ItemStatus::kReady, ItemStatus::kPreparing, items_on(ticket));
        if (order.status == OrderStatus::kReady) {
            order.status = OrderStatus::kPreparing;
        }
    }
}

void follow_item_back(Order& order, Ticket* ticket, Timestamp at) {
    if (ticket != nullptr && ticket->status == TicketStatus::kReady) {
        recall(*ticket, TicketStatus::kPreparing, at);
    }
    if (order.status == OrderStatus::kReady) {
        order.status = OrderStatus::kPreparing;
    }
}

void follow_items(Order& order, Ticket& ticket, Timestamp at) {
    const auto least = least_far(order, items_on(ticket));
    if (!least) {
        if (is_open(ticket.status)) {
            ticket.status = TicketStatus::kCancelled;
        }
        return;
    }
    if (*least >= ItemStatus::kReady && ticket.status < TicketStatus::kReady) {
        advance(ticket, TicketStatus::kReady, at);
    } else if (*least == ItemStatus::kPreparing && ticket.status < TicketStatus::kPreparing) {
        advance(ticket, TicketStatus::kPreparing, at);
    }
}

void follow_parts(Order& order) {
    advance_to_parts(order);
    // A cancelled order keeps its totals: they show what it would have cost.
    if (order.status != OrderStatus::kCancelled) {
        set_totals(order);
    }
}

void set_totals(Order& order) {
    order.total_minor = 0;
    for (const OrderItem& item : order.items) {
        order.total_minor += is_live(item) ? item.unit_price_minor * item.quantity : 0;
    }
    order.final_minor = with_tax(order.total_minor, order.tax_rate_bp);
}

void drop_overtaken_request(Order& order) {
    // What is served, completed or cancelled cannot be cancelled any more: nobody has to answer.
    if (order.status >= OrderStatus::kServed) {
        order.cancel_request.reset();
    }
}

}  // namespace orderpush

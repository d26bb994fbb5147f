#pragma once

#include "base/timestamp.hpp"
#include "core/orders/order.hpp"

namespace orderpush {

// How lines, tickets and their order follow each other: the steps that core/order_changes.hpp is
// made of. None of them asks whether the first move was legal.

bool is_on(const Ticket& ticket, const OrderItem& item);
/// The ticket that the line is on; nothing for one on no ticket.
Ticket* ticket_with(Order& order, const OrderItem& item);

/// Forward; what is started, or beyond that, is no longer held back.
void advance(Ticket& ticket, TicketStatus to, Timestamp at);
/// Back: to ready, or to preparing.
void recall(Ticket& ticket, TicketStatus to, Timestamp at);

/// What the parts do when the order moved from `from` to its status.
void follow_order(Order& order, OrderStatus from, Timestamp at);
/// What the lines do when their ticket moved forward, or was cancelled.
void follow_ticket(Order& order, const Ticket& ticket);
/// What lines and order do when a ticket was recalled: one that left the kitchen is back in it.
void follow_recall(Order& order, const Ticket& ticket);
/// What the ticket of a line, if it has one, and the order do when a ready line is made again.
void follow_item_back(Order& order, Ticket* ticket, Timestamp at);
/// The ticket goes where all its live lines are; it is cancelled without any.
void follow_items(Order& order, Ticket& ticket, Timestamp at);
/// The order goes where all its live parts are, forward only; it is cancelled without any line. One
/// that is cancelled keeps its totals: they say what it would have been.
void follow_parts(Order& order);

/// From the live lines.
void set_totals(Order& order);
/// A question about an order that is served or gone is no longer one.
void drop_overtaken_request(Order& order);

}  // namespace orderpush

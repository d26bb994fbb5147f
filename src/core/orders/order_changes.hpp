#pragma once

#include "base/result.hpp"
#include "base/timestamp.hpp"
#include "core/orders/order.hpp"
#include "core/restaurant/restaurant.hpp"

#include <optional>
#include <string>
#include <vector>

namespace orderpush {

// What a change of one part of an order makes of the whole: lines, tickets, the order itself and
// its open cancel request follow each other. Pure functions: each takes the order as it is, and the
// time, and answers with the order as it will be, its versions untouched; stamped() ends a change.
// An order that comes back as it went in was as it should be already.
//
// Each refuses with kConflict "status_conflict" and the fact `currentStatus` what the status of the
// thing does not allow; kNotFound "item_not_found" or "ticket_not_found" for what the order does
// not have.

/// Why an order is cancelled of which no line is left.
inline constexpr const char* kAllItemsCancelled = "All items were cancelled.";

/// Moves the order, and its tickets and lines with it.
Result<Order> move_order(Order order, OrderStatus to, Timestamp at);

/// Moves one line; its ticket, and then the order, follow when all their live parts are as far.
Result<Order> move_item(Order order, const OrderItemId& id, ItemStatus to, Timestamp at);

/// Moves one ticket, by recall too, and its lines with it; the order follows as above. `chef` takes
/// it, and is required exactly where `to` is acknowledged. kConflict "ticket_held" for one that is
/// held back and would be started, readied or completed.
Result<Order> move_ticket(
    Order order, const TicketId& id, TicketStatus to, const std::optional<Chef>& chef, Timestamp at
);
/// One step back: from completed to ready, from ready to preparing.
Result<Order> recall_ticket(Order order, const TicketId& id, Timestamp at);

/// Only while nobody makes it: pending or acknowledged.
Result<Order> hold_ticket(Order order, const TicketId& id);
Result<Order> fire_ticket(Order order, const TicketId& id);
/// Of an open ticket.
Result<Order> set_priority(Order order, const TicketId& id, Priority priority);
/// From normal to express; what is more urgent stays so.
Result<Order> rush_ticket(Order order, const TicketId& id);
/// Of an open ticket; its lines go with it.
Result<Order> move_to_station(Order order, const TicketId& id, const Station& station);

/// Before the order is served. kConflict "cancel_already_requested" while another is open.
Result<Order> request_cancel(Order order, CancelRequest request);
/// kConflict "no_cancel_request" without an open one.
Result<Order> accept_cancel(Order order, Timestamp at);
/// As above.
Result<Order> reject_cancel(Order order);

/// Whether a line is neither served nor cancelled.
bool is_unserved(const Order& order);

/// Cancels what is not served: the whole order where nothing of it is, else line by line, so that
/// what is on the table stays on the bill. As it was where nothing is open.
Result<Order> cancel_unserved(Order order, Timestamp at);

/// Lines and the tickets that they are on, all new; a ready order is made again. kInvalid beyond
/// OrderLimits::kOrderItemsMax.
Result<Order> add_items(Order order, std::vector<OrderItem> items, std::vector<Ticket> tickets);

/// `after` with the next version and the time of the change; its tickets too, where they differ
/// from `before`.
Order stamped(const Order& before, Order after, Timestamp at);

/// kConflict "status_conflict". `thing` begins the sentence: "The order".
Error status_conflict(const std::string& thing, std::string_view status);

}  // namespace orderpush

#pragma once

#include "base/uuid.hpp"
#include "core/caller.hpp"
#include "core/event.hpp"
#include "core/order.hpp"
#include "core/restaurant.hpp"

#include <vector>

namespace orderpush::app {

/// The one place that says which events exist, on which channels, with which payload. Each function
/// returns the events of one change, in the order in which they are to be seen.

/// order:created. Without `orderNumber`, which the store adds.
std::vector<Event> order_placed_events(const Order& order, IdSource& ids);
/// order:status_changed; before it order:confirmed, order:cancelled where the new status is that.
/// `order` is as after the change.
std::vector<Event> order_moved_events(const Order& order, OrderStatus previous, IdSource& ids);
/// session:opened and table:updated.
std::vector<Event> session_opened_events(
    const SessionId& session, const Table& table, Timestamp at, IdSource& ids
);

}  // namespace orderpush::app

#pragma once

#include "base/crypto/uuid.hpp"
#include "base/result.hpp"
#include "base/timestamp.hpp"
#include "core/access/caller.hpp"
#include "core/orders/order.hpp"
#include "core/orders/order_store.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace orderpush {
class Clock;
}

namespace orderpush::usecases {

struct RequestedItem {
    MenuItemId menu_item;
    std::int64_t quantity = 0;
    std::optional<std::string> note = {};
};

struct PlaceOrder {
    /// A guest's own session if empty; staff and API clients must name one.
    std::optional<SessionId> session = {};
    std::vector<RequestedItem> items;
    std::optional<std::string> note = {};
    std::optional<std::string> customer_name = {};
};

/// Lines, priced from the menu of this moment, and the tickets that they are on: one per station.
struct DraftedLines {
    std::vector<OrderItem> items;
    std::vector<Ticket> tickets;
};

struct DraftedOrder {
    Order order;
    /// Where a guest orders: what NewOrder takes.
    std::optional<UnservedOrders> bound = {};
};

/// The order that a request makes, with its tickets, priced from the menu of this moment; nothing
/// is written. kInvalid names each wrong field; kNotFound: no such session; kForbidden; kConflict
/// "session_closed"; kRateLimited "too_many_unserved_orders".
Result<DraftedOrder> draft_order(
    const Caller& caller,
    const PlaceOrder& request,
    OrderStore& orders,
    IdSource& ids,
    const Clock& clock
);

/// What is wrong with a request by itself: kInvalid names each wrong field.
Result<void> validate_order(const PlaceOrder& request);
Result<void> validate_items(const std::vector<RequestedItem>& items);
/// Whether all of them can be ordered from this menu now: kInvalid names each that cannot.
Result<void> validate_menu_items(
    const std::vector<RequestedItem>& requested, const std::vector<MenuItem>& menu
);

/// The lines that a request adds to `order`; nothing is written. As draft_order().
Result<DraftedLines> draft_added_lines(
    const Order& order,
    const std::vector<RequestedItem>& requested,
    OrderStore& orders,
    IdSource& ids,
    Timestamp at
);

}  // namespace orderpush::usecases

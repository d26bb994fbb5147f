#pragma once

#include "base/clock.hpp"
#include "base/result.hpp"
#include "base/uuid.hpp"
#include "core/caller.hpp"
#include "core/order.hpp"
#include "core/order_store.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace orderpush::app {

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

/// The order that a request makes, priced from the menu of this moment; nothing is written.
/// kInvalid names each wrong field; kNotFound: no such session; kForbidden; kConflict
/// "session_closed".
Result<Order> draft_order(
    const Caller& caller,
    const PlaceOrder& request,
    OrderStore& orders,
    IdSource& ids,
    const Clock& clock
);

}  // namespace orderpush::app

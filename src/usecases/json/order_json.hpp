#pragma once

#include "core/orders/order.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <vector>

namespace orderpush::usecases {

/// An order as the HTTP API shows it: the text of a JSON object. Without `orderNumber` if the order
/// has none yet.
std::string order_json(const Order& order);
/// A ticket, with what a display shows beside it: the text of a JSON object.
std::string ticket_json(const TicketView& view);
/// The `items` list of orders and events: a value to put into another document.
nlohmann::ordered_json items_json(const std::vector<OrderItem>& items);

}  // namespace orderpush::usecases

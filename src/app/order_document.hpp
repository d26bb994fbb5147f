#pragma once

#include "core/order.hpp"

#include <string>

namespace orderpush::app {

/// The JSON document of an order, as the HTTP API shows it. Without `orderNumber` if the order has
/// none yet.
std::string order_document(const Order& order);
/// The `items` list of documents and events.
std::string items_document(const Order& order);

}  // namespace orderpush::app

#pragma once

#include <string>

#include "core/order.hpp"

namespace orderpush::app {

/// The JSON document of an order, as the HTTP API shows it. Without `orderNumber` if the order has none yet.
std::string order_document(const Order& order);

}  // namespace orderpush::app

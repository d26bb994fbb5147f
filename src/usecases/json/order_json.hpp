#pragma once

#include "core/orders/order.hpp"

#include <string>

namespace orderpush::usecases {

/// The JSON document of an order, as the HTTP API shows it. Without `orderNumber` if the order has
/// none yet.
std::string order_document(const Order& order);
/// The `items` list of documents and events.
std::string items_document(const std::vector<OrderItem>& items);
/// The JSON document of a ticket, with what a display shows beside it.
std::string ticket_document(const TicketView& view);

}  // namespace orderpush::usecases

#pragma once

#include "core/orders/order.hpp"

#include <string>
#include <vector>

namespace orderpush::storage {

// Lists that statements take as one JSON parameter and read with json_to_recordset.

/// The lines of an order, each with its ticket, as the statement that places it reads them.
std::string lines_json(const std::vector<OrderItem>& items, const std::vector<Ticket>& tickets);
std::string tickets_json(const std::vector<Ticket>& tickets);
/// The lines and tickets of `after` that `before` does not have, or has otherwise, as the statement
/// that changes an order reads them.
std::string changed_lines_json(const Order& before, const Order& after);
std::string changed_tickets_json(const Order& before, const Order& after);

}  // namespace orderpush::storage

#pragma once

#include "core/delivery/outbox.hpp"
#include "core/events/event.hpp"
#include "core/idempotency_store.hpp"
#include "core/orders/order.hpp"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace orderpush::storage {

// Lists that statements take as one JSON parameter and read with json_to_recordset.

/// Rows of kEventColumns.
std::string events_json(std::span<const Event> events);
/// The lines of an order, each with its ticket, as kPlaceOrder reads them.
std::string lines_json(const std::vector<OrderItem>& items, const std::vector<Ticket>& tickets);
std::string tickets_json(const std::vector<Ticket>& tickets);
/// The lines and tickets of `after` that `before` does not have, or has otherwise, as kChangeOrder
/// reads them.
std::string changed_lines_json(const Order& before, const Order& after);
std::string changed_tickets_json(const Order& before, const Order& after);
/// Rows of kGuardColumns: one, or none without an answer to keep.
std::string kept_answer_json(const std::optional<StoredResponse>& answer);
/// As kSettleEntries reads them.
std::string settlements_json(std::span<const Settlement> settlements);

/// A PostgreSQL array of UUIDs, "{…,…}".
template <class SomeId>
std::string uuid_array(std::span<const SomeId> ids) {
    std::string text{"{"};
    for (const SomeId& id : ids) {
        if (text.size() > 1) {
            text.push_back(',');
        }
        text += to_string(id);
    }
    return text + "}";
}

}  // namespace orderpush::storage

#pragma once

#include "core/events/event.hpp"
#include "core/kitchen/kitchen_store.hpp"
#include "core/orders/order.hpp"
#include "core/restaurant/restaurant.hpp"

#include <pqxx/pqxx>

#include <optional>
#include <string>

namespace orderpush::storage {

// From rows of the statements to domain types. A value that does not fit the domain is a bug or
// damage of the database: these throw std::runtime_error then.

/// The id in `field`, which is not null.
template <class SomeId>
SomeId id_of(const pqxx::field& field) {
    const auto id = parse_id<SomeId>(field.c_str());
    if (!id) {
        throw std::runtime_error(std::string{"no UUID in column "} + field.name());
    }
    return *id;
}
template <class SomeId>
std::optional<SomeId> optional_id_of(const pqxx::field& field) {
    return field.is_null() ? std::nullopt : std::optional{id_of<SomeId>(field)};
}
std::optional<std::string> optional_text_of(const pqxx::field& field);
/// From Unix milliseconds.
Timestamp time_of(const pqxx::field& field);
std::optional<Timestamp> optional_time_of(const pqxx::field& field);

/// From seq, id, name, payload, occurred_at.
OutboxEntry entry_of(const pqxx::row& row, const Channel& channel);
/// From branch_id, restaurant_id, branch_name, currency, tax_rate_bp.
Branch branch_of(const pqxx::row& row);
/// From kTableColumns.
Table table_of(const pqxx::row& row);
/// From id, opened_at, closed_at and the table's columns.
TableSession session_of(const pqxx::row& row);
/// From pending, preparing, ready.
KitchenStats stats_of(const pqxx::row& row);
/// From kWholeOrder.
Order order_of(const pqxx::row& row);

}  // namespace orderpush::storage

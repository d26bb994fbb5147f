#pragma once

#include "base/timestamp.hpp"
#include "core/ids.hpp"

#include <pqxx/pqxx>

#include <optional>
#include <stdexcept>
#include <string>

namespace orderpush::storage {

// From fields of a row to domain types. A value that does not fit the domain is a bug or
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
/// The status, or whatever word it was, that a column held. Throws if the domain has no such.
template <class Status>
Status known(std::optional<Status> status) {
    if (!status) {
        throw std::runtime_error("a status in the database is unknown");
    }
    return *status;
}

}  // namespace orderpush::storage

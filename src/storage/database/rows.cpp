#include "storage/database/rows.hpp"

#include <chrono>

namespace orderpush::storage {

std::optional<std::string> optional_text_of(const pqxx::field& field) {
    return field.is_null() ? std::nullopt : std::optional<std::string>{field.c_str()};
}

Timestamp time_of(const pqxx::field& field) {
    return Timestamp{std::chrono::milliseconds{field.as<std::int64_t>()}};
}

std::optional<Timestamp> optional_time_of(const pqxx::field& field) {
    return field.is_null() ? std::nullopt : std::optional{time_of(field)};
}

}  // namespace orderpush::storage

#pragma once

#include "core/access/staff_store.hpp"
#include "core/payments/payment.hpp"
#include "core/restaurant/restaurant.hpp"
#include "core/tables/table_store.hpp"

#include <optional>
#include <string>

namespace orderpush::usecases {

// What the API shows of tables, sessions, menus, payments and people: JSON objects.

std::string session_document(const TableSession& session);
/// What a guest who sat down is told: {session, token, deviceId}.
std::string seated_document(
    const TableSession& session, const std::string& token, const std::string& device_id
);
/// With the code's token only if `shows_code`.
std::string table_document(const KnownTable& table, bool shows_code);
std::string menu_item_document(const MenuItem& item);
std::string payment_document(const Payment& payment);
/// Without the password's hash.
std::string staff_document(const Staff& staff);
/// With the key itself only where it is given.
std::string api_key_document(const ApiKey& key, const std::optional<std::string>& secret = {});

}  // namespace orderpush::usecases

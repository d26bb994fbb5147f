#pragma once

#include "core/access/staff_store.hpp"
#include "core/payments/bill.hpp"
#include "core/payments/payment.hpp"
#include "core/restaurant/restaurant.hpp"
#include "core/tables/table_store.hpp"

#include <optional>
#include <string>

namespace orderpush::usecases {

// What the API shows of tables, sessions, menus, payments and people: texts of JSON objects.

std::string session_json(const TableSession& session);
/// `currency`: ISO 4217.
std::string bill_json(const Bill& bill, const std::string& currency);
/// The response to a guest who sat down: {session, token, deviceId}.
std::string opened_session_json(
    const TableSession& session, const std::string& token, const std::string& device_id
);
/// With the code's token only if `shows_code`.
std::string table_json(const KnownTable& table, bool shows_code);
std::string menu_item_json(const MenuItem& item);
std::string payment_json(const Payment& payment);
/// Without the password's hash; with a password that was made for the person only where it is
/// given.
std::string staff_json(
    const Staff& staff, const std::optional<std::string>& one_time_password = {}
);
/// With the key itself only where it is given.
std::string api_key_json(const ApiKey& key, const std::optional<std::string>& secret = {});

}  // namespace orderpush::usecases

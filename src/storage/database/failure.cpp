#include "storage/database/failure.hpp"

#include <pqxx/pqxx>

#include <algorithm>
#include <array>
#include <string_view>

namespace orderpush::storage {
namespace {

struct ConstraintRow {
    std::string_view constraint;
    ErrorKind kind;
    const char* code;
    const char* message;
    /// The request's field that it is about, where it is about one.
    const char* field = nullptr;
};

/// Constraints that a caller can meet; any other violation is a bug and stays internal.
constexpr std::array kConstraints{
    ConstraintRow{
        "idempotency_keys_pkey",
        ErrorKind::kConflict,
        "idempotency_key_taken",
        "Another request took this Idempotency-Key first."},
    ConstraintRow{
        "orders_pkey",
        ErrorKind::kConflict,
        "order_exists",
        "An order with this id exists already."},
    ConstraintRow{
        "session_guests_pkey",
        ErrorKind::kConflict,
        "token_taken",
        "This token is in use already."},
    ConstraintRow{
        "order_items_menu_item_fkey",
        ErrorKind::kConflict,
        "menu_item_gone",
        "An ordered item is no longer on the menu."},
    ConstraintRow{
        "tables_number_key",
        ErrorKind::kConflict,
        "table_number_taken",
        "Another table of this branch has this number."},
    ConstraintRow{
        "areas_name_key",
        ErrorKind::kConflict,
        "area_taken",
        "Another area of this branch has this name."},
    ConstraintRow{
        "stations_name_key",
        ErrorKind::kConflict,
        "station_taken",
        "Another station of this branch has this name."},
    ConstraintRow{
        "staff_email_key",
        ErrorKind::kConflict,
        "email_taken",
        "Another member of staff has this e-mail address."},
    ConstraintRow{
        "menu_items_station_fkey",
        ErrorKind::kInvalid,
        "invalid_fields",
        "is no station of this branch",
        "stationId"},
    ConstraintRow{
        "staff_station_fkey",
        ErrorKind::kInvalid,
        "invalid_fields",
        "is no station of this branch",
        "stationId"},
};

Error unavailable(const char* code, const char* message, std::string detail) {
    return Error{
        .kind = ErrorKind::kUnavailable,
        .code = code,
        .message = message,
        .detail = std::move(detail),
        .retry_after = std::chrono::seconds{1}};
}

/// What libpq says of a server that target_session_attrs rules out.
constexpr std::string_view kReadOnlySession = "session is read-only";

/// So many in a row that waited for a lock are more than one row that is held.
constexpr int kTellingLocks = 5;

Error internal(const std::string& detail) {
    return {.code = "internal", .message = "Internal error.", .detail = detail};
}

bool is_lost_state(std::string_view sqlstate) {
    // Without a state the text is libpq's own: the server is gone. 57P01 to 57P05: it ends the
    // session. 25P03: idle too long. (PostgreSQL 15, appendix A.)
    return sqlstate.empty() || sqlstate.starts_with("08") || sqlstate.starts_with("57P") ||
           sqlstate == "25P03";
}

/// Of a statement that the session does not know, or knows as another one: a pooler has changed the
/// session beneath the connection, or the schema was migrated. Nothing was executed.
bool is_foreign_session(std::string_view sqlstate) {
    return sqlstate == "26000" || sqlstate == "42P05" || sqlstate == "0A000";
}

Error database_full(std::string detail) {
    return unavailable(
        "database_full",
        "The database has no room left on its disk; try again later.",
        std::move(detail)
    );
}

Failure violation(const std::string& text) {
    for (const ConstraintRow& row : kConstraints) {
        if (text.find(row.constraint) != std::string::npos) {
            if (row.field != nullptr) {
                Error error = invalid_fields({{row.field, row.message}});
                error.detail = text;
                return {.error = std::move(error)};
            }
            return {
                .error = {
                    .kind = row.kind, .code = row.code, .message = row.message, .detail = text}};
        }
    }
    return {.error = internal(text)};
}

Failure from_sqlstate(std::string_view sqlstate, const std::string& text) {
    if (is_lost_state(sqlstate)) {
        return {.error = database_unavailable(text), .kind = Failure::Kind::kConnectionLost};
    }
    if (sqlstate == "57014" || sqlstate == "55P03") {
        return {
            .error =
                {.kind = ErrorKind::kTimeout,
                 .code = "database_timeout",
                 .message = "The database took too long.",
                 .detail = text,
                 .retry_after = std::chrono::seconds{1}},
            // A slow statement says little of the others; a lock may be one on the whole table.
            .telling_count = sqlstate == "55P03" ? kTellingLocks : 0};
    }
    if (sqlstate == "25006") {
        return {.error = database_read_only(text), .kind = Failure::Kind::kWrongSession};
    }
    if (is_foreign_session(sqlstate)) {
        return {.error = internal(text), .kind = Failure::Kind::kWrongSession};
    }
    if (sqlstate.starts_with("23")) {
        return violation(text);
    }
    if (sqlstate == "53100") {
        return {.error = database_full(text), .telling_count = 1};
    }
    // 53: a resource is used up. 58: the system beneath the server fails.
    if (sqlstate.starts_with("53") || sqlstate.starts_with("58")) {
        return {.error = database_unavailable(text), .telling_count = 1};
    }
    if (sqlstate == "42P01") {
        return {
            .error = {
                .kind = ErrorKind::kConflict,
                .code = "schema_outdated",
                .message = "The database lacks a table; run the migrations.",
                .detail = text}};
    }
    if (sqlstate.starts_with("22")) {
        return {
            .error = {
                .kind = ErrorKind::kInvalid,
                .code = "value_not_storable",
                .message = "A value cannot be stored.",
                .detail = text}};
    }
    return {.error = internal(text)};
}

}  // namespace

Error database_unavailable(std::string detail) {
    return unavailable(
        "database_unavailable",
        "The service cannot reach its database; try again.",
        std::move(detail)
    );
}

Error database_read_only(std::string detail) {
    return unavailable(
        "database_read_only",
        "The database takes no writes at the moment, as while it fails over; try again.",
        std::move(detail)
    );
}

Error outcome_unknown(std::string detail) {
    return unavailable(
        "outcome_unknown",
        "The database went away before it answered, and it may have been done. Repeat the request "
        "with the same "
        "Idempotency-Key; without one, look first.",
        std::move(detail)
    );
}

Failure to_failure(const std::exception& exception) {
    // The first line says what happened; those behind it show values, which come from outside.
    const std::string whole = exception.what();
    const std::string text = whole.substr(0, whole.find('\n'));
    if (dynamic_cast<const pqxx::serialization_failure*>(&exception) != nullptr ||
        dynamic_cast<const pqxx::deadlock_detected*>(&exception) != nullptr) {
        return {
            .error = unavailable(
                "database_busy", "Others changed the same at the same time; try again.", text
            ),
            .kind = Failure::Kind::kRolledBack};
    }
    if (dynamic_cast<const pqxx::in_doubt_error*>(&exception) != nullptr ||
        dynamic_cast<const pqxx::statement_completion_unknown*>(&exception) != nullptr) {
        return {.error = outcome_unknown(text), .kind = Failure::Kind::kConnectionLost};
    }
    if (dynamic_cast<const pqxx::insufficient_privilege*>(&exception) != nullptr) {
        // libpqxx hands no SQLSTATE over with it.
        return {.error = internal(text)};
    }
    if (dynamic_cast<const pqxx::broken_connection*>(&exception) != nullptr) {
        if (whole.find(kReadOnlySession) != std::string::npos) {
            return {.error = database_read_only(text), .kind = Failure::Kind::kConnectionLost};
        }
        return {.error = database_unavailable(text), .kind = Failure::Kind::kConnectionLost};
    }
    if (const auto* sql = dynamic_cast<const pqxx::sql_error*>(&exception)) {
        return from_sqlstate(sql->sqlstate(), text);
    }
    return {.error = internal(text)};
}

}  // namespace orderpush::storage

#pragma once

#include "core/audit.hpp"
#include "core/events/event.hpp"
#include "core/idempotency_store.hpp"

#include <optional>
#include <span>
#include <string>

namespace orderpush::storage {

// Lists that statements take as one JSON parameter and read with json_to_recordset.

/// Rows of kEventColumns.
std::string events_json(std::span<const Event> events);
/// Rows of kGuardColumns: one, or none without an answer to keep.
std::string kept_answer_json(const std::optional<StoredResponse>& answer);
/// Rows of kAuditColumns.
std::string audit_json(std::span<const AuditEntry> entries);
/// `document` as a parameter. Text that is not UTF-8 could not be stored; it is caught before, and
/// must not throw here.
template <class Json>
std::string json_text(const Json& document) {
    return document.dump(-1, ' ', false, Json::error_handler_t::replace);
}

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

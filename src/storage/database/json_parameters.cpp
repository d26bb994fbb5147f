#include "storage/database/json_parameters.hpp"

#include <nlohmann/json.hpp>

namespace orderpush::storage {
namespace {

using nlohmann::json;

}  // namespace

std::string events_json(std::span<const Event> events) {
    auto rows = json::array();
    for (const Event& event : events) {
        auto channels = json::array();
        for (const Channel& channel : event.channels) {
            channels.push_back(channel.name());
        }
        rows.push_back(
            {{"position", rows.size() + 1},
             {"id", to_string(event.id)},
             {"name", event.name},
             {"payload", event.payload},
             {"occurred_at", to_rfc3339(event.occurred_at)},
             {"channels", std::move(channels)}}
        );
    }
    return json_text(rows);
}

std::string kept_answer_json(const std::optional<StoredResponse>& answer) {
    auto rows = json::array();
    if (answer) {
        rows.push_back(
            {{"restaurant_id", to_string(answer->key.restaurant)},
             {"key", answer->key.key},
             {"request_hash", answer->key.request_hash},
             {"status", answer->status},
             {"body", answer->body},
             {"created_at", to_rfc3339(answer->at)},
             {"lapsed_until", to_rfc3339(answer->at - kIdempotencyKeyLifetime)}}
        );
    }
    return json_text(rows);
}

std::string audit_json(std::span<const AuditEntry> entries) {
    auto rows = json::array();
    for (const AuditEntry& entry : entries) {
        auto row = json{
            {"id", to_string(entry.id)},
            {"restaurant_id", to_string(entry.restaurant)},
            {"occurred_at", to_rfc3339(entry.at)},
            {"actor_kind", to_string(entry.actor.kind)},
            {"actor_name", entry.actor.name},
            {"action", entry.action},
            {"subject_kind", entry.subject_kind},
            {"subject_id", to_string(entry.subject)},
            {"request_id", entry.request_id}};
        if (entry.branch) {
            row["branch_id"] = to_string(*entry.branch);
        }
        if (entry.actor.id) {
            row["actor_id"] = to_string(*entry.actor.id);
        }
        if (entry.before) {
            row["before"] = json::parse(*entry.before);
        }
        if (entry.after) {
            row["after"] = json::parse(*entry.after);
        }
        rows.push_back(std::move(row));
    }
    return json_text(rows);
}

}  // namespace orderpush::storage

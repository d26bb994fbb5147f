#pragma once

#include "core/events/event.hpp"
#include "storage/database/rows.hpp"

namespace orderpush::storage {

/// From seq, id, name, payload, occurred_at.
inline OutboxEntry entry_of(const pqxx::row& row, const Channel& channel) {
    return {
        .event_id = id_of<EventId>(row["id"]),
        .name = row["name"].c_str(),
        .payload = row["payload"].c_str(),
        .occurred_at = time_of(row["occurred_at"]),
        .channel = channel,
        .seq = row["seq"].as<std::int64_t>()};
}

}  // namespace orderpush::storage

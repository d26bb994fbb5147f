#include "core/events/event.hpp"

#include <cassert>

namespace orderpush {

std::string envelope(const OutboxEntry& entry) {
    assert(entry.payload.size() >= 2 && entry.payload.front() == '{');
    // Ids, names of the catalogue, numbers and times need no escaping.
    std::string text = R"({"id":")" + to_string(entry.event_id) + R"(","seq":)" +
                       std::to_string(entry.seq) + R"(,"type":")" + entry.name +
                       R"(","occurredAt":")" + to_rfc3339(entry.occurred_at) + '"';
    const bool has_fields = entry.payload != "{}";
    if (has_fields) {
        text.push_back(',');
    }
    text.append(entry.payload, 1);
    return text;
}

}  // namespace orderpush

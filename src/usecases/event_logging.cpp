#include "usecases/event_logging.hpp"

#include "base/observability/log.hpp"

namespace orderpush::usecases {

std::vector<EventNote> notes_of(const std::vector<Event>& events) {
    std::vector<EventNote> notes;
    notes.reserve(events.size());
    for (const Event& event : events) {
        notes.push_back({.id = event.id, .name = event.name});
    }
    return notes;
}

void log_recorded(std::string_view order_id, const std::vector<EventNote>& notes) {
    for (const EventNote& note : notes) {
        log::debug(
            "event_recorded",
            {{"orderId", order_id}, {"eventId", to_string(note.id)}, {"name", note.name}}
        );
    }
}

}  // namespace orderpush::usecases

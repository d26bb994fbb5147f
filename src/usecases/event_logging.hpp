#pragma once

#include "core/events/event.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace orderpush::usecases {

/// What the log says of an event.
struct EventNote {
    EventId id;
    std::string name;
};

std::vector<EventNote> notes_of(const std::vector<Event>& events);

/// A line "event_recorded" per event that was committed with a change of that order: it joins the
/// request to the deliveries.
void log_recorded(std::string_view order_id, const std::vector<EventNote>& notes);

}  // namespace orderpush::usecases

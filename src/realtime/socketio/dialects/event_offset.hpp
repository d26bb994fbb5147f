#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace orderpush::realtime {

/// Where a client stands: the last event that it heard. It is the last argument of every event, the
/// same for all listeners of a channel; clients hand it back as they got it.
struct EventOffset {
    /// The hub's key.
    std::string channel;
    std::int64_t seq = 0;
    /// Of an event that is told under several names: which of them was heard, but for the last.
    std::optional<std::size_t> part = {};

    bool operator==(const EventOffset&) const = default;
};

/// "kitchen:…/17", or "kitchen:…/17/0" for a part.
std::string to_string(const EventOffset& offset);
/// The inverse; nothing for any other text.
std::optional<EventOffset> parse_event_offset(std::string_view text);

}  // namespace orderpush::realtime

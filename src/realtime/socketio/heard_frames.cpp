#include "realtime/socketio/heard_frames.hpp"

#include "realtime/socketio/dialects/event_offset.hpp"
#include "realtime/socketio/engine_io/packet.hpp"

#include <functional>
#include <string>
#include <vector>

namespace orderpush::realtime {
namespace {

/// What an event's last argument says: `…,"kitchen:…/17"]`, in which nothing is escaped.
std::optional<EventOffset> offset_of(std::string_view event) {
    constexpr std::string_view kEnd = "\"]";
    if (!event.ends_with(kEnd)) {
        return std::nullopt;
    }
    event.remove_suffix(kEnd.size());
    const std::size_t begin = event.rfind('"');
    return begin == std::string_view::npos ? std::nullopt
                                           : parse_event_offset(event.substr(begin + 1));
}

std::optional<Frame> filtered(
    const Frame& frames, const std::function<bool(const EventOffset& offset)>& is_wanted
) {
    std::string body;
    append_engine_packets(body, frames);
    EnginePayload packets{body};
    std::vector<Frame> wanted;
    bool is_whole = true;
    while (const auto packet = packets.next()) {
        const auto offset = offset_of(*packet);
        if (!offset || is_wanted(*offset)) {
            wanted.push_back(Frame::text(*packet));
        } else {
            is_whole = false;
        }
    }
    if (is_whole) {
        return frames;
    }
    return wanted.empty() ? std::nullopt : std::optional{Frame::joined(wanted)};
}

}  // namespace

std::optional<Frame> frames_behind(const Frame& frames, std::int64_t seq, bool& was_passed) {
    return filtered(frames, [&](const EventOffset& offset) {
        was_passed = was_passed || offset.seq > seq;
        return offset.seq > seq;
    });
}

std::optional<Frame> frames_behind_part(
    const Frame& frames, std::string_view channel, std::int64_t seq, std::size_t part
) {
    return filtered(frames, [&](const EventOffset& offset) {
        const bool is_entry = offset.channel == channel && offset.seq == seq;
        return !is_entry || !offset.part || *offset.part > part;
    });
}

}  // namespace orderpush::realtime

#include "realtime/socketio/dialects/event_offset.hpp"

#include <charconv>

namespace orderpush::realtime {
namespace {

/// The last number of "…/17", taken off; nothing if there is none.
template <class Number>
std::optional<Number> take_last(std::string_view& text) {
    const std::size_t slash = text.rfind('/');
    if (slash == std::string_view::npos) {
        return std::nullopt;
    }
    const std::string_view digits = text.substr(slash + 1);
    Number number = 0;
    const char* const end = digits.data() + digits.size();
    const auto [stop, error] = std::from_chars(digits.data(), end, number);
    if (error != std::errc{} || stop != end || digits.front() == '-') {
        return std::nullopt;
    }
    text = text.substr(0, slash);
    return number;
}

}  // namespace

std::string to_string(const EventOffset& offset) {
    std::string text = offset.channel + "/" + std::to_string(offset.seq);
    return offset.part ? text + "/" + std::to_string(*offset.part) : text;
}

std::optional<EventOffset> parse_event_offset(std::string_view text) {
    EventOffset offset;
    const auto last = take_last<std::int64_t>(text);
    if (!last) {
        return std::nullopt;
    }
    offset.seq = *last;
    if (text.find('/') != std::string_view::npos) {
        const auto seq = take_last<std::int64_t>(text);
        if (!seq) {
            return std::nullopt;
        }
        offset.part = static_cast<std::size_t>(*last);
        offset.seq = *seq;
    }
    offset.channel = text;
    return text.empty() || text.find('/') != std::string_view::npos ? std::nullopt
                                                                    : std::optional{offset};
}

}  // namespace orderpush::realtime

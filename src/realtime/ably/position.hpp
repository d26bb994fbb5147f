#pragma once

#include "realtime/hub/home_channels.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace orderpush::realtime::ably {

/// What is to be heard again when a channel is first attached.
struct Rewind {
    /// Messages, or a time.
    std::optional<std::size_t> count = {};
    std::optional<std::chrono::milliseconds> time = {};
};

/// "5", "15s", "2m": at most 100 messages or two minutes, of which more is cut. Nothing for any
/// other text.
std::optional<Rewind> parse_rewind(std::string_view text);

/// The hub's serial that a client stands at whose last message had that channelSerial; nothing if
/// the log cannot tell, or does not have all that follows.
std::optional<std::uint64_t> find_position(const LogExcerpt& log, std::string_view channel_serial);

}  // namespace orderpush::realtime::ably

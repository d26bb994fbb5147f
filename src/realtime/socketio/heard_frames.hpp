#pragma once

#include "realtime/wire/frame.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace orderpush::realtime {

/// Of the events in `frames`, which are of one channel, those behind `seq`; nothing if there is
/// none. Mostly that is all of them, and then the frames themselves. `was_passed` is set if one was
/// behind it.
std::optional<Frame> frames_behind(const Frame& frames, std::int64_t seq, bool& was_passed);

/// Of the events in `frames`, all but those of the entry `seq` of `channel` whose part is at most
/// `part`; nothing if none is left.
std::optional<Frame> frames_behind_part(
    const Frame& frames, std::string_view channel, std::int64_t seq, std::size_t part
);

}  // namespace orderpush::realtime

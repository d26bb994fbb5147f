#pragma once

#include <chrono>
#include <cstddef>

namespace orderpush::realtime {

/// How many of `open` connections to close now, so that all are closed, evenly, by the end of
/// `left`, looking again after each `tick`.
constexpr std::size_t closings_due(
    std::size_t open, std::chrono::milliseconds left, std::chrono::milliseconds tick
) {
    if (left <= tick) {
        return open;
    }
    const auto ticks = static_cast<std::size_t>(left / tick);
    return (open + ticks - 1) / ticks;
}

}  // namespace orderpush::realtime

#pragma once

#include <chrono>
#include <cstddef>

namespace orderpush::realtime {

/// How many connections to close over how long.
struct Farewell {
    std::size_t connections = 0;
    std::chrono::milliseconds spread{0};
};

/// How many of the `open` ones left to close now, with so much of the spread `left`: an equal share
/// for each moment, the last at its end, all of them without a spread.
constexpr std::size_t closings_due(
    const Farewell& farewell, std::size_t open, std::chrono::milliseconds left
) {
    if (left.count() <= 0 || farewell.spread.count() <= 0) {
        return open;
    }
    const auto kept = farewell.connections * static_cast<std::size_t>(left.count()) /
                      static_cast<std::size_t>(farewell.spread.count());
    return open > kept ? open - kept : 0;
}

}  // namespace orderpush::realtime

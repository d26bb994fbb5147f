#pragma once

#include <chrono>
#include <cstddef>

namespace orderpush::realtime {

/// Closes so many connections evenly over so long, so that clients do not come back all at once.
struct CloseSchedule {
    std::size_t connections = 0;
    std::chrono::milliseconds spread{0};

    /// How many of the `open` ones to close now, with so much of the spread `left`: an equal share
    /// for each moment, the last at its end, all of them without a spread.
    constexpr std::size_t due(std::size_t open, std::chrono::milliseconds left) const {
        if (left.count() <= 0 || spread.count() <= 0) {
            return open;
        }
        const auto remaining = connections * static_cast<std::size_t>(left.count()) /
                               static_cast<std::size_t>(spread.count());
        return open > remaining ? open - remaining : 0;
    }
};

}  // namespace orderpush::realtime

#pragma once

#include <chrono>

namespace orderpush {

/// Exponential backoff with full jitter: a uniform wait in [0, min(ceiling, first * 2^attempt)].
struct Backoff {
    std::chrono::milliseconds first{100};
    std::chrono::milliseconds ceiling{30'000};

    /// `attempt` counts from 0. `uniform` is in [0, 1).
    std::chrono::milliseconds delay(unsigned attempt, double uniform) const;
    /// The same with randomness of its own. Any thread.
    std::chrono::milliseconds delay(unsigned attempt) const;
};

}  // namespace orderpush

#pragma once

#include "base/clock.hpp"

#include <ctime>

namespace orderpush {

/// Now, behind by a tick of the kernel at most (4 ms; CLOCK_MONOTONIC_COARSE), for a quarter of what
/// steady_clock takes: for deadlines that are looked at less often than that. Any thread.
inline Deadline coarse_now() noexcept {
    timespec time{};
    ::clock_gettime(CLOCK_MONOTONIC_COARSE, &time);
    return Deadline{std::chrono::seconds{time.tv_sec} + std::chrono::nanoseconds{time.tv_nsec}};
}

}  // namespace orderpush

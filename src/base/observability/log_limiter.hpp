#pragma once

#include "base/timestamp.hpp"

#include <atomic>
#include <cstdint>
#include <optional>

namespace orderpush {

/// For log lines that strangers can cause at any rate: lets a few through and counts the others.
/// Any thread; never blocks.
class LogLimiter {
  public:
    /// `lines_max` is per minute of the steady clock, at least 1.
    explicit LogLimiter(std::uint32_t lines_max) : lines_max_(lines_max) {}

    /// Whether a line may be written now; if so, how many were left out since the last one.
    std::optional<std::uint64_t> admit(Deadline now = std::chrono::steady_clock::now());

  private:
    const std::uint32_t lines_max_;
    /// The minute in the upper half, the lines written in it in the lower.
    std::atomic<std::uint64_t> written_{0};
    std::atomic<std::uint64_t> left_out_{0};
};

}  // namespace orderpush

#pragma once

#include "base/clock.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace orderpush::realtime {

/// How fast, and how many at once. `per_second` is at least 1.
struct MessageRate {
    std::uint32_t per_second = 1;
    std::uint32_t burst = 1;
};

/// A token bucket in eight bytes: the time at which it is full again (generic cell rate algorithm,
/// ITU-T I.371). A refused take costs nothing.
class MessageBudget {
  public:
    bool take(const MessageRate& rate, Deadline now) {
        const auto cost = std::chrono::nanoseconds{std::chrono::seconds{1}} / rate.per_second;
        const Deadline full_at = std::max(full_at_, now) + cost;
        if (full_at > now + cost * rate.burst) {
            return false;
        }
        full_at_ = full_at;
        return true;
    }

  private:
    Deadline full_at_ = {};
};

}  // namespace orderpush::realtime

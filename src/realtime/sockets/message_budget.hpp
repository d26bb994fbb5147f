#pragma once

#include "base/timestamp.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>

namespace orderpush::realtime {

/// How fast, and how many at once. `per_second` is at least 1.
struct MessageRate {
    std::uint32_t per_second = 1;
    std::uint32_t burst = 1;
};

/// What a client, or an address, may send: ten seconds' worth of it at once, as a page that loads
/// subscribes to everything it shows.
constexpr MessageRate rate_with_burst(std::uint32_t per_second) {
    constexpr std::uint32_t kBurstSeconds = 10;
    return {.per_second = per_second, .burst = per_second * kBurstSeconds};
}

/// Of a connection's pings in a protocol. SDKs ping every ten seconds at the most.
inline constexpr MessageRate kPingRate{.per_second = 10, .burst = 200};
/// Of its WebSocket pings and pongs, which cost next to nothing.
inline constexpr MessageRate kControlFrameRate{.per_second = 100, .burst = 4'000};

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

/// The same, shared by threads.
class SharedMessageBudget {
  public:
    bool take(const MessageRate& rate, Deadline now) {
        const auto cost = std::chrono::nanoseconds{std::chrono::seconds{1}} / rate.per_second;
        Deadline before = full_at_.load(std::memory_order_relaxed);
        for (;;) {
            const Deadline full_at = std::max(before, now) + cost;
            if (full_at > now + cost * rate.burst) {
                return false;
            }
            if (full_at_.compare_exchange_weak(before, full_at, std::memory_order_relaxed)) {
                return true;
            }
        }
    }

  private:
    std::atomic<Deadline> full_at_ = Deadline{};
};

}  // namespace orderpush::realtime

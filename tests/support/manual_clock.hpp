#pragma once

#include "base/clock.hpp"

#include <atomic>
#include <chrono>

namespace orderpush::test {

/// A clock that moves only when told to. Any thread.
class ManualClock final : public Clock {
  public:
    /// 2026-11-21T18:30:00.125Z
    static constexpr Timestamp kStart{std::chrono::milliseconds{1'795'285'800'125}};

    Timestamp now() const override { return Timestamp{std::chrono::milliseconds{now_ms_.load()}}; }
    void advance(std::chrono::milliseconds by) { now_ms_ += by.count(); }

  private:
    std::atomic<std::chrono::milliseconds::rep> now_ms_{kStart.time_since_epoch().count()};
};

}  // namespace orderpush::test

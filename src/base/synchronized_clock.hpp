#pragma once

#include "base/clock.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <limits>

namespace orderpush {

/// Since the machine was started, time in which it slept included: no change of its wall clock
/// moves it.
std::chrono::milliseconds time_since_boot();

/// The time of a clock elsewhere, which somebody asks now and then, so that machines whose own
/// clocks differ write and compare the same time. Until it was asked it is the machine's own time.
/// Any thread.
class SynchronizedClock final : public Clock {
  public:
    using Elapsed = std::function<std::chrono::milliseconds()>;

    /// `own` outlives it.
    explicit SynchronizedClock(const Clock& own, Elapsed elapsed = time_since_boot)
        : own_(own), elapsed_(std::move(elapsed)) {}

    Timestamp now() const override;
    /// Whether it was asked.
    bool is_synchronized() const noexcept { return offset_ != kUnknown; }
    /// What adjust() counts in.
    std::chrono::milliseconds elapsed() const { return elapsed_(); }
    /// The other clock showed `theirs` at some moment from `asked_at` to `answered_at`. Moves this
    /// one only as far as it must be wrong: a slow answer moves nothing. One thread at a time.
    void adjust(
        std::chrono::milliseconds asked_at, Timestamp theirs, std::chrono::milliseconds answered_at
    );
    /// How far the machine's own clock is ahead; negative: behind.
    std::chrono::milliseconds own_lead() const { return own_.now() - now(); }

  private:
    static constexpr auto kUnknown = std::numeric_limits<std::int64_t>::min();

    const Clock& own_;
    const Elapsed elapsed_;
    /// Milliseconds: Unix time less what has elapsed.
    std::atomic<std::int64_t> offset_{kUnknown};
};

}  // namespace orderpush

#pragma once

#include "base/timestamp.hpp"

#include <chrono>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace orderpush::usecases {

enum class CircuitState {
    kClosed,    ///< in use
    kOpen,      ///< failed too often; left alone until the next probe is due
    kHalfOpen,  ///< a probe is due, or under way
    kStopped,   ///< its credentials are refused: open until the service is started anew
};

/// "closed", "open", "half_open", "stopped".
std::string_view to_string(CircuitState state) noexcept;

struct BreakerOptions {
    /// Failures in a row that open it.
    int failures_max = 3;
    /// From opening to the first probe; doubles with each probe that fails.
    std::chrono::milliseconds open_first{1'000};
    std::chrono::milliseconds open_longest{30'000};
};

/// Decides whether an adapter is worth asking. Only whoever publishes through the adapter reports,
/// one call at a time; any thread may look. Never blocks for long.
class CircuitBreaker {
  public:
    struct Snapshot {
        CircuitState state = CircuitState::kClosed;
        /// When it came into this state; half-open counts as open.
        Timestamp since;
        /// Why the last publish failed, and when; remains when it is well again.
        std::optional<std::string> last_failure = {};
        std::optional<Timestamp> last_failure_at = {};
    };

    /// `now`: since when it is closed.
    CircuitBreaker(const BreakerOptions& options, Timestamp now);

    CircuitState state(Deadline now) const;
    /// When the next probe is due; nothing unless open. Deadline::max() when stopped.
    std::optional<Deadline> probe_at() const;
    Snapshot snapshot(Deadline now) const;

    /// What a publish came to. Each is true if that changed the state. `at` is for people.
    bool succeed(Timestamp at);
    bool fail(std::string_view reason, Deadline now, Timestamp at);
    /// The credentials are refused: for good.
    bool stop(std::string_view reason, Timestamp at);

  private:
    void keep_failure(std::string_view reason, Timestamp at);

    const BreakerOptions options_;
    mutable std::mutex mutex_;
    /// Guarded by mutex_:
    Snapshot now_;  // kHalfOpen is not stored: an open one whose probe is due
    int failures_ = 0;
    std::chrono::milliseconds open_for_{0};
    Deadline probe_at_;
};

}  // namespace orderpush::usecases

#include "usecases/delivery/circuit_breaker.hpp"

#include <algorithm>

namespace orderpush::usecases {

std::string_view to_string(CircuitState state) noexcept {
    switch (state) {
        case CircuitState::kClosed:
            return "closed";
        case CircuitState::kOpen:
            return "open";
        case CircuitState::kHalfOpen:
            return "half_open";
        case CircuitState::kStopped:
            break;
    }
    return "stopped";
}

CircuitBreaker::CircuitBreaker(const BreakerOptions& options, Timestamp now)
    : options_(options), now_{.state = CircuitState::kClosed, .since = now} {}

CircuitState CircuitBreaker::state(Deadline now) const {
    return snapshot(now).state;
}

std::optional<Deadline> CircuitBreaker::probe_at() const {
    const std::scoped_lock lock{mutex_};
    switch (now_.state) {
        case CircuitState::kOpen:
            return probe_at_;
        case CircuitState::kStopped:
            return Deadline::max();
        case CircuitState::kClosed:
        case CircuitState::kHalfOpen:
            break;
    }
    return std::nullopt;
}

CircuitBreaker::Snapshot CircuitBreaker::snapshot(Deadline now) const {
    const std::scoped_lock lock{mutex_};
    Snapshot taken = now_;
    // Half open is not stored: it is what an open circuit is from the time of its probe on, without
    // a timer that could be late.
    if (taken.state == CircuitState::kOpen && now >= probe_at_) {
        taken.state = CircuitState::kHalfOpen;
    }
    return taken;
}

bool CircuitBreaker::succeed(Timestamp at) {
    const std::scoped_lock lock{mutex_};
    failures_ = 0;
    // A stopped one stays so until the service starts anew: its credentials are what is wrong.
    if (now_.state != CircuitState::kOpen) {
        return false;
    }
    now_.state = CircuitState::kClosed;
    now_.since = at;
    return true;
}

bool CircuitBreaker::fail(std::string_view reason, Deadline now, Timestamp at) {
    const std::scoped_lock lock{mutex_};
    keep_failure(reason, at);
    if (now_.state == CircuitState::kStopped) {
        return false;
    }
    // A probe that failed: wait twice as long before the next one.
    if (now_.state == CircuitState::kOpen) {
        open_for_ = std::min(options_.open_longest, open_for_ * 2);
        probe_at_ = now + open_for_;
        return false;
    }
    if (++failures_ < options_.failures_max) {
        return false;
    }
    open_for_ = options_.open_first;
    probe_at_ = now + open_for_;
    now_.state = CircuitState::kOpen;
    now_.since = at;
    return true;
}

bool CircuitBreaker::stop(std::string_view reason, Timestamp at) {
    const std::scoped_lock lock{mutex_};
    keep_failure(reason, at);
    if (now_.state == CircuitState::kStopped) {
        return false;
    }
    now_.state = CircuitState::kStopped;
    now_.since = at;
    return true;
}

void CircuitBreaker::keep_failure(std::string_view reason, Timestamp at) {
    now_.last_failure = std::string{reason};
    now_.last_failure_at = at;
}

}  // namespace orderpush::usecases

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
    return now_.state == CircuitState::kClosed ? std::nullopt : std::optional{probe_at_};
}

bool CircuitBreaker::is_probe_due(Deadline now) const {
    const auto at = probe_at();
    return at && now >= *at;
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
    if (now_.state == CircuitState::kClosed) {
        return false;
    }
    become(CircuitState::kClosed, at);
    return true;
}

bool CircuitBreaker::fail(
    std::string_view reason, Deadline now, Timestamp at, std::chrono::milliseconds retry_after
) {
    const std::scoped_lock lock{mutex_};
    keep_failure(reason, at);
    switch (now_.state) {
        case CircuitState::kStopped:
            plan_probe(std::min(options_.stopped_longest, open_for_ * 2), now);
            return false;
        case CircuitState::kOpen:
        case CircuitState::kHalfOpen:
            // A probe that failed: wait twice as long before the next one.
            plan_probe(std::min(options_.open_longest, open_for_ * 2), now);
            probe_at_ = std::max(probe_at_, now + retry_after);
            return false;
        case CircuitState::kClosed:
            break;
    }
    if (++failures_ < options_.failures_max) {
        return false;
    }
    become(CircuitState::kOpen, at);
    plan_probe(options_.open_first, now);
    probe_at_ = std::max(probe_at_, now + retry_after);
    return true;
}

bool CircuitBreaker::stop(std::string_view reason, Deadline now, Timestamp at) {
    const std::scoped_lock lock{mutex_};
    keep_failure(reason, at);
    if (now_.state == CircuitState::kStopped) {
        plan_probe(std::min(options_.stopped_longest, open_for_ * 2), now);
        return false;
    }
    become(CircuitState::kStopped, at);
    plan_probe(options_.stopped_first, now);
    return true;
}

void CircuitBreaker::become(CircuitState state, Timestamp at) {
    now_.state = state;
    now_.since = at;
}

void CircuitBreaker::plan_probe(std::chrono::milliseconds wait, Deadline now) {
    open_for_ = wait;
    probe_at_ = now + wait;
}

void CircuitBreaker::keep_failure(std::string_view reason, Timestamp at) {
    now_.last_failure = std::string{reason};
    now_.last_failure_at = at;
}

}  // namespace orderpush::usecases

#pragma once

#include "base/observability/metrics.hpp"
#include "base/threads/worker.hpp"
#include "base/timestamp.hpp"
#include "core/operations/retention.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

namespace orderpush {
class Clock;
}

namespace orderpush::usecases {

/// Rows removed.
struct RetentionMetrics {
    metrics::Counter entries;
    metrics::Counter events;
    metrics::Counter keys;
};

/// A table that is cleaned by age alone.
struct AdditionalRetention {
    /// For the log.
    std::string name;
    std::chrono::milliseconds lifetime;
    /// Removes what is of `until` or before, at most `limit` rows of a kind; how many.
    std::function<Result<std::size_t>(Timestamp until, int limit)> purge;
};

struct RetentionOptions {
    /// How long an event can be caught up with. What some adapter has not settled stays twice as
    /// long.
    std::chrono::hours event_lifetime{24};
    std::chrono::hours idempotency_key_lifetime{24};
    /// The adapters that events are handed to.
    std::vector<std::string> adapters;
    std::vector<AdditionalRetention> additional = {};
    /// Between one round and the next.
    std::chrono::milliseconds interval{60'000};
    /// Events, or keys, per transaction.
    int batch_max = 500;
    /// Between one batch and the next, so that requests come between.
    std::chrono::milliseconds pause{50};
    RetentionMetrics metrics = {};
};

/// Removes what is too old to be kept, a little at a time. One thread of its own; of several
/// instances one works at a time.
class RetentionJob {
  public:
    RetentionJob(Retention& retention, const Clock& clock, RetentionOptions options);

    /// A first round at once, then one per interval.
    void start() { worker_.start(); }
    /// Waits for the batch in hand.
    void stop() { worker_.stop(); }
    const Worker& worker() const noexcept { return worker_; }

    struct Removed {
        std::size_t entries = 0;
        std::size_t events = 0;
        std::size_t keys = 0;
        std::size_t additional = 0;
    };
    /// One round, on the caller's thread: all that is due, unless `stop` comes first. The first
    /// error ends it; what was removed before stays removed.
    Result<Removed> run_once(const std::stop_token& stop);

  private:
    /// One round, and a log line of what became of it.
    void run_and_log(const std::stop_token& stop);
    Result<void> remove_events(const std::stop_token& stop, Removed& removed);
    Result<void> remove_keys(const std::stop_token& stop, Removed& removed);
    Result<void> remove_additional(const std::stop_token& stop, Removed& removed);

    Retention& retention_;
    const Clock& clock_;
    const RetentionOptions options_;
    Worker worker_;
};

}  // namespace orderpush::usecases

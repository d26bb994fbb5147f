#pragma once

#include "base/clock.hpp"
#include "base/observability/metrics.hpp"
#include "core/operations/retention.hpp"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

namespace orderpush::usecases {

/// Rows removed.
struct RetentionMetrics {
    metrics::Counter entries;
    metrics::Counter events;
    metrics::Counter keys;
};

/// A table that is cleaned by age alone.
struct FurtherRetention {
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
    std::vector<FurtherRetention> further = {};
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
    RetentionJob(const RetentionJob&) = delete;
    RetentionJob& operator=(const RetentionJob&) = delete;
    /// As stop().
    ~RetentionJob();

    /// A first round at once, then one per interval.
    void start();
    /// Waits for the batch in hand.
    void stop();

    struct Removed {
        std::size_t entries = 0;
        std::size_t events = 0;
        std::size_t keys = 0;
        std::size_t further = 0;
    };
    /// One round, on the caller's thread: all that is due, unless `stop` comes first. The first
    /// error ends it; what was removed before stays removed.
    Result<Removed> run_once(const std::stop_token& stop);

  private:
    void run(const std::stop_token& stop);
    /// One round that tells the log what became of it.
    void round(const std::stop_token& stop);
    Result<void> remove_events(const std::stop_token& stop, Removed& removed);
    Result<void> remove_keys(const std::stop_token& stop, Removed& removed);
    Result<void> remove_further(const std::stop_token& stop, Removed& removed);
    void wait(const std::stop_token& stop, std::chrono::milliseconds time);

    Retention& retention_;
    const Clock& clock_;
    const RetentionOptions options_;

    std::mutex mutex_;
    std::condition_variable_any stopped_;
    std::jthread thread_;
};

}  // namespace orderpush::usecases

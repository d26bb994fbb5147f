#pragma once

#include "base/crypto/uuid.hpp"
#include "base/result.hpp"
#include "base/threads/worker.hpp"
#include "base/timestamp.hpp"
#include "core/delivery/outbox.hpp"
#include "core/kitchen/stats_store.hpp"
#include "usecases/delivery/relay_observer.hpp"

#include <chrono>
#include <cstddef>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

namespace orderpush {
class Clock;
}

namespace orderpush::usecases {

struct StatsPublisherOptions {
    /// Between two counts of one branch, at least.
    std::chrono::milliseconds interval{1'000};
    /// Between two sweeps of all branches, for what the relay did not report: what was committed
    /// just before a crash, and what found no room.
    std::chrono::milliseconds sweep_interval{60'000};
    /// This instance relays if it saw a round of the relay within so long; above the relay's poll
    /// interval.
    std::chrono::milliseconds relaying_for{5'000};
    /// Branches that wait at most; others are left to the sweep.
    std::size_t branches_max = 4'096;
};

/// Publishes to each kitchen how many tickets it has open (kitchen:stats_update) when that changed,
/// at most once per interval and branch; the last state always arrives, after a crash too. One
/// thread of its own, on the instance that relays: the relay reports which kitchens had events.
class StatsPublisher final : public RelayObserver {
  public:
    StatsPublisher(
        StatsStore& stats,
        OutboxSignal& signal,
        IdSource& ids,
        const Clock& clock,
        const StatsPublisherOptions& options
    );

    void start() { worker_.start(); }
    /// Waits for the statement in hand. What is pending is published after the next start.
    void stop() { worker_.stop(); }
    const Worker& worker() const noexcept { return worker_; }
    void relayed(std::span<const OutboxEntry> entries) noexcept override;

    /// Counts and publishes what is due, on the caller's thread; for tests. How long until more is
    /// due, if nothing else comes. Requires that the publisher was not started.
    std::chrono::milliseconds run_once();

  private:
    struct Branch {
        bool is_changed = false;
        /// Not to be counted before.
        Timestamp due;
    };

    /// kUnavailable and what else the store answers: the branch stays as it is.
    Result<void> publish(const BranchId& branch, Timestamp now);
    /// Finds all branches with changes that the relay did not report.
    Result<void> sweep();
    bool is_sweep_due(Timestamp now);
    /// Those whose time has come; each is unchanged from then on until its next event.
    std::vector<BranchId> take_due(Timestamp now);
    std::chrono::milliseconds until_next(Timestamp now);
    void mark_changed(const BranchId& branch);

    StatsStore& stats_;
    OutboxSignal& signal_;
    IdSource& ids_;
    const Clock& clock_;
    const StatsPublisherOptions options_;

    std::mutex mutex_;
    /// Guarded by mutex_: branches that changed, and those counted within the interval.
    std::map<BranchId, Branch> branches_;
    std::optional<Timestamp> relayed_at_;

    /// Only the publisher's thread:
    std::optional<Timestamp> swept_at_;
    bool is_failing_ = false;

    Worker worker_;
};

}  // namespace orderpush::usecases

#pragma once

#include "base/clock.hpp"
#include "base/crypto/uuid.hpp"
#include "base/result.hpp"
#include "core/delivery/outbox.hpp"
#include "core/kitchen/stats_store.hpp"
#include "usecases/delivery/relay_observer.hpp"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <stop_token>
#include <thread>
#include <vector>

namespace orderpush::usecases {

struct StatsPublisherOptions {
    /// Between two counts of one branch, at least.
    std::chrono::milliseconds interval{1'000};
    /// Between two looks at all branches, for what the relay did not tell: what was committed just
    /// before a crash, and what found no room.
    std::chrono::milliseconds sweep_interval{60'000};
    /// This instance relays if it was told of a round within so long; above the relay's poll
    /// interval.
    std::chrono::milliseconds relaying_for{5'000};
    /// Branches that wait at most; others are left to the sweep.
    std::size_t branches_max = 4'096;
};

/// Tells each kitchen how many tickets it has open (kitchen:stats_update) when that changed, at
/// most once per interval and branch; the last state always arrives, after a crash too. One thread
/// of its own, on the instance that relays: the relay tells which kitchens had news.
class StatsPublisher final : public RelayObserver {
  public:
    StatsPublisher(
        StatsStore& stats,
        OutboxSignal& signal,
        IdSource& ids,
        const Clock& clock,
        const StatsPublisherOptions& options
    );
    StatsPublisher(const StatsPublisher&) = delete;
    StatsPublisher& operator=(const StatsPublisher&) = delete;
    /// As stop().
    ~StatsPublisher() override;

    void start();
    /// Waits for the statement in hand. What was not told yet is told after the next start.
    void stop();
    void relayed(std::span<const OutboxEntry> entries) noexcept override;

    /// Counts and tells what is due, on the caller's thread; for tests. How long until more is due,
    /// if nothing else comes. Requires that the publisher was not started.
    std::chrono::milliseconds run_once();

  private:
    struct Branch {
        bool has_news = false;
        /// Not to be counted before.
        Timestamp due;
    };

    void run(const std::stop_token& stop);
    /// kUnavailable and what else the store answers: the branch stays as it is.
    Result<void> publish(const BranchId& branch, Timestamp now);
    /// Finds all branches with news that nobody told of.
    Result<void> sweep();
    bool is_sweep_due(Timestamp now);
    /// Those whose time has come; each is quiet from then on until its next news.
    std::vector<BranchId> take_due(Timestamp now);
    std::chrono::milliseconds until_next(Timestamp now);
    void add_news(const BranchId& branch);
    void wait(const std::stop_token& stop, std::chrono::milliseconds longest);

    StatsStore& stats_;
    OutboxSignal& signal_;
    IdSource& ids_;
    const Clock& clock_;
    const StatsPublisherOptions options_;

    std::mutex mutex_;
    std::condition_variable_any changed_;
    /// All below: guarded by mutex_. Branches with news, and those counted within the interval.
    std::map<BranchId, Branch> branches_;
    std::optional<Timestamp> relayed_at_;
    bool is_notified_ = false;

    /// Only the publisher's thread:
    std::optional<Timestamp> swept_at_;
    bool is_failing_ = false;

    std::jthread thread_;
};

}  // namespace orderpush::usecases

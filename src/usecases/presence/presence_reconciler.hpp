#pragma once

#include "base/threads/worker.hpp"
#include "base/timestamp.hpp"
#include "core/presence/presence_source.hpp"
#include "usecases/delivery/relay_observer.hpp"

#include <chrono>
#include <cstddef>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace orderpush {
class Clock;
}

namespace orderpush::usecases {

struct PresenceReconcilerOptions {
    /// Between rounds.
    std::chrono::milliseconds interval{30'000};
    /// Between a round and the next that was asked for.
    std::chrono::milliseconds pause_min{2'000};
    /// For one source's whole answer.
    std::chrono::milliseconds patience{15'000};
    /// This instance relays if it saw a round of the relay within so long; above the relay's poll
    /// interval.
    std::chrono::milliseconds relaying_for{5'000};
};

/// Repairs what webhooks reported of presence: asks each provider for its members and makes the
/// store say the same. A source that fails leaves the store as it is. One thread of its own, which
/// works on the instance that relays.
class PresenceReconciler final : public RelayObserver {
  public:
    /// All outlive it.
    PresenceReconciler(
        std::vector<PresenceSource*> sources,
        PresenceStore& store,
        const Clock& clock,
        const PresenceReconcilerOptions& options = {}
    );

    /// Does nothing without sources.
    void start();
    /// Waits for the round in hand.
    void stop() { worker_.stop(); }
    const Worker& worker() const noexcept { return worker_; }
    void relayed(std::span<const OutboxEntry> entries) noexcept override;
    /// Something may have been missed: a round soon. Any thread; never blocks.
    void request();

    /// One round, on the caller's thread: how many sources answered. The first failure is logged.
    std::size_t run_once();

  private:
    Worker::Pause step(const std::stop_token& stop);
    /// Whether this instance relays.
    bool is_relaying();
    Result<void> reconcile(PresenceSource& source);

    const std::vector<PresenceSource*> sources_;
    PresenceStore& store_;
    const Clock& clock_;
    const PresenceReconcilerOptions options_;
    /// Of the thread: the names of those that failed in the last round.
    std::vector<std::string> failing_;

    std::mutex mutex_;
    /// Guarded by mutex_:
    std::optional<Timestamp> relayed_at_;
    Worker worker_;
};

}  // namespace orderpush::usecases

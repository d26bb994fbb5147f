#pragma once

#include "base/backoff.hpp"
#include "base/threads/worker.hpp"
#include "base/timestamp.hpp"
#include "core/delivery/outbox.hpp"
#include "core/delivery/push_adapter.hpp"
#include "usecases/delivery/delivery_metrics.hpp"
#include "usecases/delivery/relay_observer.hpp"

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace orderpush {
class Clock;
}

namespace orderpush::usecases {

struct RelayOptions {
    /// The net under the signal: how often the outbox is looked at when nobody notified.
    std::chrono::milliseconds poll_interval{1'000};
    /// Between attempts at an entry that its adapter could not take.
    Backoff retry;
    /// After this many attempts the entry goes to the dead letters. About a day at the default
    /// ceiling.
    int attempts_max = 5'000;
    /// What is older is not handed over any more, but skipped; for streams that mirror another.
    /// Nothing: all is handed over.
    std::optional<std::chrono::seconds> skip_after = {};
    DeliveryMetrics metrics = {};
};

/// Moves entries from the outbox to an adapter: claims, publishes, settles. One thread of its own.
/// While the adapter is called no transaction is open. Entries of one channel go in `seq` order;
/// one that waits for its retry holds back its channel only. While the adapter takes nothing the
/// outbox is left alone.
class OutboxRelay final : public OutboxSignal {
  public:
    OutboxRelay(
        Outbox& outbox, PushAdapter& adapter, const Clock& clock, const RelayOptions& options
    );
    OutboxRelay(const OutboxRelay&) = delete;
    OutboxRelay& operator=(const OutboxRelay&) = delete;
    /// As stop().
    ~OutboxRelay() override;

    /// Notifies `observer`, which must outlive the relay's thread, of each round. Before start().
    void observe(RelayObserver& observer) { observers_.push_back(&observer); }
    void start() { worker_.start(); }
    /// Begins to stop without waiting for it.
    void request_stop() noexcept { worker_.request_stop(); }
    /// Gives up the lease after it finished the batch in hand, bounded by the publish deadline, and
    /// joins. What is left stays in the outbox.
    void stop();
    void notify() noexcept override { worker_.notify(); }
    const Worker& worker() const noexcept { return worker_; }

    /// One claim, publish and settle, on the caller's thread; for tests. The number of entries
    /// handed to the adapter. Requires that the relay was not started.
    Result<std::size_t> run_once();

  private:
    Worker::Pause step();
    std::chrono::milliseconds wait_after_failure(const Error& error);
    /// How long the adapter takes nothing, at most the poll interval; nothing if it does.
    std::optional<std::chrono::milliseconds> pause_of_adapter();
    /// Takes out of the claimed entries what is too old, and settles it.
    std::vector<Settlement> skip_old(std::vector<OutboxEntry>& entries, Timestamp now) const;
    void notify_observers(std::span<const OutboxEntry> entries) noexcept;
    std::vector<PublishOutcome> publish(std::vector<OutboxEntry>& entries);
    Settlement settlement_of(
        const OutboxEntry& entry, const PublishOutcome& outcome, Timestamp now
    );
    /// Logs and counts what was settled.
    void report_settled(const OutboxEntry& entry, const Settlement& settlement, Timestamp now)
        const;

    Outbox& outbox_;
    PushAdapter& adapter_;
    const Clock& clock_;
    const RelayOptions options_;
    std::vector<RelayObserver*> observers_;

    /// Only the relay's thread:
    std::string failing_reason_;
    bool is_paused_ = false;
    unsigned failures_in_a_row_ = 0;
    std::optional<Timestamp> earliest_retry_;

    Worker worker_;
};

}  // namespace orderpush::usecases

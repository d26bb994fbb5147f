#pragma once

#include "base/guarded.hpp"
#include "base/synchronized_clock.hpp"
#include "base/threads/worker.hpp"
#include "core/delivery/announcements.hpp"
#include "core/delivery/outbox.hpp"
#include "core/events/log_epoch.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace orderpush::usecases {

struct DatabaseWatchOptions {
    std::chrono::milliseconds interval{3'000};
};

/// Keeps this instance true to its database: its time to the database's clock, which all instances
/// share, and what it says of the logs to their epoch. When an epoch begins while the service runs,
/// it is announced by realtime:epoch_began on the kitchen, waiters and menu channels of the
/// branches at work; at a start nobody is told, for a copy is started too. One thread of its own.
class DatabaseWatch {
  public:
    /// All outlive it.
    DatabaseWatch(
        EpochStore& epochs,
        Announcements& announcements,
        OutboxSignal& signal,
        SynchronizedClock& clock,
        const DatabaseWatchOptions& options = {}
    );
    DatabaseWatch(const DatabaseWatch&) = delete;
    DatabaseWatch& operator=(const DatabaseWatch&) = delete;
    ~DatabaseWatch() = default;

    void start() { worker_.start(); }
    void stop() { worker_.stop(); }
    const Worker& worker() const noexcept { return worker_; }

    /// One look, on the caller's thread, which is not beside the worker's. Errors of the store.
    Result<void> look();
    /// As the database says; while it is away, as the last look found. Any thread; blocks on the
    /// store. Errors of the store before the first look.
    Result<EpochId> epoch();

  private:
    void step();
    void report(const EpochLook& found) const;
    void announce(const EpochId& epoch);
    void compare_clocks();

    EpochStore& epochs_;
    Announcements& announcements_;
    OutboxSignal& signal_;
    SynchronizedClock& clock_;
    Guarded<std::optional<EpochLook>> last_;
    /// Only whoever looks:
    std::chrono::milliseconds reported_lead_{0};
    std::string failing_reason_;
    Worker worker_;
};

}  // namespace orderpush::usecases

#pragma once

#include "base/crypto/uuid.hpp"
#include "base/result.hpp"
#include "base/threads/worker.hpp"
#include "base/timestamp.hpp"
#include "core/delivery/outbox.hpp"
#include "core/tables/session_store.hpp"

#include <chrono>
#include <cstddef>
#include <stop_token>

namespace orderpush {
class Clock;
}

namespace orderpush::usecases {

struct SessionCloserDependencies {
    SessionStore& sessions;
    OutboxSignal& signal;
    IdSource& ids;
    const Clock& clock;
};

struct SessionCloserOptions {
    /// So long after the last change of its orders and payments a finished session is closed.
    std::chrono::milliseconds patience = std::chrono::minutes{10};
    /// Between one round and the next.
    std::chrono::milliseconds interval{15'000};
    /// Sessions read at a time.
    int batch_max = 100;
};

/// Closes table sessions whose bill is settled and everything served, where the branch has that
/// (CloseSessions::kServed). One thread of its own; of several instances each session is closed by
/// one.
class SessionCloser {
  public:
    explicit SessionCloser(
        const SessionCloserDependencies& dependencies, const SessionCloserOptions& options = {}
    );

    /// A first round at once, then one per interval.
    void start() { worker_.start(); }
    /// Waits for the statement in hand.
    void stop() { worker_.stop(); }
    const Worker& worker() const noexcept { return worker_; }

    /// One round, on the caller's thread: how many it closed. The first error ends it.
    Result<std::size_t> run_once(const std::stop_token& stop);

  private:
    /// One round, and a log line of what became of it.
    void run_and_log(const std::stop_token& stop);
    Result<bool> close(const TableSession& session, Timestamp finished_until);

    const SessionCloserDependencies deps_;
    const SessionCloserOptions options_;
    bool is_failing_ = false;
    Worker worker_;
};

}  // namespace orderpush::usecases

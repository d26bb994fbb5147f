#pragma once

#include "base/observability/log_limiter.hpp"
#include "base/observability/metrics.hpp"
#include "base/result.hpp"
#include "base/timestamp.hpp"
#include "storage/database/write_health.hpp"
#include "storage/statement.hpp"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace pqxx {
class result;
}

namespace orderpush::storage {

class Connection;
class Parameters;
class Transaction;
class Watchdog;
struct Failure;

/// Statements and transactions that failed, by what that means: see Failure.
struct StatementErrors {
    metrics::Counter final_ones;
    metrics::Counter rolled_back;
    metrics::Counter connection_lost;
};

struct DbPoolOptions {
    /// libpq connection string or URI.
    std::string url;
    /// As ConnectionOptions::is_pooled.
    bool is_pooled = false;
    /// Connections at most; opened as needed, as far as the server lets us have them.
    std::size_t size = 8;
    /// How long a caller waits for one of them.
    std::chrono::milliseconds lease_timeout{2'000};
    /// After a failed attempt to connect, how long all callers fail at once; then one of them tries
    /// again.
    std::chrono::milliseconds away_pause{250};
    /// The server gave us fewer than `size`: how long callers share these before one of them asks
    /// for another.
    std::chrono::milliseconds growth_pause{5'000};
    /// Waiting for a connection, in seconds.
    metrics::Histogram wait = {};
    StatementErrors errors = {};
};

/// A bounded set of connections to PostgreSQL. Any thread. Recovers by itself: connections that
/// ended are replaced as they are next wanted.
class DbPool {
  public:
    /// Connects nothing yet. Throws std::invalid_argument for a URL that cannot be read.
    explicit DbPool(DbPoolOptions options);
    DbPool(const DbPool&) = delete;
    DbPool& operator=(const DbPool&) = delete;
    /// Requires that no lease is out.
    ~DbPool();

    /// A connection of one thread for the time of its life; goes back to the pool after it.
    class Lease {
      public:
        Lease(DbPool& pool, std::unique_ptr<Connection> connection, std::uint64_t generation);
        Lease(Lease&&) noexcept = default;
        Lease& operator=(Lease&&) = delete;
        Lease(const Lease&) = delete;
        Lease& operator=(const Lease&) = delete;
        ~Lease();

        Connection& connection() { return *connection_; }
        /// The connection is of no more use: close it instead of giving it back.
        void discard() { is_good_ = false; }

      private:
        DbPool& pool_;
        std::unique_ptr<Connection> connection_;
        std::uint64_t generation_;
        bool is_good_ = true;
    };

    struct Figures {
        /// Leased, or being opened.
        std::size_t in_use = 0;
        std::size_t open = 0;
        std::size_t max = 0;
    };
    Figures figures();

    /// kUnavailable, with retry_after, if none gets free in time or the database cannot be reached.
    Result<Lease> lease();

    /// Runs one statement in a transaction of its own, in one round trip (three through a
    /// transaction pooler). Tried once more if the server rolled it back to resolve a deadlock, if
    /// another connection may do it, or if it is a read whose connection was lost. Errors as
    /// to_failure() maps them; a write whose answer was lost is kUnavailable "outcome_unknown".
    Result<pqxx::result> run(const Statement& statement, const Parameters& parameters);

    /// Runs `work` in one transaction: committed if it answers with rows, rolled back if with an
    /// error. `work` executes the transaction's statements and may throw what they throw; it may be
    /// called twice, as run() tries again what the server rolled back, and what was lost before it
    /// asked for the commit. Errors as of run(); a commit whose answer was lost is kUnavailable
    /// "outcome_unknown". The whole has to be done within seven seconds.
    Result<pqxx::result> transact(
        const std::function<Result<pqxx::result>(Transaction& transaction)>& work
    );

    /// Whether the server takes writes: a standby does not, nor one that was made read-only. If it
    /// does not, no connection to it is kept. kUnavailable: so, or a write has just been refused
    /// for a reason that is not its own, e.g. "database_full".
    Result<void> check_writable();
    /// A session outside the pool gets no connection: the pool lets go of one, unless it is the
    /// last, and asks for no more for a while.
    void make_room();

  private:
    enum class MayRetry { kNo, kYes };
    Result<pqxx::result> transact_once(
        const std::function<Result<pqxx::result>(Transaction& transaction)>& work,
        MayRetry& may_retry
    );
    Result<pqxx::result> run_once(
        const Statement& statement, const Parameters& parameters, MayRetry& may_retry
    );
    /// What became of an attempt to connect.
    struct Attempt {
        std::unique_ptr<Connection> connection;
        Error error = {};
        /// Others of ours are open: one of them is worth the wait.
        bool may_wait = false;
    };

    /// What was taken, and the pool's generation at that moment.
    struct Taken {
        /// Null if a new one may be opened: its place is kept.
        std::unique_ptr<Connection> connection;
        std::uint64_t generation;
    };
    /// An idle connection, or the place for a new one.
    Result<Taken> take_idle(Deadline deadline);
    /// Guarded by mutex_.
    bool may_open() const;
    /// In the place that take_idle() kept for it; gives it up on failure.
    Attempt connect();
    void forget_one();
    /// No connection of before is used again.
    void drop_all();
    /// What the exception means; counted, and kept in mind if it tells of the server.
    Failure failed(const std::exception& exception, std::string_view statement);
    void give_back(
        std::unique_ptr<Connection> connection, std::uint64_t generation, bool is_good
    ) noexcept;

    const DbPoolOptions options_;
    std::unique_ptr<Watchdog> watchdog_;
    WriteHealth writes_;
    LogLimiter bound_lines_{1};

    std::mutex mutex_;
    std::condition_variable changed_;
    /// All below: guarded by mutex_.
    std::vector<std::unique_ptr<Connection>> idle_;
    /// Idle, leased and being opened.
    std::size_t open_count_ = 0;
    /// As far as is known the server lets us have so many; more are asked for at growth_at_.
    std::size_t granted_count_;
    Deadline growth_at_;
    /// Raised by drop_all().
    std::uint64_t generation_ = 0;
    bool is_away_ = false;
    /// Of the last attempt, while it is away.
    Error away_error_;
    Deadline next_attempt_at_;
};

}  // namespace orderpush::storage

#pragma once

#include "core/delivery/outbox.hpp"
#include "storage/statement.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>

namespace pqxx {
class result;
}

namespace orderpush::storage {

class Connection;
class Parameters;
class Watchdog;

struct PgOutboxOptions {
    /// libpq connection string or URI of the server itself: the lease belongs to the session, so no
    /// transaction pooler.
    std::string url;
    /// Entries of one channel per claim, so that a busy channel leaves room for others.
    int channel_entries_max = 64;
    /// The server ends a session that was idle for so long: a frozen holder loses the lease. Above
    /// the relay's poll interval and its publish deadline.
    std::chrono::milliseconds idle_session_timeout{7'000};
    /// Called when it cannot connect: see DbPool::make_room().
    std::function<void()> on_no_connection = {};
};

/// The outbox in PostgreSQL, over a connection of its own. Whoever holds the advisory lock of the
/// adapter relays to it; the lock goes with the session, so a process that died is followed at
/// once. Connects as needed, and again after a loss.
class PgOutbox final : public Outbox {
  public:
    /// Connects nothing yet. Throws std::invalid_argument for a URL that cannot be read.
    explicit PgOutbox(PgOutboxOptions options);
    PgOutbox(const PgOutbox&) = delete;
    PgOutbox& operator=(const PgOutbox&) = delete;
    ~PgOutbox() override;

    Result<std::vector<OutboxEntry>> claim(
        std::string_view adapter, std::size_t limit, Timestamp now
    ) override;
    /// kConflict "relay_elsewhere" too: without the lease nothing is written, for another instance
    /// may have gone on.
    Result<void> settle(
        std::string_view adapter, std::span<const Settlement> settlements, Timestamp now
    ) override;
    void release() noexcept override;

  private:
    struct Range;

    /// Holds the lease of `adapter` after it, on a connection that is not known to have ended.
    Result<void> hold_lease(std::string_view adapter);
    Result<void> connect();
    Result<void> claim_range(
        std::string_view adapter,
        const Range& range,
        Timestamp now,
        std::vector<OutboxEntry>& entries
    );
    Result<pqxx::result> execute(const Statement& statement, const Parameters& parameters);

    const PgOutboxOptions options_;
    std::unique_ptr<Watchdog> watchdog_;
    std::unique_ptr<Connection> connection_;
    /// The adapter whose lease connection_ holds; empty: none.
    std::string leased_adapter_;
    /// Whether it is the stream that channel_counters.is_pending tells of.
    bool is_first_ = true;
    /// Where the next claim goes on among the channels, so that each gets its turn when there is
    /// more than one claim takes.
    std::string last_channel_;
};

}  // namespace orderpush::storage

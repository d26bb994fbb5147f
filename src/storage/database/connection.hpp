#pragma once

#include "storage/database/parameters.hpp"
#include "storage/statement.hpp"

#include <pqxx/pqxx>

#include <chrono>
#include <set>
#include <string>

namespace orderpush::storage {

/// Deadlines the server keeps for a connection.
struct ConnectionOptions {
    /// libpq connection string or URI. What it sets itself wins over the defaults here.
    std::string url;
    std::chrono::milliseconds statement_timeout{5'000};
    std::chrono::milliseconds lock_timeout{3'000};
    /// Further settings, e.g. "-c synchronous_commit=off".
    std::string settings = {};
};

/// The connection string with the deadlines filled in. Throws std::invalid_argument for one that
/// libpq cannot read; its text holds nothing of the string, which has a password in it.
std::string connection_string(const ConnectionOptions& options);

/// A connection to PostgreSQL that prepares statements as they are first used. One thread at a
/// time. Members throw libpqxx's exceptions; to_failure() says what they mean.
class Connection {
  public:
    /// Connects, within the connect timeout (2 s).
    explicit Connection(const ConnectionOptions& options);

    /// One statement, committed when this returns.
    pqxx::result execute(const Statement& statement, const Parameters& parameters);
    /// One statement of a transaction on this connection.
    pqxx::result execute_in(
        pqxx::transaction_base& transaction,
        const Statement& statement,
        const Parameters& parameters
    );
    /// Whether an idle connection has heard of its end, as after a restart of the server. A look at
    /// the socket, no round trip.
    bool is_stale() const;
    /// Waits, at most so long, until the server says something unasked: a notification, which its
    /// receiver then gets, or the end. Returns early for no reason now and then. Throws once the
    /// connection has ended.
    void wait_for_notification(std::chrono::milliseconds time);
    /// Wakes a thread that waits in execute() or wait_for_notification(), which then fails. Any
    /// thread, while the connection exists.
    void interrupt() const noexcept;

    pqxx::connection& raw() { return connection_; }

  private:
    void prepare(const Statement& statement);

    pqxx::connection connection_;
    int socket_;
    std::set<const char*> prepared_;
};

}  // namespace orderpush::storage

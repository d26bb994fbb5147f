#pragma once

#include "storage/database/parameters.hpp"
#include "storage/statement.hpp"

#include <pqxx/pqxx>

#include <chrono>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace orderpush::storage {

/// Deadlines the server keeps for a connection.
struct ConnectionOptions {
    /// libpq connection string or URI. What it sets itself wins over the defaults here.
    std::string url;
    /// A transaction pooler may stand in between: each transaction may meet another session of the
    /// server. Nothing is left in a session then: limits are set by each transaction, statements
    /// are not prepared.
    bool is_pooled = false;
    std::chrono::milliseconds statement_timeout{5'000};
    std::chrono::milliseconds lock_timeout{3'000};
    /// Further settings, e.g. {"synchronous_commit", "off"}.
    std::vector<std::pair<std::string, std::string>> settings = {};
};

/// The connection string with the defaults filled in. Throws std::invalid_argument for one that
/// libpq cannot read; its text holds nothing of the string, which has a password in it.
std::string connection_string(const ConnectionOptions& options);
/// The server's settings, as `set [local] name = value` each, without those that the URL sets
/// itself by its `options`. Throws as connection_string().
std::string settings_sql(const ConnectionOptions& options);

/// A connection to PostgreSQL that prepares statements as they are first used, unless it is pooled.
/// One thread at a time. Members throw libpqxx's exceptions; to_failure() says what they mean.
class Connection {
  public:
    /// Connects, within the connect timeout (2 s for each host).
    explicit Connection(const ConnectionOptions& options);

    /// One statement, committed when this returns.
    pqxx::result execute(const Statement& statement, const Parameters& parameters);
    /// One statement of a transaction on this connection.
    pqxx::result execute_in(
        pqxx::transaction_base& transaction,
        const Statement& statement,
        const Parameters& parameters
    );
    /// What begins a transaction, its limits included.
    const std::string& begin_sql() const noexcept { return begin_sql_; }
    /// Sets the session up, unless that is done. For who uses raw() to run statements; the other
    /// members do so themselves. Throws pqxx::broken_connection if it has ended: libpqxx would
    /// connect again on its own, in the middle of anything.
    void make_ready();
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

    const bool is_pooled_;
    const std::string begin_sql_;
    /// What is left to run in the session before its first use.
    std::string set_up_sql_;
    pqxx::connection connection_;
    int socket_;
    std::set<const char*> prepared_;
};

/// Connects. Calls `on_no_connection`, unless it is null, if it cannot, and throws as Connection.
std::unique_ptr<Connection> open_connection(
    const ConnectionOptions& options, const std::function<void()>& on_no_connection
);

}  // namespace orderpush::storage

#include "storage/database/connection.hpp"

#include "base/text.hpp"
#include "storage/database/conninfo.hpp"
#include "storage/database/transaction.hpp"

#include <algorithm>
#include <poll.h>
#include <string_view>
#include <sys/socket.h>
#include <utility>

namespace orderpush::storage {
namespace {

using ServerSettings = std::vector<std::pair<std::string, std::string>>;

ServerSettings server_settings(const ConnectionOptions& options) {
    const std::string statement_timeout = std::to_string(options.statement_timeout.count());
    ServerSettings settings{
        {"statement_timeout", statement_timeout},
        {"lock_timeout", std::to_string(options.lock_timeout.count())},
        {"idle_in_transaction_session_timeout", statement_timeout},
        {"timezone", "UTC"},
        {"jit", "off"}};
    settings.insert(settings.end(), options.settings.begin(), options.settings.end());
    return settings;
}

/// What the URL sets itself, as `-c name=value` and `--name=value`.
std::string startup_options(const Conninfo& conninfo) {
    std::string options;
    for (const auto& [keyword, value] : conninfo) {
        options = keyword == "options" ? value : options;
    }
    return options;
}

/// Whether `startup_options`, in lower case, set this.
bool sets(std::string_view startup_options, std::string_view name) {
    for (auto at = startup_options.find(name); at != std::string_view::npos;
         at = startup_options.find(name, at + 1)) {
        const auto end = at + name.size();
        const bool begins = at > 0 && std::string_view{" -c"}.find(startup_options[at - 1]) !=
                                          std::string_view::npos;
        if (begins && end < startup_options.size() && startup_options[end] == '=') {
            return true;
        }
    }
    return false;
}

void require_open(const pqxx::connection& connection) {
    if (!connection.is_open()) {
        throw pqxx::broken_connection("the connection is closed");
    }
}

}  // namespace

std::string connection_string(const ConnectionOptions& options) {
    // A peer that vanished is noticed after ten seconds (tcp_user_timeout is in milliseconds).
    Conninfo conninfo{
        {"connect_timeout", "2"},
        {"tcp_user_timeout", "10000"},
        {"keepalives_idle", "10"},
        {"keepalives_interval", "5"},
        {"keepalives_count", "2"},
        {"application_name", "orderpush"},
        {"client_encoding", "UTF8"}};
    auto given = parse_conninfo(options.url);
    if (host_count(given) > 1) {
        // Of several servers one is the primary.
        conninfo.emplace_back("target_session_attrs", "read-write");
    }
    for (auto& parameter : given) {
        conninfo.push_back(std::move(parameter));
    }
    return to_string(conninfo);
}

std::string settings_sql(const ConnectionOptions& options) {
    const std::string own = in_lower_case(startup_options(parse_conninfo(options.url)));
    std::string sql;
    for (const auto& [name, value] : server_settings(options)) {
        if (!sets(own, name)) {
            sql += (options.is_pooled ? "; set local " : "; set ") + name + " = '" + value + "'";
        }
    }
    return sql.empty() ? sql : sql.substr(2);
}

Connection::Connection(const ConnectionOptions& options)
    : is_pooled_(options.is_pooled),
      begin_sql_(is_pooled_ ? "begin; " + settings_sql(options) : "begin"),
      set_up_sql_(is_pooled_ ? std::string{} : settings_sql(options)),
      connection_(connection_string(options)),
      socket_(connection_.sock()) {}

pqxx::result Connection::execute(const Statement& statement, const Parameters& parameters) {
    if (is_pooled_) {
        Transaction transaction{*this};
        auto rows = transaction.execute(statement, parameters);
        transaction.commit();
        return rows;
    }
    make_ready();
    pqxx::nontransaction session{connection_};
    return execute_in(session, statement, parameters);
}

pqxx::result Connection::execute_in(
    pqxx::transaction_base& transaction, const Statement& statement, const Parameters& parameters
) {
    require_open(connection_);
    if (is_pooled_) {
        return transaction.exec_params(
            statement.text, pqxx::prepare::make_dynamic_params(parameters.pointers())
        );
    }
    prepare(statement);
    return transaction.exec_prepared(
        statement.name, pqxx::prepare::make_dynamic_params(parameters.pointers())
    );
}

void Connection::make_ready() {
    require_open(connection_);
    if (!set_up_sql_.empty()) {
        // Not by start-up options: poolers refuse them, those too that keep a session for its
        // client.
        pqxx::nontransaction{connection_}.exec0(set_up_sql_);
        set_up_sql_.clear();
    }
}

void Connection::prepare(const Statement& statement) {
    if (!prepared_.contains(statement.name)) {
        connection_.prepare(statement.name, statement.text);
        connection_.prepare_now(statement.name);
        prepared_.insert(statement.name);
    }
}

bool Connection::is_stale() const {
    // The server says nothing to an idle connection but that it ends.
    pollfd descriptor{.fd = socket_, .events = POLLIN, .revents = 0};
    return ::poll(&descriptor, 1, 0) != 0 || !connection_.is_open();
}

void Connection::wait_for_notification(std::chrono::milliseconds time) {
    if (connection_.get_notifs() > 0) {
        return;
    }
    pollfd descriptor{.fd = socket_, .events = POLLIN, .revents = 0};
    static_cast<void>(::poll(&descriptor, 1, static_cast<int>(time.count())));
    static_cast<void>(connection_.get_notifs());
}

void Connection::interrupt() const noexcept {
    ::shutdown(socket_, SHUT_RDWR);
}

std::unique_ptr<Connection> open_connection(
    const ConnectionOptions& options, const std::function<void()>& on_no_connection
) {
    try {
        return std::make_unique<Connection>(options);
    } catch (const std::exception&) {
        if (on_no_connection) {
            on_no_connection();
        }
        throw;
    }
}

}  // namespace orderpush::storage

#include "storage/database/connection.hpp"

#include "storage/database/conninfo.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <utility>

namespace orderpush::storage {
namespace {

std::string server_settings(const ConnectionOptions& options) {
    return "-c statement_timeout=" + std::to_string(options.statement_timeout.count()) +
           " -c lock_timeout=" + std::to_string(options.lock_timeout.count()) +
           " -c idle_in_transaction_session_timeout=" +
           std::to_string(options.statement_timeout.count()) + " -c timezone=UTC -c jit=off " +
           options.settings;
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
    std::string settings = server_settings(options);
    for (auto& [keyword, value] : parse_conninfo(options.url)) {
        if (keyword == "options") {
            settings += " " + value;
        }
        conninfo.emplace_back(std::move(keyword), std::move(value));
    }
    conninfo.emplace_back("options", std::move(settings));
    return to_string(conninfo);
}

Connection::Connection(const ConnectionOptions& options)
    : connection_(connection_string(options)), socket_(connection_.sock()) {}

pqxx::result Connection::execute(const Statement& statement, const Parameters& parameters) {
    prepare(statement);
    pqxx::nontransaction session{connection_};
    return execute_in(session, statement, parameters);
}

pqxx::result Connection::execute_in(
    pqxx::transaction_base& transaction, const Statement& statement, const Parameters& parameters
) {
    prepare(statement);
    return transaction.exec_prepared(
        statement.name, pqxx::prepare::make_dynamic_params(parameters.pointers())
    );
}

void Connection::prepare(const Statement& statement) {
    if (!connection_.is_open()) {
        // libpqxx would connect again on its own, in the middle of anything.
        throw pqxx::broken_connection("the connection is closed");
    }
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

}  // namespace orderpush::storage

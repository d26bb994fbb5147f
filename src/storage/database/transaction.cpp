#include "storage/database/transaction.hpp"

#include "base/observability/log.hpp"

#include <exception>

namespace orderpush::storage {
namespace {

/// For the member that libpqxx begins with the connection.
pqxx::connection& ready(Connection& connection) {
    connection.make_ready();
    return connection.raw();
}

}  // namespace

Transaction::Transaction(Connection& connection)
    : connection_(connection), session_(ready(connection)) {
    session_.exec0(connection.begin_sql());
    is_open_ = true;
}

Transaction::Transaction(Connection& connection, std::vector<const char*>& writes)
    : Transaction(connection) {
    writes_ = &writes;
}

Transaction::~Transaction() {
    if (!is_open_) {
        return;
    }
    try {
        session_.exec0("rollback");
    } catch (const std::exception& exception) {
        // The server rolls back what loses its connection, and the pool does not keep that.
        log::debug("rollback_lost", {{"detail", exception.what()}});
    }
}

pqxx::result Transaction::execute(const Statement& statement, const Parameters& parameters) {
    if (writes_ != nullptr && statement.access == Statement::Access::kWrite) {
        writes_->push_back(statement.name);
    }
    return connection_.execute_in(session_, statement, parameters);
}

void Transaction::commit() {
    // Whatever comes of it: nothing is left to be rolled back.
    is_open_ = false;
    session_.exec0("commit");
}

}  // namespace orderpush::storage

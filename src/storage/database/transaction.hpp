#pragma once

#include "storage/database/connection.hpp"

#include <pqxx/pqxx>

namespace orderpush::storage {

/// Several statements that are committed together, each of which sees what others committed before
/// it began (READ COMMITTED): for what has to be read after a lock was got. Rolled back unless
/// committed. One thread at a time. Members throw libpqxx's exceptions.
class Transaction {
  public:
    /// Begins. `connection` must outlive the transaction.
    explicit Transaction(Connection& connection)
        : connection_(connection), work_(connection.raw()) {}

    pqxx::result execute(const Statement& statement, const Parameters& parameters) {
        return connection_.execute_in(work_, statement, parameters);
    }
    void commit() { work_.commit(); }

  private:
    Connection& connection_;
    pqxx::work work_;
};

}  // namespace orderpush::storage

#pragma once

#include "storage/database/connection.hpp"

#include <pqxx/pqxx>

#include <vector>

namespace orderpush::storage {

/// Several statements that are committed together, each of which sees what others committed before
/// it began (READ COMMITTED): for what has to be read after a lock was got. Rolled back unless
/// committed. One thread at a time. Members throw libpqxx's exceptions.
class Transaction {
  public:
    /// Begins. `connection` must outlive the transaction.
    explicit Transaction(Connection& connection);
    /// The same; the names of the writes that were begun are added to `writes`, which outlives it.
    Transaction(Connection& connection, std::vector<const char*>& writes);
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    ~Transaction();

    pqxx::result execute(const Statement& statement, const Parameters& parameters);
    void commit();

  private:
    Connection& connection_;
    /// The transaction is begun and ended here, so that its limits come along in one round trip.
    pqxx::nontransaction session_;
    std::vector<const char*>* writes_ = nullptr;
    bool is_open_ = false;
};

}  // namespace orderpush::storage

#pragma once

#include "core/operations/operations_store.hpp"
#include "storage/database/db_pool.hpp"

namespace orderpush::storage {

/// In PostgreSQL. The pool must outlive it.
class PgOperationsStore final : public OperationsStore {
  public:
    explicit PgOperationsStore(DbPool& pool) : pool_(pool) {}

    Result<OperationsPicture> picture(const OperationsFilter& filter) override;
    Result<std::vector<Order>> find_orders(const DeliveryOwner& owner, int number, int limit)
        override;

  private:
    DbPool& pool_;
};

}  // namespace orderpush::storage

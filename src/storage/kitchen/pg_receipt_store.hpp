#pragma once

#include "core/kitchen/receipt_store.hpp"
#include "storage/database/db_pool.hpp"

namespace orderpush::storage {

/// In PostgreSQL. The pool must outlive it.
class PgReceiptStore final : public ReceiptStore {
  public:
    explicit PgReceiptStore(DbPool& pool) : pool_(pool) {}

    Result<RecordedReceipts> record(const ReceiptReport& report) override;
    Result<OrderTrace> trace(const OrderId& order, const SessionId& session) override;

  private:
    DbPool& pool_;
};

}  // namespace orderpush::storage

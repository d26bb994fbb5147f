#pragma once

#include "core/kitchen/receipt_store.hpp"
#include "tests/support/memory/memory_database.hpp"

namespace orderpush::test {

/// Over a MemoryDatabase, which must outlive it. An event is written when it occurred.
class MemoryReceiptStore final : public ReceiptStore {
  public:
    explicit MemoryReceiptStore(MemoryDatabase& database) : database_(database) {}

    Result<RecordedReceipts> record(const ReceiptReport& report) override;
    Result<OrderTrace> trace(const OrderId& order, const SessionId& session) override;

  private:
    MemoryDatabase& database_;
};

}  // namespace orderpush::test

#pragma once

#include "core/operations/operations_store.hpp"
#include "tests/support/memory/memory_database.hpp"

namespace orderpush::test {

/// Over a MemoryDatabase, which must outlive it. An event is written when it occurred.
class MemoryOperationsStore final : public OperationsStore {
  public:
    explicit MemoryOperationsStore(MemoryDatabase& database) : database_(database) {}

    Result<OperationsPicture> picture(const OperationsFilter& filter) override;
    Result<std::vector<Order>> find_orders(const DeliveryOwner& owner, int number, int limit)
        override;

  private:
    MemoryDatabase& database_;
};

}  // namespace orderpush::test

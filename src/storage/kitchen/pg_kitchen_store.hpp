#pragma once

#include "core/kitchen/kitchen_store.hpp"
#include "storage/database/db_pool.hpp"

namespace orderpush::storage {

/// What the kitchen has to do, from PostgreSQL. The pool must outlive it.
class PgKitchenStore final : public KitchenStore {
  public:
    explicit PgKitchenStore(DbPool& pool) : pool_(pool) {}

    Result<std::vector<TicketView>> list_tickets(const TicketFilter& filter) override;
    Result<KitchenBoard> board(
        const BranchId& branch,
        const std::optional<StationId>& station,
        std::span<const Channel> channels
    ) override;
    Result<std::vector<OpenQuantity>> open_quantities(
        const BranchId& branch, const std::optional<StationId>& station
    ) override;
    Result<KitchenStats> count_open(const BranchId& branch) override;

  private:
    DbPool& pool_;
};

}  // namespace orderpush::storage

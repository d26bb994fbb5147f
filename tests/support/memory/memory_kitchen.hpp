#pragma once

#include "core/kitchen/kitchen_store.hpp"
#include "core/kitchen/stats_store.hpp"
#include "tests/support/memory/memory_database.hpp"

namespace orderpush::test {

// The kitchen's ports over a MemoryDatabase, which must outlive them.

class MemoryKitchenStore final : public KitchenStore {
  public:
    explicit MemoryKitchenStore(MemoryDatabase& database) : database_(database) {}

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
    MemoryDatabase& database_;
};

class MemoryStatsStore final : public StatsStore {
  public:
    explicit MemoryStatsStore(MemoryDatabase& database) : database_(database) {}

    Result<KitchenCount> count(const BranchId& branch) override;
    Result<bool> tell(const ToldCount& count) override;
    Result<std::vector<BranchId>> list_outdated(const std::optional<BranchId>& after, int limit)
        override;

  private:
    MemoryDatabase& database_;
};

}  // namespace orderpush::test

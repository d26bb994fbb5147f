#pragma once

#include "core/kitchen/stats_store.hpp"
#include "storage/database/db_pool.hpp"

namespace orderpush::storage {

/// What kitchens were told of their counts, in PostgreSQL. The pool must outlive it.
class PgStatsStore final : public StatsStore {
  public:
    explicit PgStatsStore(DbPool& pool) : pool_(pool) {}

    Result<KitchenCount> count(const BranchId& branch) override;
    Result<bool> tell(const ToldCount& count) override;
    Result<std::vector<BranchId>> list_outdated(const std::optional<BranchId>& after, int limit)
        override;

  private:
    DbPool& pool_;
};

}  // namespace orderpush::storage

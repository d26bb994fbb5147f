#pragma once

#include "core/kitchen/alarm_store.hpp"
#include "storage/database/db_pool.hpp"

namespace orderpush::storage {

class PgAlarmStore final : public AlarmStore {
  public:
    /// The pool outlives the store.
    explicit PgAlarmStore(DbPool& pool) : pool_(pool) {}

    Result<std::vector<WaitingOrder>> waiting(const AlarmWatch& watch) override;
    Result<bool> raise(const NewAlarm& alarm) override;
    Result<void> clear(std::span<const BranchId> attended, Timestamp now) override;

  private:
    DbPool& pool_;
};

}  // namespace orderpush::storage

#pragma once

#include "core/operations/retention.hpp"
#include "storage/database/db_pool.hpp"

namespace orderpush::storage {

/// Retention in PostgreSQL. The pool must outlive it.
class PgRetention final : public Retention {
  public:
    explicit PgRetention(DbPool& pool) : pool_(pool) {}

    Result<PurgedBatch> purge_events(const EventPurge& purge) override;
    Result<std::size_t> purge_idempotency_keys(Timestamp made_until, int limit) override;

  private:
    DbPool& pool_;
};

}  // namespace orderpush::storage

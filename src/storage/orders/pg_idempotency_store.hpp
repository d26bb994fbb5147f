#pragma once

#include "base/clock.hpp"
#include "core/idempotency_store.hpp"
#include "storage/database/db_pool.hpp"

#include <chrono>

namespace orderpush::storage {

/// How long a key keeps its answer; after that it is free again.
inline constexpr std::chrono::hours kIdempotencyKeyLifetime{24};

/// Idempotency keys in PostgreSQL. Pool and clock must outlive it.
class PgIdempotencyStore final : public IdempotencyStore {
  public:
    PgIdempotencyStore(DbPool& pool, const Clock& clock) : pool_(pool), clock_(clock) {}

    Result<std::optional<StoredAnswer>> find(const RestaurantId& restaurant, std::string_view key)
        override;

  private:
    DbPool& pool_;
    const Clock& clock_;
};

}  // namespace orderpush::storage

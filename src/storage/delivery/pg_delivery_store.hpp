#pragma once

#include "core/delivery/delivery_store.hpp"
#include "storage/database/db_pool.hpp"

namespace orderpush::storage {

/// The deliveries in PostgreSQL. The pool must outlive it.
class PgDeliveryStore final : public DeliveryStore {
  public:
    explicit PgDeliveryStore(DbPool& pool) : pool_(pool) {}

    Result<std::vector<FailedDelivery>> list(const DeliveryFilter& filter) override;
    Result<void> retry(const DeliveryKey& key, const DeliveryOwner& owner, Timestamp now) override;
    Result<int> retry_dead(
        const DeliveryOwner& owner,
        const std::optional<std::string>& adapter,
        int limit,
        Timestamp now
    ) override;
    Result<std::vector<StreamBacklog>> backlogs(const DeliveryOwner& owner) override;
    Result<std::vector<StreamBacklog>> total_backlogs(int entries_max) override;

  private:
    DbPool& pool_;
};

}  // namespace orderpush::storage

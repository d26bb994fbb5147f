#pragma once

#include "core/cluster/instance_registry.hpp"
#include "storage/database/db_pool.hpp"

namespace orderpush::storage {

/// The instances in PostgreSQL.
class PgInstanceRegistry final : public InstanceRegistry {
  public:
    explicit PgInstanceRegistry(DbPool& pool) : pool_(pool) {}

    Result<LiveInstances> beat(const Peer& self, std::chrono::milliseconds dead_after) override;
    Result<void> leave(const InstanceId& self) override;

  private:
    DbPool& pool_;
};

}  // namespace orderpush::storage

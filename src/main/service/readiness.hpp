#pragma once

#include "base/result.hpp"
#include "main/lifecycle/schema_readiness.hpp"
#include "main/service/cluster.hpp"
#include "storage/database/db_pool.hpp"

#include <atomic>

namespace orderpush {

/// Whether the service may be sent requests. Any thread.
class Readiness {
  public:
    Readiness(const SchemaReadiness& schema, const Cluster& cluster, storage::DbPool& pool)
        : schema_(schema), cluster_(cluster), pool_(pool) {}

    /// Why not: kUnavailable "draining", "joining", what the schema waits for, or what the database
    /// answers. Blocks on the database.
    Result<void> state();
    /// kUnavailable "schema_not_ready" while what is committed would be pushed by nobody. Does not
    /// block.
    Result<void> may_write() const;
    /// From now on it is not ready: it is about to stop.
    void drain() noexcept { is_draining_ = true; }

  private:
    std::atomic<bool> is_draining_{false};
    const SchemaReadiness& schema_;
    const Cluster& cluster_;
    storage::DbPool& pool_;
};

}  // namespace orderpush

#pragma once

#include "core/pusher_apps/pusher_app_store.hpp"
#include "storage/database/db_pool.hpp"

namespace orderpush::storage {

/// The applications in PostgreSQL. The pool must outlive it.
class PgPusherAppStore final : public PusherAppStore {
  public:
    explicit PgPusherAppStore(DbPool& pool) : pool_(pool) {}

    Result<void> add(const HostedApp& app, Timestamp now) override;
    Result<std::vector<HostedApp>> list(int limit) override;
    Result<void> set_disabled(const std::string& id, bool is_disabled) override;
    Result<void> remove(const std::string& id) override;

  private:
    DbPool& pool_;
};

}  // namespace orderpush::storage

#pragma once

#include "core/access/staff_store.hpp"
#include "storage/database/db_pool.hpp"

namespace orderpush::storage {

/// Staff and API keys in PostgreSQL. The pool must outlive it.
class PgStaffStore final : public StaffStore {
  public:
    explicit PgStaffStore(DbPool& pool) : pool_(pool) {}

    Result<Staff> find_by_email(std::string_view email) override;
    Result<Staff> find(const StaffId& id) override;
    Result<ApiClient> find_api_client_by_hash(std::string_view key_hash) override;
    Result<void> create(const NewStaff& staff) override;
    Result<void> create_api_key(const NewApiKey& key) override;
    Result<std::vector<ApiKey>> list_api_keys(const RestaurantId& restaurant, int limit) override;
    Result<void> revoke_api_key(const RestaurantId& restaurant, const ApiKeyId& id, Timestamp at)
        override;

  private:
    DbPool& pool_;
};

}  // namespace orderpush::storage

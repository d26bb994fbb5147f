#pragma once

#include "core/tables/table_store.hpp"
#include "storage/database/db_pool.hpp"

namespace orderpush::storage {

/// Tables and areas in PostgreSQL. The pool must outlive it.
class PgTableStore final : public TableStore {
  public:
    explicit PgTableStore(DbPool& pool) : pool_(pool) {}

    Result<std::vector<KnownTable>> list(const BranchId& branch) override;
    Result<std::vector<Area>> list_areas(const BranchId& branch) override;
    Result<KnownTable> find(const TableId& id) override;
    Result<Floor> floor(const BranchId& branch, std::span<const Channel> channels) override;
    Result<void> create(const NewTable& table) override;
    Result<void> change(const TableChange& change) override;
    Result<void> renew_qr_token(const NewQrToken& token) override;

  private:
    DbPool& pool_;
};

}  // namespace orderpush::storage

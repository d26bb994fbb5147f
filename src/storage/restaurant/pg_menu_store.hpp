#pragma once

#include "core/restaurant/menu_store.hpp"
#include "storage/database/db_pool.hpp"

namespace orderpush::storage {

/// Branches and menus in PostgreSQL. The pool must outlive it.
class PgMenuStore final : public MenuStore {
  public:
    explicit PgMenuStore(DbPool& pool) : pool_(pool) {}

    Result<Branch> find_branch(const BranchId& id) override;
    Result<std::vector<MenuItem>> list(const BranchId& branch) override;
    Result<Station> find_station(const BranchId& branch, const StationId& id) override;
    Result<MenuItem> find_item(const MenuItemId& id) override;
    Result<void> create_item(const NewMenuItem& item) override;
    Result<void> change_item(const MenuItemChange& change) override;

  private:
    DbPool& pool_;
};

}  // namespace orderpush::storage

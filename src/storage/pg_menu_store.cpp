#include "storage/pg_menu_store.hpp"

#include "storage/query.hpp"
#include "storage/rows.hpp"
#include "storage/statements.hpp"

#include <pqxx/pqxx>

namespace orderpush::storage {

Result<Branch> PgMenuStore::find_branch(const BranchId& id) {
    return query_one(
        pool_,
        kFindBranch,
        Parameters{}.add(id),
        not_found("branch_not_found", "There is no such branch."),
        branch_of
    );
}

Result<std::vector<MenuItem>> PgMenuStore::list(const BranchId& branch) {
    using Found = Result<std::vector<MenuItem>>;
    return query(pool_, kListMenu, Parameters{}.add(branch), [](const pqxx::result& rows) -> Found {
        std::vector<MenuItem> items;
        items.reserve(rows.size());
        for (const auto& row : rows) {
            items.push_back(
                {.id = id_of<MenuItemId>(row["id"]),
                 .branch = id_of<BranchId>(row["branch_id"]),
                 .station = optional_id_of<StationId>(row["station_id"]),
                 .name = row["name"].c_str(),
                 .price_minor = row["price_minor"].as<std::int64_t>(),
                 .is_available = row["is_available"].as<bool>()}
            );
        }
        return items;
    });
}

Result<Station> PgMenuStore::find_station(const BranchId& branch, const StationId& id) {
    return query_one(
        pool_,
        kFindStation,
        Parameters{}.add(branch).add(id),
        not_found("station_not_found", "There is no such station."),
        [](const pqxx::row& row) {
            return Station{
                .id = id_of<StationId>(row["id"]),
                .branch = id_of<BranchId>(row["branch_id"]),
                .name = row["name"].c_str()};
        }
    );
}

}  // namespace orderpush::storage

#include "storage/restaurant/pg_menu_store.hpp"

#include "storage/database/json_parameters.hpp"
#include "storage/database/query.hpp"
#include "storage/database/rows.hpp"
#include "storage/statements.hpp"

#include <pqxx/pqxx>

namespace orderpush::storage {
namespace {

MenuItem menu_item_of(const pqxx::row& row) {
    return {
        .id = id_of<MenuItemId>(row["id"]),
        .branch = id_of<BranchId>(row["branch_id"]),
        .station = optional_id_of<StationId>(row["station_id"]),
        .name = row["name"].c_str(),
        .price_minor = row["price_minor"].as<std::int64_t>(),
        .is_available = row["is_available"].as<bool>(),
        .category = optional_text_of(row["category"]),
        .position = row["position"].as<int>()};
}

}  // namespace

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
            items.push_back(menu_item_of(row));
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

Result<MenuItem> PgMenuStore::find_item(const MenuItemId& id) {
    return query_one(
        pool_,
        kFindMenuItem,
        Parameters{}.add(id),
        not_found("menu_item_not_found", "There is no such menu item."),
        menu_item_of
    );
}

Result<void> PgMenuStore::create_item(const NewMenuItem& created) {
    const MenuItem& item = created.item;
    Parameters parameters;
    parameters.add(item.id)
        .add(item.branch)
        .add(item.station)
        .add(item.name)
        .add(item.price_minor)
        .add(item.is_available)
        .add(item.category)
        .add(item.position)
        .add(events_json(created.events))
        .add(kept_answer_json(created.answer));
    return execute(pool_, kCreateMenuItem, parameters);
}

Result<void> PgMenuStore::change_item(const MenuItemChange& change) {
    Parameters parameters;
    parameters.add(change.before.id);
    for (const MenuItem& item : {change.before, change.after}) {
        parameters.add(item.station)
            .add(item.name)
            .add(item.price_minor)
            .add(item.is_available)
            .add(item.category)
            .add(item.position);
    }
    parameters.add(events_json(change.events));
    const Error changed_meanwhile{
        .kind = ErrorKind::kPreconditionFailed,
        .code = "menu_item_changed",
        .message = "The menu item was changed meanwhile."};
    return execute_one(pool_, kChangeMenuItem, parameters, changed_meanwhile);
}

}  // namespace orderpush::storage

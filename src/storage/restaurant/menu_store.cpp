#include "core/restaurant/menu_store.hpp"

#include "storage/database/db_pool.hpp"
#include "storage/database/json_parameters.hpp"
#include "storage/database/query.hpp"
#include "storage/database/record_events.hpp"
#include "storage/database/rows.hpp"
#include "storage/database/sql_text.hpp"
#include "storage/restaurant/restaurant_rows.hpp"
#include "storage/statement.hpp"
#include "storage/statement_lists.hpp"
#include "storage/store_factories.hpp"

#include <pqxx/pqxx>

#include <array>

namespace orderpush::storage {
namespace {

/// $1 branch.
constexpr Statement kFindBranch{
    "find_branch",
    R"sql(
select b.id as branch_id, b.restaurant_id, b.name as branch_name, r.currency, b.tax_rate_bp,
    b.close_sessions
from branches b join restaurants r on r.id = b.restaurant_id
where b.id = $1 and r.disabled_at is null
)sql",
    Statement::Access::kRead};

/// $1 branch.
constexpr Statement kListMenu{
    "list_menu",
    R"sql(
select m.id, m.branch_id, m.station_id, m.name, m.price_minor, m.is_available, m.category,
    m.position
from menu_items m
where m.branch_id = $1
order by m.position, m.name collate "C", m.id
)sql",
    Statement::Access::kRead};

/// $1 branch, $2 station.
constexpr Statement kFindStation{
    "find_station",
    R"sql(
select s.id, s.branch_id, s.name from stations s where s.branch_id = $1 and s.id = $2
)sql",
    Statement::Access::kRead};

/// $1 menu item.
constexpr Statement kFindMenuItem{
    "find_menu_item",
    R"sql(
select m.id, m.branch_id, m.station_id, m.name, m.price_minor, m.is_available, m.category,
    m.position
from menu_items m
where m.id = $1
)sql",
    Statement::Access::kRead};

/// $1 menu item, $2 branch, $3 station, $4 name, $5 price, $6 availability, $7 category, $8
/// position, $9 events, $10 answer to keep, $11 audit. Fails on menu_items_station_fkey.
constexpr Statement kCreateMenuItem =
    joined_statement("create_menu_item", Statement::Access::kWrite, [] {
        return R"sql(
with allowed as (
    select 1
), guard as (
    select g.* from json_to_recordset($10) as g )sql" +
               kGuardColumns + "), " + kKeepAnswer + R"sql(,
written as (
    insert into menu_items (id, branch_id, station_id, name, price_minor, is_available, category,
        position)
    select $1::uuid, $2::uuid, $3::uuid, $4::text, $5::bigint, $6::boolean, $7::text, $8::integer
    where (select count(*) from kept_key) >= 0
    returning 1
), recorded as (
    select e.* from json_to_recordset($9) as e )sql" +
               kEventColumns + R"sql(
), done as (
    select 1 from written
), audit as (
    select a.* from json_to_recordset($11) as a )sql" +
               kAuditColumns + "), " + kRecordAudit + ", " + kRecordEvents +
               R"sql(
select count(*) from queued
)sql";
    });

/// $1 menu item; as it was: $2 station, $3 name, $4 price, $5 availability, $6 category, $7
/// position; as it becomes: $8 to $13; $14 events, $15 audit. No row: it is no longer as it was.
/// Fails on menu_items_station_fkey.
constexpr Statement kChangeMenuItem =
    joined_statement("change_menu_item", Statement::Access::kWrite, [] {
        return R"sql(
with changed as (
    update menu_items m set station_id = $8, name = $9, price_minor = $10, is_available = $11,
        category = $12,
        position = $13
    where m.id = $1 and m.station_id is not distinct
        from $2::uuid and m.name = $3 and m.price_minor = $4
        and m.is_available = $5 and m.category is not distinct from $6::text and m.position = $7
    returning m.id
), written as (
    select 1 from changed
), recorded as (
    select e.* from changed cross join json_to_recordset($14) as e )sql" +
               kEventColumns + R"sql(
), done as (
    select 1 from changed
), audit as (
    select a.* from json_to_recordset($15) as a )sql" +
               kAuditColumns + "), " + kRecordAudit + ", " + kRecordEvents +
               R"sql(
select c.id from changed c where (select count(*) from queued) >= 0
)sql";
    });

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

/// Branches and menus in PostgreSQL. The pool must outlive it.
class SqlMenuStore final : public MenuStore {
  public:
    explicit SqlMenuStore(DbPool& pool) : pool_(pool) {}

    Result<Branch> find_branch(const BranchId& id) override {
        return query_one(
            pool_,
            kFindBranch,
            Parameters{}.add(id),
            not_found("branch_not_found", "There is no such branch."),
            branch_of
        );
    }

    Result<std::vector<MenuItem>> list(const BranchId& branch) override {
        using Found = Result<std::vector<MenuItem>>;
        return query(
            pool_,
            kListMenu,
            Parameters{}.add(branch),
            [](const pqxx::result& rows) -> Found {
                std::vector<MenuItem> items;
                items.reserve(rows.size());
                for (const auto& row : rows) {
                    items.push_back(menu_item_of(row));
                }
                return items;
            }
        );
    }

    Result<Station> find_station(const BranchId& branch, const StationId& id) override {
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

    Result<MenuItem> find_item(const MenuItemId& id) override {
        return query_one(
            pool_,
            kFindMenuItem,
            Parameters{}.add(id),
            not_found("menu_item_not_found", "There is no such menu item."),
            menu_item_of
        );
    }

    Result<void> create_item(const NewMenuItem& created) override {
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
            .add(kept_answer_json(created.answer))
            .add(audit_json(created.audit));
        return execute(pool_, kCreateMenuItem, parameters);
    }

    Result<void> change_item(const MenuItemChange& change) override {
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
        parameters.add(events_json(change.events)).add(audit_json(change.audit));
        const Error changed_meanwhile{
            .kind = ErrorKind::kPreconditionFailed,
            .code = "menu_item_changed",
            .message = "The menu item was changed meanwhile."};
        return execute_one(pool_, kChangeMenuItem, parameters, changed_meanwhile);
    }

  private:
    DbPool& pool_;
};

}  // namespace

std::unique_ptr<MenuStore> make_menu_store(DbPool& pool) {
    return std::make_unique<SqlMenuStore>(pool);
}

std::span<const Statement> menu_statements() {
    static constexpr std::array kAll{
        kFindBranch, kListMenu, kFindStation, kFindMenuItem, kCreateMenuItem, kChangeMenuItem};
    return kAll;
}

}  // namespace orderpush::storage

#include "core/tables/table_store.hpp"

#include "storage/database/db_pool.hpp"
#include "storage/database/json_parameters.hpp"
#include "storage/database/query.hpp"
#include "storage/database/record_events.hpp"
#include "storage/database/rows.hpp"
#include "storage/database/sql_text.hpp"
#include "storage/orders/order_rows.hpp"
#include "storage/restaurant/restaurant_rows.hpp"
#include "storage/statement.hpp"
#include "storage/statement_lists.hpp"
#include "storage/store_factories.hpp"
#include "storage/tables/known_table.hpp"

#include <nlohmann/json.hpp>
#include <pqxx/pqxx>

#include <array>
#include <chrono>

namespace orderpush::storage {
namespace {

/// $1 branch, $2 channels, $3 closed since. One statement is one snapshot: the tables with their
/// open sessions, the orders of those, what is left on the pass of sessions that were closed since
/// $3, the alarms that stand, and where the channels stood. All but the orders beside
/// the first row, and with no order beside a row of nulls.
constexpr Statement kReadFloor = joined_statement("read_floor", Statement::Access::kRead, [] {
    return R"sql(
with seated as (
    select t.id as table_id, s.id, s.opened_at
    from tables t
    cross join lateral (
        select s.id, s.opened_at from table_sessions s
            where s.table_id = t.id and s.closed_at is null
        -- One by one along the index of open sessions: joined, all that ever were might be read.
        offset 0
    ) s
    where t.branch_id = $1
), placed as (
    select p.id
    from seated s
    cross join lateral (select o.id from orders o where o.session_id = s.id offset 0) p
    union all
    select p.id
    from table_sessions s
    cross join lateral (
        select o.id from orders o
        where o.session_id = s.id and o.status <> 'cancelled' and exists (
            select 1 from order_items i where i.order_id = o.id and i.status = 'ready'
        )
        offset 0
    ) p
    where s.branch_id = $1 and s.closed_at >= $3
), numbered as (
    select p.id, row_number() over (order by p.id) = 1 as is_first
    from (select 1) as always left join placed p on true
)
select
    o.*,
    case when n.is_first then (
        select json_agg(json_build_array(
            t.id, t.number, t.state, a.id, a.name, s.id, unix_ms(s.opened_at),
            (select coalesce(sum(p.amount_minor), 0) from payments p where p.session_id = s.id)
        ) order by a.name collate "C", t.number collate "C", t.id)
        from tables t join areas a on a.id = t.area_id left join seated s on s.table_id = t.id
        where t.branch_id = $1
    ) end as floor_tables,
    case when n.is_first then (
        select json_agg(json_build_array(
            w.id, w.number, w.table_id, w.table_number, w.area_name, u.cause, unix_ms(w.since)
        ) order by w.since, w.id, u.cause)
        from unattended_alarms u
        cross join lateral (
            select o.id, o.number, o.table_id, o.table_number, o.area_name,
                min(t.created_at) as since
            from orders o join tickets t on t.order_id = o.id
            where o.id = u.order_id and t.status = 'pending' and not t.is_held
            group by o.id
        ) w
        where u.branch_id = $1 and u.step = 'waiters' and u.cleared_at is null
    ) end as alarms,
    case when n.is_first then (
        select json_agg(json_build_array(k.channel, k.seq))
        from channel_counters k where k.channel = any ($2::text[])
    ) end as positions,
    (select e.epoch from log_epoch e) as epoch
from numbered n
left join lateral (
    select )sql" +
           kWholeOrder + R"sql(
    from orders o where o.id = n.id
    offset 0 -- As above.
) o on true
order by n.id
)sql";
});

/// $1 branch.
constexpr Statement kListTables = joined_statement("list_tables", Statement::Access::kRead, [] {
    return "select " + kKnownTableColumns + " from tables t " + kTableJoins + R"sql(
where t.branch_id = $1
order by a.name collate "C", t.number collate "C", t.id
)sql";
});

/// $1 branch.
constexpr Statement kListAreas{
    "list_areas",
    R"sql(
select a.id, a.name from areas a where a.branch_id = $1 order by a.name collate "C"
)sql",
    Statement::Access::kRead};

/// $1 table, $2 branch, $3 area, $4 name of the area if it is made with the table, $5 number, $6 QR
/// token, $7 events, $8 answer to keep, $9 audit. Fails on tables_number_key or areas_name_key.
constexpr Statement kCreateTable = joined_statement("create_table", Statement::Access::kWrite, [] {
    return R"sql(
with allowed as (
    select 1
), guard as (
    select g.* from json_to_recordset($8) as g )sql" +
           kGuardColumns + "), " + kKeepAnswer + R"sql(,
made_area as (
    insert into areas (id, branch_id, name)
    select $3::uuid, $2::uuid, $4::text
    where $4::text is not null and (select count(*) from kept_key) >= 0
    returning 1
), made as (
    insert into tables (id, branch_id, area_id, number, qr_token)
    select $1::uuid, $2::uuid, $3::uuid, $5::text, $6::text
    where (select count(*) from made_area) >= 0 and (select count(*) from kept_key) >= 0
    returning 1
), written as (
    select 1 from made
), recorded as (
    select e.* from json_to_recordset($7) as e )sql" +
           kEventColumns + R"sql(
), done as (
    select 1 from made
), audit as (
    select a.* from json_to_recordset($9) as a )sql" +
           kAuditColumns + "), " + kRecordAudit + ", " + kRecordEvents +
           R"sql(
select count(*) from queued
)sql";
});

/// $1 table; as it was: $2 number, $3 area, $4 state; as it becomes: $5, $6, $7; $8 events, $9
/// audit. No row: it is no longer as it was. Fails on tables_number_key.
constexpr Statement kChangeTable = joined_statement("change_table", Statement::Access::kWrite, [] {
    return R"sql(
with changed as (
    update tables t set number = $5, area_id = $6, state = $7
    where t.id = $1 and t.number = $2 and t.area_id = $3 and t.state = $4
    returning t.id
), written as (
    select 1 from changed
), recorded as (
    select e.* from changed cross join json_to_recordset($8) as e )sql" +
           kEventColumns + R"sql(
), done as (
    select 1 from changed
), audit as (
    select a.* from json_to_recordset($9) as a )sql" +
           kAuditColumns + "), " + kRecordAudit + ", " + kRecordEvents +
           R"sql(
select c.id from changed c where (select count(*) from queued) >= 0
)sql";
});

/// $1 table, $2 QR token, $3 answer to keep, $4 audit. No row: no such table.
constexpr Statement kRenewQrToken =
    joined_statement("renew_qr_token", Statement::Access::kWrite, [] {
        return R"sql(
with allowed as (
    select t.id from tables t where t.id = $1
), guard as (
    select g.* from json_to_recordset($3) as g )sql" +
               kGuardColumns + "), " + kKeepAnswer + R"sql(,
done as (
    update tables t set qr_token = $2
    from allowed a
    where t.id = a.id and (select count(*) from kept_key) >= 0
    returning t.id
), audit as (
    select a.* from json_to_recordset($4) as a )sql" +
               kAuditColumns + "), " + kRecordAudit + " select d.id from done d";
    });

using nlohmann::json;

KnownTable known_table_of(const pqxx::row& row) {
    return {
        .table = table_of(row),
        .open_session = optional_id_of<SessionId>(row["session_id"]),
        .qr_token = row["qr_token"].c_str()};
}

template <class SomeId>
SomeId id_in(const json& value) {
    return parse_id<SomeId>(value.get_ref<const std::string&>()).value();
}

Timestamp time_in(const json& value) {
    return Timestamp{std::chrono::milliseconds{value.get<std::int64_t>()}};
}

/// The elements of an array of rows, or none.
json rows_in(const pqxx::field& field) {
    return field.is_null() ? json::array() : json::parse(field.c_str());
}

FloorTable floor_table_of(const json& row, const BranchId& branch) {
    FloorTable floor{
        .table = {
            .id = id_in<TableId>(row.at(0)),
            .branch = {.id = branch, .restaurant = {}, .name = {}, .currency = {}},
            .area = id_in<AreaId>(row.at(3)),
            .area_name = row.at(4),
            .number = row.at(1),
            .state = parse_table_state(row.at(2).get_ref<const std::string&>()).value()}};
    if (!row.at(5).is_null()) {
        floor.session = id_in<SessionId>(row.at(5));
        floor.opened_at = time_in(row.at(6));
        floor.paid_minor = row.at(7);
    }
    return floor;
}

FloorAlarm floor_alarm_of(const json& row) {
    return {
        .order = id_in<OrderId>(row.at(0)),
        .order_number = row.at(1),
        .table = id_in<TableId>(row.at(2)),
        .table_number = row.at(3),
        .area_name = row.at(4),
        .cause = parse_alarm_cause(row.at(5).get_ref<const std::string&>()).value(),
        .since = time_in(row.at(6))};
}

Floor floor_of(
    const pqxx::result& rows, const BranchId& branch, std::span<const Channel> channels
) {
    Floor floor;
    for (const Channel& channel : channels) {
        floor.seqs[channel] = 0;
    }
    const auto first = rows.at(0);
    floor.epoch = id_of<EpochId>(first["epoch"]);
    for (const json& table : rows_in(first["floor_tables"])) {
        floor.tables.push_back(floor_table_of(table, branch));
    }
    for (const json& alarm : rows_in(first["alarms"])) {
        floor.alarms.push_back(floor_alarm_of(alarm));
    }
    for (const json& position : rows_in(first["positions"])) {
        const auto channel = Channel::parse(position.at(0).get_ref<const std::string&>());
        floor.seqs[channel.value()] = position.at(1).get<std::int64_t>();
    }
    for (const auto& row : rows) {
        if (!row["id"].is_null()) {
            floor.orders.push_back(order_of(row));
        }
    }
    return floor;
}

/// Tables and areas in PostgreSQL. The pool must outlive it.
class SqlTableStore final : public TableStore {
  public:
    explicit SqlTableStore(DbPool& pool) : pool_(pool) {}

    Result<std::vector<KnownTable>> list(const BranchId& branch) override {
        using Found = Result<std::vector<KnownTable>>;
        const auto parameters = Parameters{}.add(branch);
        return query(pool_, kListTables, parameters, [](const pqxx::result& rows) -> Found {
            std::vector<KnownTable> tables;
            tables.reserve(rows.size());
            for (const auto& row : rows) {
                tables.push_back(known_table_of(row));
            }
            return tables;
        });
    }

    Result<std::vector<Area>> list_areas(const BranchId& branch) override {
        using Found = Result<std::vector<Area>>;
        return query(
            pool_,
            kListAreas,
            Parameters{}.add(branch),
            [](const pqxx::result& rows) -> Found {
                std::vector<Area> areas;
                areas.reserve(rows.size());
                for (const auto& row : rows) {
                    areas.push_back({.id = id_of<AreaId>(row["id"]), .name = row["name"].c_str()});
                }
                return areas;
            }
        );
    }

    Result<KnownTable> find(const TableId& id) override {
        return query_one(
            pool_,
            kFindTable,
            Parameters{}.add(id),
            not_found("table_not_found", "There is no such table."),
            known_table_of
        );
    }

    Result<Floor> floor(
        const BranchId& branch, Timestamp closed_since, std::span<const Channel> channels
    ) override {
        std::vector<std::string> names;
        for (const Channel& channel : channels) {
            names.push_back(channel.name());
        }
        return query(
            pool_,
            kReadFloor,
            Parameters{}.add(branch).add(text_array(names)).add(closed_since),
            [&](const pqxx::result& rows) -> Result<Floor> {
                return floor_of(rows, branch, channels);
            }
        );
    }

    Result<void> create(const NewTable& table) override {
        const Table& made = table.table;
        Parameters parameters;
        parameters.add(made.id)
            .add(made.branch.id)
            .add(made.area)
            .add(table.has_new_area ? std::optional{made.area_name} : std::nullopt)
            .add(made.number)
            .add(table.qr_token)
            .add(events_json(table.events))
            .add(kept_answer_json(table.answer))
            .add(audit_json(table.audit));
        return execute(pool_, kCreateTable, parameters);
    }

    Result<void> change(const TableChange& change) override {
        Parameters parameters;
        parameters.add(change.before.id)
            .add(change.before.number)
            .add(change.before.area)
            .add(to_string(change.before.state))
            .add(change.after.number)
            .add(change.after.area)
            .add(to_string(change.after.state))
            .add(events_json(change.events))
            .add(audit_json(change.audit));
        const Error changed_meanwhile{
            .kind = ErrorKind::kPreconditionFailed,
            .code = "table_changed",
            .message = "The table was changed meanwhile."};
        return execute_one(pool_, kChangeTable, parameters, changed_meanwhile);
    }

    Result<void> renew_qr_token(const NewQrToken& token) override {
        Parameters parameters;
        parameters.add(token.table)
            .add(token.qr_token)
            .add(kept_answer_json(token.answer))
            .add(audit_json(token.audit));
        return execute_one(
            pool_,
            kRenewQrToken,
            parameters,
            not_found("table_not_found", "There is no such table.")
        );
    }

  private:
    DbPool& pool_;
};

}  // namespace

std::unique_ptr<TableStore> make_table_store(DbPool& pool) {
    return std::make_unique<SqlTableStore>(pool);
}

std::span<const Statement> table_statements() {
    static constexpr std::array kAll{
        kFindTable, kReadFloor, kListTables, kListAreas, kCreateTable, kChangeTable, kRenewQrToken};
    return kAll;
}

}  // namespace orderpush::storage

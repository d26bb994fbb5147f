#include "storage/tables/pg_table_store.hpp"

#include "storage/database/json_parameters.hpp"
#include "storage/database/query.hpp"
#include "storage/database/rows.hpp"
#include "storage/statements.hpp"

#include <nlohmann/json.hpp>
#include <pqxx/pqxx>

#include <chrono>

namespace orderpush::storage {
namespace {

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

}  // namespace

Result<std::vector<KnownTable>> PgTableStore::list(const BranchId& branch) {
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

Result<std::vector<Area>> PgTableStore::list_areas(const BranchId& branch) {
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

Result<KnownTable> PgTableStore::find(const TableId& id) {
    return query_one(
        pool_,
        kFindTable,
        Parameters{}.add(id),
        not_found("table_not_found", "There is no such table."),
        known_table_of
    );
}

Result<Floor> PgTableStore::floor(const BranchId& branch, std::span<const Channel> channels) {
    std::vector<std::string> names;
    for (const Channel& channel : channels) {
        names.push_back(channel.name());
    }
    return query(
        pool_,
        kReadFloor,
        Parameters{}.add(branch).add(text_array(names)),
        [&](const pqxx::result& rows) -> Result<Floor> { return floor_of(rows, branch, channels); }
    );
}

Result<void> PgTableStore::create(const NewTable& table) {
    const Table& made = table.table;
    Parameters parameters;
    parameters.add(made.id)
        .add(made.branch.id)
        .add(made.area)
        .add(table.has_new_area ? std::optional{made.area_name} : std::nullopt)
        .add(made.number)
        .add(table.qr_token)
        .add(events_json(table.events))
        .add(kept_answer_json(table.answer));
    return execute(pool_, kCreateTable, parameters);
}

Result<void> PgTableStore::change(const TableChange& change) {
    Parameters parameters;
    parameters.add(change.before.id)
        .add(change.before.number)
        .add(change.before.area)
        .add(to_string(change.before.state))
        .add(change.after.number)
        .add(change.after.area)
        .add(to_string(change.after.state))
        .add(events_json(change.events));
    const Error changed_meanwhile{
        .kind = ErrorKind::kPreconditionFailed,
        .code = "table_changed",
        .message = "The table was changed meanwhile."};
    return execute_one(pool_, kChangeTable, parameters, changed_meanwhile);
}

Result<void> PgTableStore::renew_qr_token(const NewQrToken& token) {
    Parameters parameters;
    parameters.add(token.table).add(token.qr_token).add(kept_answer_json(token.answer));
    return execute_one(
        pool_, kRenewQrToken, parameters, not_found("table_not_found", "There is no such table.")
    );
}

}  // namespace orderpush::storage

#include "storage/pg_table_store.hpp"

#include "storage/documents.hpp"
#include "storage/query.hpp"
#include "storage/rows.hpp"
#include "storage/statements.hpp"

#include <pqxx/pqxx>

namespace orderpush::storage {
namespace {

KnownTable known_table_of(const pqxx::row& row) {
    return {
        .table = table_of(row),
        .open_session = optional_id_of<SessionId>(row["session_id"]),
        .qr_token = row["qr_token"].c_str()};
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
        .add(to_word(change.before.state))
        .add(change.after.number)
        .add(change.after.area)
        .add(to_word(change.after.state))
        .add(events_json(change.events));
    const Error changed_meanwhile{
        .code = ErrorCode::kPreconditionFailed,
        .reason = "table_changed",
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

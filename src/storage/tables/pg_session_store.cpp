#include "storage/tables/pg_session_store.hpp"

#include "storage/database/json_parameters.hpp"
#include "storage/database/query.hpp"
#include "storage/database/rows.hpp"
#include "storage/statements.hpp"

#include <pqxx/pqxx>

namespace orderpush::storage {
namespace {

Guest guest_of(const pqxx::row& row) {
    return {
        .session = id_of<SessionId>(row["id"]),
        .table = id_of<TableId>(row["table_id"]),
        .branch = id_of<BranchId>(row["branch_id"]),
        .restaurant = id_of<RestaurantId>(row["restaurant_id"]),
        .device_id = row["device_id"].c_str(),
        .name = optional_text_of(row["name"])};
}

}  // namespace

Result<Table> PgSessionStore::find_table_by_qr(std::string_view qr_token) {
    return query_one(
        pool_,
        kFindTableByQr,
        Parameters{}.add(qr_token),
        not_found("qr_token_unknown", "No table has this QR code."),
        table_of
    );
}

Result<JoinedSession> PgSessionStore::open_or_join(const NewSession& session) {
    Parameters parameters;
    parameters.add(session.id)
        .add(session.table)
        .add(session.at)
        .add(session.token_hash)
        .add(session.device_id)
        .add(session.guest_name)
        .add(events_json(session.opened_events))
        .add(kept_answer_json(session.answer ? std::optional{session.answer->kept} : std::nullopt))
        .add(session.answer ? std::optional{session.answer->session} : std::nullopt);
    const Error another_session{
        .kind = ErrorKind::kPreconditionFailed,
        .code = "session_changed",
        .message = "The table's session changed meanwhile."};
    return query_one(
        pool_,
        kOpenOrJoin,
        parameters,
        session.answer ? another_session : not_found("table_not_found", "There is no such table."),
        [](const pqxx::row& row) {
            return JoinedSession{
                .session = session_of(row), .was_opened = row["was_opened"].as<bool>()};
        }
    );
}

Result<TableSession> PgSessionStore::find(const SessionId& id) {
    return query_one(
        pool_,
        kFindSession,
        Parameters{}.add(id),
        not_found("session_not_found", "There is no such session."),
        session_of
    );
}

Result<ClosedSession> PgSessionStore::close(const SessionClosing& closing) {
    Parameters parameters;
    parameters.add(closing.session).add(closing.at).add(events_json(closing.events));
    return query_one(
        pool_,
        kCloseSession,
        parameters,
        not_found("session_not_found", "There is no such session."),
        [](const pqxx::row& row) {
            return ClosedSession{
                .session = session_of(row), .was_closed_now = row["was_closed_now"].as<bool>()};
        }
    );
}

Result<Guest> PgSessionStore::find_guest_by_token_hash(std::string_view token_hash) {
    const auto parameters = Parameters{}.add(token_hash);
    return query(pool_, kFindGuest, parameters, [](const pqxx::result& rows) -> Result<Guest> {
        if (rows.empty()) {
            return not_found("guest_not_found", "No guest has this token.");
        }
        const pqxx::row row = rows.front();
        if (!row["closed_at"].is_null()) {
            return session_closed(ErrorKind::kUnauthenticated);
        }
        return guest_of(row);
    });
}

Result<DepartedGuest> PgSessionStore::find_departed_guest(std::string_view token_hash) {
    using Found = Result<DepartedGuest>;
    const auto parameters = Parameters{}.add(token_hash);
    return query(pool_, kFindGuest, parameters, [](const pqxx::result& rows) -> Found {
        const auto closed_at =
            rows.empty() ? std::nullopt : optional_time_of(rows.front()["closed_at"]);
        if (!closed_at) {
            return not_found("guest_not_found", "No guest of a closed session had this token.");
        }
        return DepartedGuest{.guest = guest_of(rows.front()), .closed_at = *closed_at};
    });
}

Result<std::pair<Table, std::optional<SessionId>>> PgSessionStore::find_table(const TableId& id) {
    return query_one(
        pool_,
        kFindTable,
        Parameters{}.add(id),
        not_found("table_not_found", "There is no such table."),
        [](const pqxx::row& row) {
            return std::pair{table_of(row), optional_id_of<SessionId>(row["session_id"])};
        }
    );
}

}  // namespace orderpush::storage

#include "core/tables/session_store.hpp"

#include "storage/database/db_pool.hpp"
#include "storage/database/json_parameters.hpp"
#include "storage/database/query.hpp"
#include "storage/database/record_events.hpp"
#include "storage/database/rows.hpp"
#include "storage/database/sql_text.hpp"
#include "storage/database/transaction.hpp"
#include "storage/restaurant/restaurant_rows.hpp"
#include "storage/statement.hpp"
#include "storage/statement_lists.hpp"
#include "storage/store_factories.hpp"
#include "storage/tables/known_table.hpp"
#include "storage/tables/session_lock.hpp"

#include <pqxx/pqxx>

#include <array>

namespace orderpush::storage {
namespace {

/// $1 QR token.
constexpr Statement kFindTableByQr =
    joined_statement("find_table_by_qr", Statement::Access::kRead, [] {
        return "select " + kTableColumns + " from tables t " + kTableJoins +
               " where t.qr_token = $1 and r.disabled_at is null";
    });

/// $1 session, used if the table has no open one, $2 table, $3 now, $4 token hash, $5 device, $6
/// guest's name, $7 events of an opening, $8 answer to keep, $9 the session that the answer names,
/// or null. `id` is $1 exactly if this opened the session: of two at once the second waits for the
/// first at table_sessions_open_key, then gets the first one's row. No row: no such table, or
/// another session than $9; then nothing was written.
constexpr Statement kOpenOrJoin = joined_statement("open_or_join", Statement::Access::kWrite, [] {
    return R"sql(
with named as (
    select s.id, s.table_id, s.opened_at
    from table_sessions s
    where s.id = $9 and s.table_id = $2 and s.closed_at is null
    for share
), opened as (
    insert into table_sessions as s (id, restaurant_id, branch_id, table_id, opened_at)
    select $1, b.restaurant_id, b.id, t.id, $3
    from tables t join branches b on b.id = t.branch_id
    where t.id = $2 and ($9::uuid is null or $9 = $1)
    on conflict (table_id) where closed_at is null do update set opened_at = s.opened_at
    returning s.id, s.table_id, s.opened_at
), allowed as (
    select s.id, s.table_id, s.opened_at
    from (select * from named union all select * from opened) s
    where $9::uuid is null or s.id = $9
), guard as (
    select g.* from json_to_recordset($8) as g )sql" +
           kGuardColumns + "), " + kKeepAnswer + R"sql(,
joined as (
    insert into session_guests (token_hash, session_id, device_id, name, joined_at)
    select $4, s.id, $5, $6, $3 from allowed s where (select count(*) from kept_key) >= 0
    returning 1
), occupied as (
    update tables t set state = 'occupied' from allowed s where t.id = s.table_id and s.id = $1
    returning 1
), written as (
    select 1 from joined union all select 1 from occupied
), recorded as (
    select e.position, e.id, e.name, e.payload, e.occurred_at, e.channels
    from allowed s cross join json_to_recordset($7) as e )sql" +
           kEventColumns + R"sql(
    where s.id = $1
), )sql" + kRecordEvents +
           R"sql(
select s.id, unix_ms(s.opened_at) as opened_at, null::bigint as closed_at, s.id = $1 as was_opened,
)sql" + kTableColumns +
           R"sql(
from allowed s join tables t on t.id = s.table_id
)sql" + kTableJoins +
           R"sql(
where (select count(*) from queued) >= 0 and (select count(*) from written) >= 0
)sql";
});

/// Whether session `s` is finished since `u.until`: see SessionStore::list_finished(). A line that
/// is recalled while this is read may be missed; what is to be served again stays on the pass.
constexpr SqlText kIsFinished{R"sql(
    exists (select 1 from payments p where p.session_id = s.id)
    and not exists (select 1 from payments p where p.session_id = s.id and p.paid_at > u.until)
    and not exists (
        select 1 from orders o
        where o.session_id = s.id and (o.updated_at > u.until or o.status <> 'cancelled' and exists (
            select 1 from order_items i
            where i.order_id = o.id and i.status not in ('served', 'cancelled')
        ))
    )
    and (select coalesce(sum(o.final_minor), 0) from orders o
        where o.session_id = s.id and o.status <> 'cancelled')
        = (select sum(p.amount_minor) from payments p where p.session_id = s.id)
)sql"};

/// $1 until, $2 limit.
constexpr Statement kListFinishedSessions =
    joined_statement("list_finished_sessions", Statement::Access::kRead, [] {
        return R"sql(
select s.id, unix_ms(s.opened_at) as opened_at, null::bigint as closed_at,
)sql" + kTableColumns +
               R"sql(
from (select $1::timestamptz as until) u cross join table_sessions s
    join tables t on t.id = s.table_id
)sql" + kTableJoins +
               R"sql(
where s.closed_at is null and b.close_sessions = 'served' and
)sql" + kIsFinished +
               R"sql(
limit $2
)sql";
    });

/// $1 restaurant, $2 limit.
constexpr Statement kListOpenSessions =
    joined_statement("list_open_sessions", Statement::Access::kRead, [] {
        return R"sql(
select s.id, unix_ms(s.opened_at) as opened_at, null::bigint as closed_at,
)sql" + kTableColumns +
               R"sql(
from table_sessions s join tables t on t.id = s.table_id
)sql" + kTableJoins +
               R"sql(
where b.restaurant_id = $1 and s.closed_at is null
limit $2
)sql";
    });

/// $1 session, $2 now, $3 events of the closing, $4 answer to keep, $5 until, or null: see
/// SessionClosing. Waits for orders that are being placed; with $5 it requires kLockSession before
/// it in the transaction. No row: no such session.
constexpr Statement kCloseSession =
    joined_statement("close_session", Statement::Access::kWrite, [] {
        return R"sql(
with seated as (
    select s.id, s.table_id, s.opened_at, s.closed_at from table_sessions s where s.id = $1
        for update
), closed as (
    update table_sessions s set closed_at = $2
    from seated x cross join (select $5::timestamptz as until) u
    where s.id = x.id and x.closed_at is null and (u.until is null or (
)sql" + kIsFinished +
               R"sql(
    ))
    returning s.id, s.table_id, s.closed_at
), allowed as (
    select 1 from closed
), guard as (
    select g.* from json_to_recordset($4) as g )sql" +
               kGuardColumns + "), " + kKeepAnswer + R"sql(,
left_behind as (
    update tables t set state = 'needs-cleaning' from closed c where t.id = c.table_id
    returning 1
), written as (
    select 1 from left_behind union all select 1 from kept_key
), recorded as (
    select e.position, e.id, e.name, e.payload, e.occurred_at, e.channels
    from closed c cross join json_to_recordset($3) as e )sql" +
               kEventColumns + R"sql(
), )sql" + kRecordEvents +
               R"sql(
select s.id, unix_ms(s.opened_at) as opened_at, unix_ms(coalesce(s.closed_at, c.closed_at)) as closed_at,
    c.id is not null as was_closed_now,
)sql" + kTableColumns +
               R"sql(
from seated s left join closed c on c.id = s.id join tables t on t.id = s.table_id
)sql" + kTableJoins +
               R"sql(
where (select count(*) from queued) >= 0
)sql";
    });

/// $1 session.
constexpr Statement kFindSession = joined_statement("find_session", Statement::Access::kRead, [] {
    return R"sql(
select s.id, unix_ms(s.opened_at) as opened_at, unix_ms(s.closed_at) as closed_at,
)sql" + kTableColumns +
           R"sql(
from table_sessions s join tables t on t.id = s.table_id
)sql" + kTableJoins +
           " where s.id = $1";
});

/// $1 token hash.
constexpr Statement kFindGuest{
    "find_guest",
    R"sql(
select s.id, s.table_id, s.branch_id, s.restaurant_id, g.device_id, g.name,
    unix_ms(s.closed_at) as closed_at
from session_guests g join table_sessions s on s.id = g.session_id
    join restaurants r on r.id = s.restaurant_id
where g.token_hash = $1 and r.disabled_at is null
)sql",
    Statement::Access::kRead};

Guest guest_of(const pqxx::row& row) {
    return {
        .session = id_of<SessionId>(row["id"]),
        .table = id_of<TableId>(row["table_id"]),
        .branch = id_of<BranchId>(row["branch_id"]),
        .restaurant = id_of<RestaurantId>(row["restaurant_id"]),
        .device_id = row["device_id"].c_str(),
        .name = optional_text_of(row["name"])};
}

ClosedSession closed_session_of(const pqxx::row& row) {
    return {.session = session_of(row), .was_closed_now = row["was_closed_now"].as<bool>()};
}

/// Tables, sessions and guests in PostgreSQL. The pool must outlive it.
class SqlSessionStore final : public SessionStore {
  public:
    explicit SqlSessionStore(DbPool& pool) : pool_(pool) {}

    Result<Table> find_table_by_qr(std::string_view qr_token) override {
        return query_one(
            pool_,
            kFindTableByQr,
            Parameters{}.add(qr_token),
            not_found("qr_token_unknown", "No table has this QR code."),
            table_of
        );
    }

    Result<JoinedSession> open_or_join(const NewSession& session) override {
        Parameters parameters;
        parameters.add(session.id)
            .add(session.table)
            .add(session.at)
            .add(session.token_hash)
            .add(session.device_id)
            .add(session.guest_name)
            .add(events_json(session.opened_events))
            .add(kept_answer_json(
                session.answer ? std::optional{session.answer->kept} : std::nullopt
            ))
            .add(session.answer ? std::optional{session.answer->session} : std::nullopt);
        const Error another_session{
            .kind = ErrorKind::kPreconditionFailed,
            .code = "session_changed",
            .message = "The table's session changed meanwhile."};
        return query_one(
            pool_,
            kOpenOrJoin,
            parameters,
            session.answer ? another_session
                           : not_found("table_not_found", "There is no such table."),
            [](const pqxx::row& row) {
                return JoinedSession{
                    .session = session_of(row), .was_opened = row["was_opened"].as<bool>()};
            }
        );
    }

    Result<TableSession> find(const SessionId& id) override {
        return query_one(
            pool_,
            kFindSession,
            Parameters{}.add(id),
            not_found("session_not_found", "There is no such session."),
            session_of
        );
    }

    Result<ClosedSession> close(const SessionClosing& closing) override {
        Parameters parameters;
        parameters.add(closing.session)
            .add(closing.at)
            .add(events_json(closing.events))
            .add(kept_answer_json(closing.answer))
            .add(closing.finished_until);
        const Error missing = not_found("session_not_found", "There is no such session.");
        if (!closing.finished_until) {
            return query_one(pool_, kCloseSession, parameters, missing, closed_session_of);
        }
        const auto work = [&](Transaction& transaction) -> Result<pqxx::result> {
            transaction.execute(kLockSession, Parameters{}.add(closing.session));
            return transaction.execute(kCloseSession, parameters);
        };
        const auto rows = ORDERPUSH_TRY(pool_.transact(work));
        return rows.empty() ? Result<ClosedSession>{missing} : closed_session_of(rows.front());
    }

    Result<std::vector<TableSession>> list_finished(Timestamp until, int limit) override {
        using Found = Result<std::vector<TableSession>>;
        const auto parameters = Parameters{}.add(until).add(limit);
        return query(
            pool_,
            kListFinishedSessions,
            parameters,
            [](const pqxx::result& rows) -> Found {
                std::vector<TableSession> sessions;
                for (const auto& row : rows) {
                    sessions.push_back(session_of(row));
                }
                return sessions;
            }
        );
    }

    Result<std::vector<TableSession>> list_open(const RestaurantId& restaurant, int limit)
        override {
        using Found = Result<std::vector<TableSession>>;
        return query(
            pool_,
            kListOpenSessions,
            Parameters{}.add(restaurant).add(limit),
            [](const pqxx::result& rows) -> Found { return all_of(rows, session_of); }
        );
    }

    Result<Guest> find_guest_by_token_hash(std::string_view token_hash) override {
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

    Result<DepartedGuest> find_departed_guest(std::string_view token_hash) override {
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

    Result<std::pair<Table, std::optional<SessionId>>> find_table(const TableId& id) override {
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

  private:
    DbPool& pool_;
};

}  // namespace

std::unique_ptr<SessionStore> make_session_store(DbPool& pool) {
    return std::make_unique<SqlSessionStore>(pool);
}

std::span<const Statement> session_statements() {
    static constexpr std::array kAll{
        kFindTableByQr,
        kOpenOrJoin,
        kListFinishedSessions,
        kListOpenSessions,
        kLockSession,
        kCloseSession,
        kFindSession,
        kFindGuest};
    return kAll;
}

}  // namespace orderpush::storage

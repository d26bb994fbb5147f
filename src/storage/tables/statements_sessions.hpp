#pragma once

#include "storage/database/record_events.hpp"
#include "storage/database/sql_text.hpp"
#include "storage/database/statement.hpp"

namespace orderpush::storage {

/// The columns of a table `t` in its area `a`, branch `b` and restaurant `r`, as table_of() reads
/// them.
inline constexpr SqlText kTableColumns{R"sql(
    t.id as table_id, t.number as table_number, t.state as table_state, a.id as area_id, a.name as area_name,
    b.id as branch_id, b.restaurant_id, b.name as branch_name, r.currency, b.tax_rate_bp
)sql"};
inline constexpr SqlText kTableJoins{R"sql(
join areas a on a.id = t.area_id
join branches b on b.id = t.branch_id
join restaurants r on r.id = b.restaurant_id
)sql"};

/// $1 QR token.
inline constexpr auto kFindTableByQrText =
    "select " + kTableColumns + " from tables t " + kTableJoins + " where t.qr_token = $1";
inline constexpr Statement kFindTableByQr{
    "find_table_by_qr", kFindTableByQrText.text, Statement::Access::kRead};

/// kTableColumns and what else staff see of a table.
inline constexpr auto kKnownTableColumns = kTableColumns + R"sql(,
    t.qr_token, (select s.id from table_sessions s where s.table_id = t.id and s.closed_at is null) as session_id
)sql";

/// $1 table.
inline constexpr auto kFindTableText =
    "select " + kKnownTableColumns + " from tables t " + kTableJoins + " where t.id = $1";
inline constexpr Statement kFindTable{"find_table", kFindTableText.text, Statement::Access::kRead};

/// $1 session, used if the table has no open one, $2 table, $3 now, $4 token hash, $5 device, $6
/// guest's name, $7 events of an opening, $8 answer to keep, $9 the session that the answer names,
/// or null. `id` is $1 exactly if this opened the session: of two at once the second waits for the
/// first at table_sessions_open_key, then gets the first one's row. No row: no such table, or
/// another session than $9; then nothing was written.
inline constexpr auto kOpenOrJoinText =
    R"sql(
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
), )sql" +
    kRecordEvents + R"sql(
select s.id, unix_ms(s.opened_at) as opened_at, null::bigint as closed_at, s.id = $1 as was_opened,
)sql" +
    kTableColumns + R"sql(
from allowed s join tables t on t.id = s.table_id
)sql" +
    kTableJoins + R"sql(
where (select count(*) from queued) >= 0 and (select count(*) from written) >= 0
)sql";
inline constexpr Statement kOpenOrJoin{
    "open_or_join", kOpenOrJoinText.text, Statement::Access::kWrite};

/// $1 session, $2 now, $3 events of the closing. Waits for orders that are being placed. No row: no
/// such session.
inline constexpr auto kCloseSessionText =
    R"sql(
with seated as (
    select s.id, s.table_id, s.opened_at, s.closed_at from table_sessions s where s.id = $1 for update
), closed as (
    update table_sessions s set closed_at = $2
    from seated x
    where s.id = x.id and x.closed_at is null
    returning s.id, s.table_id
), left_behind as (
    update tables t set state = 'needs-cleaning' from closed c where t.id = c.table_id
    returning 1
), written as (
    select 1 from left_behind
), recorded as (
    select e.position, e.id, e.name, e.payload, e.occurred_at, e.channels
    from closed c cross join json_to_recordset($3) as e )sql" +
    kEventColumns + R"sql(
), )sql" +
    kRecordEvents + R"sql(
select s.id, unix_ms(s.opened_at) as opened_at, unix_ms(coalesce(s.closed_at, $2)) as closed_at,
    c.id is not null as was_closed_now,
)sql" +
    kTableColumns + R"sql(
from seated s left join closed c on c.id = s.id join tables t on t.id = s.table_id
)sql" +
    kTableJoins + R"sql(
where (select count(*) from queued) >= 0
)sql";
inline constexpr Statement kCloseSession{
    "close_session", kCloseSessionText.text, Statement::Access::kWrite};

/// $1 session.
inline constexpr auto kFindSessionText =
    R"sql(
select s.id, unix_ms(s.opened_at) as opened_at, unix_ms(s.closed_at) as closed_at,
)sql" +
    kTableColumns + R"sql(
from table_sessions s join tables t on t.id = s.table_id
)sql" +
    kTableJoins + " where s.id = $1";
inline constexpr Statement kFindSession{
    "find_session", kFindSessionText.text, Statement::Access::kRead};

/// $1 token hash.
inline constexpr Statement kFindGuest{
    "find_guest",
    R"sql(
select s.id, s.table_id, s.branch_id, s.restaurant_id, g.device_id, g.name, unix_ms(s.closed_at) as closed_at
from session_guests g join table_sessions s on s.id = g.session_id
where g.token_hash = $1
)sql",
    Statement::Access::kRead};

}  // namespace orderpush::storage

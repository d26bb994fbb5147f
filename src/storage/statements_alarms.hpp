#pragma once

#include "storage/record_events.hpp"
#include "storage/sql_text.hpp"
#include "storage/statement.hpp"

namespace orderpush::storage {

/// $1 now, $2 at most. The orders with a ticket that nobody took, of all branches: those with the
/// fewest alarms first, then the oldest, so that what was told already keeps nothing new from being
/// seen.
inline constexpr Statement kListWaitingOrders{
    "list_waiting_orders",
    R"sql(
select w.order_id, w.branch_id, unix_ms(w.since) as since, w.is_overdue,
    coalesce(a.no_display, false) as has_no_display_alarm,
    coalesce(a.unacknowledged, false) as has_unacknowledged_alarm
from (
    select p.order_id, b.id as branch_id, p.since,
        p.since <= $1::timestamptz - b.unattended_after_seconds * interval '1 second' as is_overdue
    from branches b
    cross join lateral ( -- One by one along the index: joined, all tickets might be read.
        select t.order_id, min(t.created_at) as since
        from tickets t
        where t.branch_id = b.id and t.status = 'pending' and not t.is_held
        group by t.order_id
    ) p
) w
left join (
    select u.order_id, bool_or(u.cause = 'no_display') as no_display, bool_or(u.cause = 'unacknowledged') as unacknowledged
    from unattended_alarms u
    where u.cleared_at is null
    group by u.order_id
) a on a.order_id = w.order_id
order by coalesce(a.no_display, false)::integer + coalesce(a.unacknowledged, false)::integer, w.since, w.order_id
limit $2
)sql",
    Statement::Access::kRead};

/// $1 alarm, $2 order, $3 branch, $4 cause, $5 now, $6 events. Of two at once the second finds the
/// first one's row at unattended_alarms_open_key, and writes nothing.
inline constexpr auto kRaiseAlarmText =
    R"sql(
with raised as (
    insert into unattended_alarms (id, order_id, branch_id, cause, raised_at)
    select $1, $2, $3, $4, $5
    where exists (
        select 1 from tickets t where t.order_id = $2 and t.status = 'pending' and not t.is_held
    )
    on conflict (order_id, cause) where cleared_at is null do nothing
    returning 1
), written as (
    select 1 from raised
), recorded as (
    select e.position, e.id, e.name, e.payload, e.occurred_at, e.channels
    from raised cross join json_to_recordset($6) as e )sql" +
    kEventColumns + R"sql(
), )sql" +
    kRecordEvents + R"sql(
select exists (select 1 from raised) as was_raised where (select count(*) from queued) >= 0
)sql";
inline constexpr Statement kRaiseAlarm{
    "raise_alarm", kRaiseAlarmText.text, Statement::Access::kWrite};

/// $1 attended branches, $2 now.
inline constexpr Statement kClearAlarms{
    "clear_alarms",
    R"sql(
update unattended_alarms a set cleared_at = $2
where a.cleared_at is null and (
    (a.cause = 'no_display' and a.branch_id = any ($1::uuid[]))
    or not exists (
        select 1 from tickets t where t.order_id = a.order_id and t.status = 'pending' and not t.is_held
    )
)
)sql",
    Statement::Access::kWrite};

}  // namespace orderpush::storage

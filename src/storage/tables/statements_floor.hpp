#pragma once

#include "storage/database/sql_text.hpp"
#include "storage/database/statement.hpp"
#include "storage/orders/statements_orders.hpp"

namespace orderpush::storage {

/// $1 branch, $2 channels. One statement is one snapshot: the tables with their open sessions, the
/// orders of those, the alarms that stand, and where the channels stood. All but the orders beside
/// the first row, and with no order beside a row of nulls.
inline constexpr auto kReadFloorText =
    R"sql(
with seated as (
    select t.id as table_id, s.id, s.opened_at
    from tables t
    cross join lateral (
        select s.id, s.opened_at from table_sessions s where s.table_id = t.id and s.closed_at is null
        offset 0 -- One by one along the index of open sessions: joined, all that ever were might be read.
    ) s
    where t.branch_id = $1
), placed as (
    select p.id
    from seated s
    cross join lateral (select o.id from orders o where o.session_id = s.id offset 0) p
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
            select o.id, o.number, o.table_id, o.table_number, o.area_name, min(t.created_at) as since
            from orders o join tickets t on t.order_id = o.id
            where o.id = u.order_id and t.status = 'pending' and not t.is_held
            group by o.id
        ) w
        where u.branch_id = $1 and u.step = 'waiters' and u.cleared_at is null
    ) end as alarms,
    case when n.is_first then (
        select json_agg(json_build_array(k.channel, k.seq))
        from channel_counters k where k.channel = any ($2::text[])
    ) end as positions
from numbered n
left join lateral (
    select )sql" +
    kWholeOrder + R"sql(
    from orders o where o.id = n.id
    offset 0 -- As above.
) o on true
order by n.id
)sql";
inline constexpr Statement kReadFloor{"read_floor", kReadFloorText.text, Statement::Access::kRead};

}  // namespace orderpush::storage

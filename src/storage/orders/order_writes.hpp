#pragma once

#include "storage/database/record_events.hpp"
#include "storage/statement.hpp"

/// The two statements that write orders.
namespace orderpush::storage {

/// $1 order, $2 session, $3 now, $4 table number, $5 area name, $6 customer name, $7 status, $8
/// note, $9 currency, $10 total, $11 final, $12 version, $13 lines, $14 tickets, $15 events, $16
/// answer, $17 key, $18 request hash, $19 restaurant of the key, $20 the instant at which older
/// keys have lapsed, $21 tax rate, $22 how many orders of the session may be unserved, or null, $23
/// how many of its guests' orders are served, as far as was known. No row: the session is not open,
/// or has too many. The bound is looked at again in the row itself once its lock was waited for
/// (read committed), so that of two at once the second sees the first. A live key fails on
/// idempotency_keys_pkey, which undoes everything.
inline constexpr Statement kPlaceOrder =
    joined_statement("place_order", Statement::Access::kWrite, [] {
        return R"sql(
with unbounded as (
    select s.id, s.table_id, s.branch_id, s.restaurant_id
    from table_sessions s where s.id = $2 and s.closed_at is null and $22::bigint is null
    for share
), bounded as (
    update table_sessions s set guest_orders = s.guest_orders + 1
    where s.id = $2 and s.closed_at is null and s.guest_orders - $23::bigint < $22::bigint
    returning s.id, s.table_id, s.branch_id, s.restaurant_id
), seated as (
    select * from unbounded union all select * from bounded
), numbered as (
    insert into order_numbers as n (branch_id, business_day, last_number)
    select s.branch_id, ($3::timestamptz at time zone b.time_zone)::date, 1
    from seated s join branches b on b.id = s.branch_id
    on conflict (branch_id, business_day) do update set last_number = n.last_number + 1
    returning n.business_day, n.last_number as number, '{"orderNumber":' || n.last_number as opening
), lapsed_key as (
    delete from idempotency_keys
    where restaurant_id = $19 and key = $17 and created_at <= $20::timestamptz
    returning 1
), kept_key as (
    insert into idempotency_keys (restaurant_id, key, request_hash, status, body, created_at)
    select $19::uuid, $17::text, $18::text, 201, n.opening || case $16 when '{}' then '}'
        else ',' || substr($16, 2) end, $3
    from numbered n
    where $17::text is not null and (select count(*) from lapsed_key) >= 0
    returning 1
), placed as (
    insert into orders (
        id, restaurant_id, branch_id, table_id, session_id, business_day, number, table_number,
        area_name, customer_name, status, note, currency, total_minor, final_minor, version,
        created_at, updated_at, tax_rate_bp
    )
    select
        $1, s.restaurant_id, s.branch_id, s.table_id, s.id, n.business_day, n.number, $4, $5, $6,
        $7, $8, $9, $10, $11, $12, $3, $3, $21
    from seated s cross join numbered n
    where (select count(*) from kept_key) >= 0
    returning id, branch_id
), ticketed as (
    insert into tickets (id, order_id, branch_id, station_id, status, created_at)
    select t.id, p.id, p.branch_id, t.station_id, t.status, $3
    from placed p cross join json_to_recordset($14) as t (id uuid, station_id uuid, status text)
    returning 1
), itemised as (
    insert into order_items (
        id, order_id, position, menu_item_id, station_id, ticket_id, name, quantity,
        unit_price_minor, note, status
    )
    select
        i.id, p.id, i.position, i.menu_item_id, i.station_id, i.ticket_id, i.name, i.quantity,
        i.unit_price_minor, i.note, i.status
    from placed p cross join json_to_recordset($13) as i (
        id uuid, position integer, menu_item_id uuid, station_id uuid, ticket_id uuid, name text,
        quantity integer, unit_price_minor bigint, note text, status text
    )
    returning 1
), written as (
    select 1 from ticketed union all select 1 from itemised
), recorded as (
    select
        e.position, e.id, e.name, e.occurred_at, e.channels,
        n.opening || case e.payload when '{}' then '}'
            else ',' || substr(e.payload, 2) end as payload
    from numbered n cross join json_to_recordset($15) as e )sql" +
               kEventColumns + R"sql(
), )sql" + kRecordEvents +
               R"sql(
select n.number, n.opening || case $16 when '{}' then '}' else ',' || substr($16, 2) end as answer
from numbered n
where (select count(*) from queued) >= 0
)sql";
    });

/// $1 order, $2 version it was decided on, $3 next version, $4 now, $5 status, $6 total, $7 final,
/// $8 confirmed at, $9 cancel requested at, $10 its reason, $11 who asked, $12 changed and new
/// tickets, $13 changed and new lines, $14 whether the session must be open, $15 events, $16 answer
/// to keep. One row, which tells whether it was changed, and why not.
inline constexpr Statement kChangeOrder =
    joined_statement("change_order", Statement::Access::kWrite, [] {
        return R"sql(
with seated as (
    select s.id
    from table_sessions s join orders o on o.session_id = s.id
    where o.id = $1 and s.closed_at is null and $14::boolean
    for share of s
), guard as (
    select * from json_to_recordset($16) as g )sql" +
               kGuardColumns + R"sql(
), allowed as (
    update orders o
    set status = $5, version = $3, updated_at = $4, total_minor = $6, final_minor = $7,
        confirmed_at = $8,
        cancel_requested_at = $9, cancel_reason = $10, cancel_requested_by = $11
    where o.id = $1 and o.version = $2 and (not $14::boolean or exists (select 1 from seated))
    returning o.id, o.branch_id
), )sql" + kKeepAnswer +
               R"sql(, ticketed as (
    insert into tickets as old (
        id, order_id, branch_id, station_id, status, priority, is_held, chef_id, chef_name, version,
        created_at, acknowledged_at, started_at, ready_at, completed_at, recalled_by, recalled_at
    )
    select
        t.id, a.id, a.branch_id, t.station_id, t.status, t.priority, t.is_held, t.chef_id,
        t.chef_name, t.version, t.created_at, t.acknowledged_at, t.started_at, t.ready_at,
        t.completed_at, t.recalled_by, t.recalled_at
    from allowed a cross join json_to_recordset($12) as t (
        id uuid, station_id uuid, status text, priority text, is_held boolean, chef_id uuid,
        chef_name text, version bigint, created_at timestamptz, acknowledged_at timestamptz,
        started_at timestamptz, ready_at timestamptz, completed_at timestamptz, recalled_by text,
        recalled_at timestamptz
    )
    on conflict (id) do update set
        station_id = excluded.station_id, status = excluded.status, priority = excluded.priority,
            is_held = excluded.is_held,
        chef_id = excluded.chef_id, chef_name = excluded.chef_name, version = excluded.version,
        acknowledged_at = excluded.acknowledged_at, started_at = excluded.started_at,
            ready_at = excluded.ready_at,
        completed_at = excluded.completed_at, recalled_by = excluded.recalled_by,
        recalled_at = excluded.recalled_at
    where old.order_id = excluded.order_id
    returning 1
), itemised as (
    insert into order_items as old (
        id, order_id, position, menu_item_id, station_id, ticket_id, name, quantity,
        unit_price_minor, note, status
    )
    select
        i.id, a.id, i.position, i.menu_item_id, i.station_id, i.ticket_id, i.name, i.quantity,
        i.unit_price_minor, i.note, i.status
    from allowed a cross join json_to_recordset($13) as i (
        id uuid, position integer, menu_item_id uuid, station_id uuid, ticket_id uuid, name text,
        quantity integer, unit_price_minor bigint, note text, status text
    )
    on conflict (id) do update set station_id = excluded.station_id, status = excluded.status
    where old.order_id = excluded.order_id
    returning 1
), written as (
    select 1 from ticketed union all select 1 from itemised union all select 1 from kept_key
), recorded as (
    select e.position, e.id, e.name, e.payload, e.occurred_at, e.channels
    from allowed a cross join json_to_recordset($15) as e )sql" +
               kEventColumns + R"sql(
), )sql" + kRecordEvents +
               R"sql(
select
    exists (select 1 from allowed) as is_changed,
    exists (select 1 from orders o where o.id = $1) as is_known,
    not $14::boolean or exists (select 1 from seated) as is_seated
from (select count(*) from queued) q
)sql";
    });

}  // namespace orderpush::storage

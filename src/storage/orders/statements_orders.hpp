#pragma once

#include "storage/database/record_events.hpp"
#include "storage/database/sql_text.hpp"
#include "storage/database/statement.hpp"
#include "storage/tables/statements_sessions.hpp"

namespace orderpush::storage {

/// The columns of an order `o`.
inline constexpr SqlText kOrderColumns{R"sql(
    o.id, o.restaurant_id, o.branch_id, o.table_id, o.session_id, o.number, o.table_number, o.area_name, o.customer_name,
    o.status, o.note, o.currency, o.total_minor, o.final_minor, o.tax_rate_bp, o.version, unix_ms(o.created_at) as created_at,
    unix_ms(o.updated_at) as updated_at, unix_ms(o.confirmed_at) as confirmed_at,
    o.cancel_reason, o.cancel_requested_by, unix_ms(o.cancel_requested_at) as cancel_requested_at
)sql"};
inline constexpr SqlText kOrderLines{R"sql(
    select json_agg(json_build_array(
        i.id, i.menu_item_id, i.station_id, i.name, i.quantity, i.unit_price_minor, i.note, i.status,
        i.ticket_id
    ) order by i.position)
    from order_items i where i.order_id = o.id
)sql"};
/// Ids of tickets sort by time.
inline constexpr SqlText kOrderTickets{R"sql(
    select json_agg(json_build_array(
        t.id, t.station_id, s.name, t.status, t.priority, t.is_held, t.chef_id, t.chef_name, t.version, unix_ms(t.created_at),
        unix_ms(t.acknowledged_at), unix_ms(t.started_at), unix_ms(t.ready_at), unix_ms(t.completed_at)
    ) order by t.id)
    from tickets t left join stations s on s.id = t.station_id
    where t.order_id = o.id
)sql"};
/// What order_of() reads of an order `o`.
inline constexpr auto kWholeOrder =
    kOrderColumns + ", (" + kOrderLines + ") as lines, (" + kOrderTickets + ") as tickets";

/// $1 session, $2 ids of menu items.
inline constexpr auto kFindPlacementContextText =
    R"sql(
select
    s.id, unix_ms(s.opened_at) as opened_at, unix_ms(s.closed_at) as closed_at,
)sql" +
    kTableColumns + R"sql(,
    (
        select json_agg(json_build_array(m.id, m.station_id, m.name, m.price_minor, m.is_available))
        from menu_items m where m.id = any ($2::uuid[]) and m.branch_id = s.branch_id
    ) as items,
    (
        select json_agg(json_build_array(k.id, k.name))
        from stations k
        where k.id in (
            select m.station_id from menu_items m where m.id = any ($2::uuid[]) and m.branch_id = s.branch_id
        )
    ) as stations
from table_sessions s join tables t on t.id = s.table_id
)sql" +
    kTableJoins + " where s.id = $1";
inline constexpr Statement kFindPlacementContext{
    "find_placement_context", kFindPlacementContextText.text, Statement::Access::kRead};

/// $1 order, $2 session, $3 now, $4 table number, $5 area name, $6 customer name, $7 status, $8
/// note, $9 currency, $10 total, $11 final, $12 version, $13 lines, $14 tickets, $15 events, $16
/// answer, $17 key, $18 request hash, $19 restaurant of the key, $20 the instant at which older
/// keys have lapsed, $21 tax rate. No row: the session is not open. A live key fails on
/// idempotency_keys_pkey, which undoes everything.
inline constexpr auto kPlaceOrderText =
    R"sql(
with seated as (
    select s.id, s.table_id, s.branch_id, s.restaurant_id
    from table_sessions s where s.id = $2 and s.closed_at is null
    for share
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
    select $19::uuid, $17::text, $18::text, 201, n.opening || case $16 when '{}' then '}' else ',' || substr($16, 2) end, $3
    from numbered n
    where $17::text is not null and (select count(*) from lapsed_key) >= 0
    returning 1
), placed as (
    insert into orders (
        id, restaurant_id, branch_id, table_id, session_id, business_day, number, table_number, area_name, customer_name,
        status, note, currency, total_minor, final_minor, version, created_at, updated_at, tax_rate_bp
    )
    select
        $1, s.restaurant_id, s.branch_id, s.table_id, s.id, n.business_day, n.number, $4, $5, $6, $7, $8, $9, $10, $11, $12, $3, $3, $21
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
        id, order_id, position, menu_item_id, station_id, ticket_id, name, quantity, unit_price_minor, note, status
    )
    select
        i.id, p.id, i.position, i.menu_item_id, i.station_id, i.ticket_id, i.name, i.quantity, i.unit_price_minor, i.note, i.status
    from placed p cross join json_to_recordset($13) as i (
        id uuid, position integer, menu_item_id uuid, station_id uuid, ticket_id uuid, name text, quantity integer,
        unit_price_minor bigint, note text, status text
    )
    returning 1
), written as (
    select 1 from ticketed union all select 1 from itemised
), recorded as (
    select
        e.position, e.id, e.name, e.occurred_at, e.channels,
        n.opening || case e.payload when '{}' then '}' else ',' || substr(e.payload, 2) end as payload
    from numbered n cross join json_to_recordset($15) as e )sql" +
    kEventColumns + R"sql(
), )sql" +
    kRecordEvents + R"sql(
select n.number, n.opening || case $16 when '{}' then '}' else ',' || substr($16, 2) end as answer
from numbered n
where (select count(*) from queued) >= 0
)sql";
inline constexpr Statement kPlaceOrder{
    "place_order", kPlaceOrderText.text, Statement::Access::kWrite};

/// $1 order.
inline constexpr auto kFindOrderText = "select " + kWholeOrder + R"sql(
from orders o where o.id = $1
)sql";
inline constexpr Statement kFindOrder{"find_order", kFindOrderText.text, Statement::Access::kRead};

/// $1 branch, $2 after this order or null, $3 limit.
inline constexpr auto kListBranchOrdersText = "select " + kWholeOrder + R"sql(
from orders o
where o.branch_id = $1 and o.id > coalesce($2::uuid, '00000000-0000-0000-0000-000000000000')
order by o.id limit $3
)sql";
inline constexpr Statement kListBranchOrders{
    "list_branch_orders", kListBranchOrdersText.text, Statement::Access::kRead};

/// $1 branch, $2 statuses, $3 after this order or null, $4 limit. Each status gives its first ones,
/// so that none is read that the limit leaves out of its own; by what the index has and nothing
/// else, or the planner takes the primary key and reads all orders for a status that few have.
inline constexpr auto kListBranchOrdersInStatusText =
    R"sql(
select )sql" +
    kWholeOrder + R"sql(
from (
    select o.id
    from unnest($2::text[]) as wanted (status)
    cross join lateral (
        select o.id
        from orders o
        where o.branch_id = $1 and o.status = wanted.status
            and o.id > coalesce($3::uuid, '00000000-0000-0000-0000-000000000000')
        order by o.id limit $4
    ) o
    order by o.id limit $4
) p
join orders o on o.id = p.id
order by o.id
)sql";
inline constexpr Statement kListBranchOrdersInStatus{
    "list_branch_orders_in_status", kListBranchOrdersInStatusText.text, Statement::Access::kRead};

/// $1 session, $2 branch, $3 statuses or null, $4 after this order or null, $5
/// limit.
inline constexpr auto kListSessionOrdersText = "select " + kWholeOrder + R"sql(
from orders o
where o.session_id = $1 and o.branch_id = $2 and ($3::text[] is null or o.status = any ($3))
    and o.id > coalesce($4::uuid, '00000000-0000-0000-0000-000000000000')
order by o.id limit $5
)sql";
inline constexpr Statement kListSessionOrders{
    "list_session_orders", kListSessionOrdersText.text, Statement::Access::kRead};

/// $1 ticket.
inline constexpr auto kFindOrderByTicketText = "select " + kWholeOrder + R"sql(
from orders o where o.id = (select t.order_id from tickets t where t.id = $1)
)sql";
inline constexpr Statement kFindOrderByTicket{
    "find_order_by_ticket", kFindOrderByTicketText.text, Statement::Access::kRead};

/// $1 order, $2 version it was decided on, $3 next version, $4 now, $5 status, $6 total, $7 final,
/// $8 confirmed at, $9 cancel requested at, $10 its reason, $11 who asked, $12 changed and new
/// tickets, $13 changed and new lines, $14 whether the session must be open, $15 events, $16 answer
/// to keep. One row, which tells whether it was changed, and why not.
inline constexpr auto kChangeOrderText =
    R"sql(
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
    set status = $5, version = $3, updated_at = $4, total_minor = $6, final_minor = $7, confirmed_at = $8,
        cancel_requested_at = $9, cancel_reason = $10, cancel_requested_by = $11
    where o.id = $1 and o.version = $2 and (not $14::boolean or exists (select 1 from seated))
    returning o.id, o.branch_id
), )sql" +
    kKeepAnswer + R"sql(, ticketed as (
    insert into tickets as old (
        id, order_id, branch_id, station_id, status, priority, is_held, chef_id, chef_name, version, created_at,
        acknowledged_at, started_at, ready_at, completed_at
    )
    select
        t.id, a.id, a.branch_id, t.station_id, t.status, t.priority, t.is_held, t.chef_id, t.chef_name, t.version, t.created_at,
        t.acknowledged_at, t.started_at, t.ready_at, t.completed_at
    from allowed a cross join json_to_recordset($12) as t (
        id uuid, station_id uuid, status text, priority text, is_held boolean, chef_id uuid, chef_name text, version bigint,
        created_at timestamptz, acknowledged_at timestamptz, started_at timestamptz, ready_at timestamptz,
        completed_at timestamptz
    )
    on conflict (id) do update set
        station_id = excluded.station_id, status = excluded.status, priority = excluded.priority, is_held = excluded.is_held,
        chef_id = excluded.chef_id, chef_name = excluded.chef_name, version = excluded.version,
        acknowledged_at = excluded.acknowledged_at, started_at = excluded.started_at, ready_at = excluded.ready_at,
        completed_at = excluded.completed_at
    where old.order_id = excluded.order_id
    returning 1
), itemised as (
    insert into order_items as old (
        id, order_id, position, menu_item_id, station_id, ticket_id, name, quantity, unit_price_minor, note, status
    )
    select
        i.id, a.id, i.position, i.menu_item_id, i.station_id, i.ticket_id, i.name, i.quantity, i.unit_price_minor, i.note, i.status
    from allowed a cross join json_to_recordset($13) as i (
        id uuid, position integer, menu_item_id uuid, station_id uuid, ticket_id uuid, name text, quantity integer,
        unit_price_minor bigint, note text, status text
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
), )sql" +
    kRecordEvents + R"sql(
select
    exists (select 1 from allowed) as is_changed,
    exists (select 1 from orders o where o.id = $1) as is_known,
    not $14::boolean or exists (select 1 from seated) as is_seated
from (select count(*) from queued) q
)sql";
inline constexpr Statement kChangeOrder{
    "change_order", kChangeOrderText.text, Statement::Access::kWrite};

/// $1 restaurant, $2 key, $3 the instant at which older keys have lapsed.
inline constexpr Statement kFindIdempotencyKey{
    "find_idempotency_key",
    R"sql(
select k.request_hash, k.status, k.body
from idempotency_keys k
where k.restaurant_id = $1 and k.key = $2 and k.created_at > $3::timestamptz
)sql",
    Statement::Access::kRead};

}  // namespace orderpush::storage

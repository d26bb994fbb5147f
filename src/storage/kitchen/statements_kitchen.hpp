#pragma once

#include "storage/database/record_events.hpp"
#include "storage/database/sql_text.hpp"
#include "storage/database/statement.hpp"
#include "storage/orders/statements_orders.hpp"

namespace orderpush::storage {

/// Of a ticket `t`, as is_open() of core/order_status.hpp has it.
inline constexpr SqlText kTicketIsOpen{
    "t.status in ('pending', 'acknowledged', 'preparing', 'ready')"};

/// What both lists of tickets begin and end with: around them the tickets of one status, by what
/// the index has and nothing else. Whatever is asked beyond that has the planner take the primary
/// key instead, and read all tickets for a status that few have.
inline constexpr auto kTicketPageHead = "select t.id as ticket_id, " + kWholeOrder + R"sql(
from (
    select t.id
    from unnest($2::text[]) as wanted (status)
    cross join lateral (
        select t.id
        from tickets t
        where t.status = wanted.status and t.id > coalesce($3::uuid, '00000000-0000-0000-0000-000000000000')
            and )sql";
inline constexpr SqlText kTicketPageTail{R"sql(
        order by t.id limit $4
    ) t
    order by t.id limit $4
) p
join tickets t on t.id = p.id
join orders o on o.id = t.order_id
where t.branch_id = $1
order by t.id
)sql"};

/// $1 branch, $2 statuses, $3 after this ticket or null, $4 limit. The whole order of each ticket.
/// Each status gives its first ones, so that none is read that the limit leaves out of its own.
inline constexpr auto kListTicketsText = kTicketPageHead + "t.branch_id = $1" + kTicketPageTail;
inline constexpr Statement kListTickets{
    "list_tickets", kListTicketsText.text, Statement::Access::kRead};

/// As above, of one station: $5. Apart, so that each has its own index.
inline constexpr auto kListStationTicketsText =
    kTicketPageHead + "t.station_id = $5" + kTicketPageTail;
inline constexpr Statement kListStationTickets{
    "list_station_tickets", kListStationTicketsText.text, Statement::Access::kRead};

/// $1 branch, $2 station or null, $3 channels. One statement is one snapshot: the orders with open
/// tickets and where the channels stood. Beside the first row, and with none to show beside a row
/// of nulls, the stations, the positions and the ages that the branch calls old.
inline constexpr auto kReadBoardText =
    R"sql(
with open_orders as (
    select distinct t.order_id
    from tickets t
    where t.branch_id = $1 and )sql" +
    kTicketIsOpen + R"sql( and ($2::uuid is null or t.station_id = $2)
), numbered as (
    select p.order_id, row_number() over (order by p.order_id) = 1 as is_first
    from (select 1) as always left join open_orders p on true
)
select
    o.*,
    case when n.is_first then (
        select json_agg(json_build_array(s.id, s.name) order by s.name, s.id)
        from stations s where s.branch_id = $1 and ($2::uuid is null or s.id = $2)
    ) end as stations,
    case when n.is_first then (
        select json_agg(json_build_array(k.channel, k.seq))
        from channel_counters k where k.channel = any ($3::text[])
    ) end as positions,
    case when n.is_first then (
        select json_build_array(b.warn_after_seconds, b.late_after_seconds) from branches b where b.id = $1
    ) end as ages
from numbered n
left join lateral (
    select )sql" +
    kWholeOrder + R"sql(
    from orders o where o.id = n.order_id
    offset 0 -- One by one along the key: joined, many open orders would have all orders read.
) o on true
order by n.order_id
)sql";
inline constexpr Statement kReadBoard{"read_board", kReadBoardText.text, Statement::Access::kRead};

/// $1 branch, $2 station or null.
inline constexpr auto kSumOpenQuantitiesText =
    R"sql(
select
    i.menu_item_id, i.station_id, (array_agg(i.name order by i.id desc))[1] as name, sum(i.quantity) as quantity
from tickets t
cross join lateral (
    select i.id, i.menu_item_id, i.station_id, i.name, i.quantity, i.status
    from order_items i where i.order_id = t.order_id and i.ticket_id = t.id
    offset 0 -- As above.
) i
where t.branch_id = $1 and )sql" +
    kTicketIsOpen + R"sql( and ($2::uuid is null or t.station_id = $2)
    and i.status in ('pending', 'preparing')
group by i.menu_item_id, i.station_id
order by quantity desc, name, i.menu_item_id, i.station_id
)sql";
inline constexpr Statement kSumOpenQuantities{
    "sum_open_quantities", kSumOpenQuantitiesText.text, Statement::Access::kRead};

/// How far the open tickets `t` are; the columns of stats_of().
inline constexpr SqlText kOpenCounts{R"sql(
    count(*) filter (where t.status in ('pending', 'acknowledged')) as pending,
    count(*) filter (where t.status = 'preparing') as preparing,
    count(*) filter (where t.status = 'ready') as ready
)sql"};

/// $1 branch.
inline constexpr auto kCountOpenTicketsText =
    "select " + kOpenCounts + " from tickets t where t.branch_id = $1 and " + kTicketIsOpen;
inline constexpr Statement kCountOpenTickets{
    "count_open_tickets", kCountOpenTicketsText.text, Statement::Access::kRead};

}  // namespace orderpush::storage

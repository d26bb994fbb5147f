-- Orders of one branch as the service leaves them, without the traffic: three lines, two tickets each. For psql:
-- branch: its id, where guests have a table; first, last: numbers of orders to write; state: closed (of earlier days), or open (whose tickets the kitchen has).
-- The constraints are not checked again: the rows keep them by construction.
set session_replication_role = replica;

create or replace function pg_temp.id_of(n bigint, part text) returns uuid language sql immutable
    -- As a UUID of version 7: sorts by time.
    return (lpad(to_hex(1750000000000 + n), 12, '0') || '7' || part || '8000' || lpad(to_hex(n), 12, '0'))::uuid;

create temporary table fresh as
select
    n, pg_temp.id_of(n, '000') as id, timestamptz '2025-06-15 12:00:00+00' + n * interval '30 seconds' as at,
    case
        when :'state' = 'closed' then case when n % 33 = 0 then 'cancelled' else 'completed' end
        else (array['pending', 'pending', 'preparing', 'ready'])[1 + n % 4]
    end as status,
    s.id as session_id, s.table_id, s.branch_id, s.restaurant_id, b.stations
from generate_series(:first::bigint, :last::bigint) as n
cross join lateral (
    select s.id, s.table_id, s.branch_id, s.restaurant_id
    from table_sessions s where s.branch_id = :'branch'
    order by s.id limit 1
) s
cross join lateral (
    select array_agg(t.id order by t.name) as stations from stations t where t.branch_id = s.branch_id
) b;

insert into orders (
    id, restaurant_id, branch_id, table_id, session_id, business_day, number, table_number, area_name, customer_name,
    status, note, currency, total_minor, final_minor, tax_rate_bp, version, created_at, updated_at
)
select
    f.id, f.restaurant_id, f.branch_id, f.table_id, f.session_id, date '2000-01-01' + (f.n / 500)::integer,
    1 + f.n % 500, 'T1', 'Terrace', 'Guest', f.status, null, 'EUR', 3000, 3300, 1000, 1, f.at, f.at
from fresh f;

insert into tickets (id, order_id, branch_id, station_id, status, version, created_at, started_at, ready_at, completed_at)
select
    pg_temp.id_of(f.n, '00' || k), f.id, f.branch_id, f.stations[k], f.status, 1, f.at,
    case when f.status <> 'pending' then f.at end,
    case when f.status in ('ready', 'completed') then f.at end,
    case when f.status = 'completed' then f.at end
from fresh f cross join generate_series(1, 2) as k;

insert into order_items (
    id, order_id, position, menu_item_id, station_id, ticket_id, name, quantity, unit_price_minor, note, status
)
select
    pg_temp.id_of(f.n, '01' || line), f.id, line, m.id, f.stations[1 + line % 2],
    pg_temp.id_of(f.n, '00' || (1 + line % 2)), m.name, line, 500, null,
    case f.status when 'completed' then 'served' else f.status end
from fresh f
cross join generate_series(1, 3) as line
cross join lateral (
    select m.id, m.name from menu_items m where m.branch_id = f.branch_id order by m.id offset line limit 1
) m;

drop table fresh;

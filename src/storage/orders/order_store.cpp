#include "core/orders/order_store.hpp"

#include "core/tables/session_store.hpp"
#include "storage/database/db_pool.hpp"
#include "storage/database/json_parameters.hpp"
#include "storage/database/query.hpp"
#include "storage/database/record_events.hpp"
#include "storage/database/rows.hpp"
#include "storage/database/sql_text.hpp"
#include "storage/orders/order_json.hpp"
#include "storage/orders/order_rows.hpp"
#include "storage/restaurant/restaurant_rows.hpp"
#include "storage/statement.hpp"
#include "storage/statement_lists.hpp"
#include "storage/store_factories.hpp"

#include <nlohmann/json.hpp>
#include <pqxx/pqxx>

#include <array>

namespace orderpush::storage {
namespace {

/// $1 session, $2 ids of menu items.
constexpr Statement kFindPlacementContext =
    joined_statement("find_placement_context", Statement::Access::kRead, [] {
        return R"sql(
select
    s.id, unix_ms(s.opened_at) as opened_at, unix_ms(s.closed_at) as closed_at,
)sql" + kTableColumns +
               R"sql(,
    (
        select json_agg(json_build_array(m.id, m.station_id, m.name, m.price_minor, m.is_available))
        from menu_items m where m.id = any ($2::uuid[]) and m.branch_id = s.branch_id
    ) as items,
    (
        select json_agg(json_build_array(k.id, k.name))
        from stations k
        where k.id in (
            select m.station_id from menu_items m
                where m.id = any ($2::uuid[]) and m.branch_id = s.branch_id
        )
    ) as stations
from table_sessions s join tables t on t.id = s.table_id
)sql" + kTableJoins +
               " where s.id = $1";
    });

/// $1 order, $2 session, $3 now, $4 table number, $5 area name, $6 customer name, $7 status, $8
/// note, $9 currency, $10 total, $11 final, $12 version, $13 lines, $14 tickets, $15 events, $16
/// answer, $17 key, $18 request hash, $19 restaurant of the key, $20 the instant at which older
/// keys have lapsed, $21 tax rate. No row: the session is not open. A live key fails on
/// idempotency_keys_pkey, which undoes everything.
constexpr Statement kPlaceOrder = joined_statement("place_order", Statement::Access::kWrite, [] {
    return R"sql(
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

/// $1 order.
constexpr Statement kFindOrder = joined_statement("find_order", Statement::Access::kRead, [] {
    return "select " + kWholeOrder + R"sql(
from orders o where o.id = $1
)sql";
});

/// $1 branch, $2 after this order or null, $3 limit.
constexpr Statement kListBranchOrders =
    joined_statement("list_branch_orders", Statement::Access::kRead, [] {
        return "select " + kWholeOrder + R"sql(
from orders o
where o.branch_id = $1 and o.id > coalesce($2::uuid, '00000000-0000-0000-0000-000000000000')
order by o.id limit $3
)sql";
    });

/// $1 branch, $2 statuses, $3 after this order or null, $4 limit. Each status gives its first ones,
/// so that none is read that the limit leaves out of its own; by what the index has and nothing
/// else, or the planner takes the primary key and reads all orders for a status that few have.
constexpr Statement kListBranchOrdersInStatus =
    joined_statement("list_branch_orders_in_status", Statement::Access::kRead, [] {
        return R"sql(
select )sql" + kWholeOrder +
               R"sql(
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
    });

/// $1 session, $2 branch, $3 statuses or null, $4 after this order or null, $5
/// limit.
constexpr Statement kListSessionOrders =
    joined_statement("list_session_orders", Statement::Access::kRead, [] {
        return "select " + kWholeOrder + R"sql(
from orders o
where o.session_id = $1 and o.branch_id = $2 and ($3::text[] is null or o.status = any ($3))
    and o.id > coalesce($4::uuid, '00000000-0000-0000-0000-000000000000')
order by o.id limit $5
)sql";
    });

/// $1 ticket.
constexpr Statement kFindOrderByTicket =
    joined_statement("find_order_by_ticket", Statement::Access::kRead, [] {
        return "select " + kWholeOrder + R"sql(
from orders o where o.id = (select t.order_id from tickets t where t.id = $1)
)sql";
    });

/// $1 order, $2 version it was decided on, $3 next version, $4 now, $5 status, $6 total, $7 final,
/// $8 confirmed at, $9 cancel requested at, $10 its reason, $11 who asked, $12 changed and new
/// tickets, $13 changed and new lines, $14 whether the session must be open, $15 events, $16 answer
/// to keep. One row, which tells whether it was changed, and why not.
constexpr Statement kChangeOrder = joined_statement("change_order", Statement::Access::kWrite, [] {
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
        created_at, acknowledged_at, started_at, ready_at, completed_at
    )
    select
        t.id, a.id, a.branch_id, t.station_id, t.status, t.priority, t.is_held, t.chef_id,
        t.chef_name, t.version, t.created_at, t.acknowledged_at, t.started_at, t.ready_at,
        t.completed_at
    from allowed a cross join json_to_recordset($12) as t (
        id uuid, station_id uuid, status text, priority text, is_held boolean, chef_id uuid,
        chef_name text, version bigint, created_at timestamptz, acknowledged_at timestamptz,
        started_at timestamptz, ready_at timestamptz, completed_at timestamptz
    )
    on conflict (id) do update set
        station_id = excluded.station_id, status = excluded.status, priority = excluded.priority,
            is_held = excluded.is_held,
        chef_id = excluded.chef_id, chef_name = excluded.chef_name, version = excluded.version,
        acknowledged_at = excluded.acknowledged_at, started_at = excluded.started_at,
            ready_at = excluded.ready_at,
        completed_at = excluded.completed_at
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

/// An item as kFindPlacementContext lists it.
/// What an order copies of it.
MenuItem menu_item_of(const nlohmann::json& item, const BranchId& branch) {
    MenuItem menu_item;
    menu_item.id = parse_id<MenuItemId>(item.at(0).get_ref<const std::string&>()).value();
    menu_item.branch = branch;
    if (!item.at(1).is_null()) {
        menu_item.station = parse_id<StationId>(item.at(1).get_ref<const std::string&>()).value();
    }
    menu_item.name = item.at(2).get<std::string>();
    menu_item.price_minor = item.at(3).get<std::int64_t>();
    menu_item.is_available = item.at(4).get<bool>();
    return menu_item;
}

Station station_of(const nlohmann::json& station, const BranchId& branch) {
    return {
        .id = parse_id<StationId>(station.at(0).get_ref<const std::string&>()).value(),
        .branch = branch,
        .name = station.at(1).get<std::string>()};
}

PlacementContext placement_context_of(const pqxx::row& row) {
    PlacementContext context{.session = session_of(row), .items = {}, .stations = {}};
    if (!row["items"].is_null()) {
        for (const auto& item : nlohmann::json::parse(row["items"].c_str())) {
            context.items.push_back(menu_item_of(item, context.session.table.branch.id));
        }
    }
    if (!row["stations"].is_null()) {
        for (const auto& station : nlohmann::json::parse(row["stations"].c_str())) {
            context.stations.push_back(station_of(station, context.session.table.branch.id));
        }
    }
    return context;
}

Parameters placement_parameters(const NewOrder& placement) {
    const Order& order = placement.order;
    const auto& guard = placement.idempotency;
    Parameters parameters;
    parameters.add(order.id)
        .add(order.session)
        .add(order.created_at)
        .add(order.table_number)
        .add(order.area_name)
        .add(order.customer_name)
        .add(to_string(order.status))
        .add(order.note)
        .add(order.currency)
        .add(order.total_minor)
        .add(order.final_minor)
        .add(order.version)
        .add(lines_json(order.items, order.tickets))
        .add(tickets_json(order.tickets))
        .add(events_json(placement.events))
        .add(placement.answer)
        .add(guard ? std::optional{guard->key} : std::nullopt)
        .add(guard ? std::optional{guard->request_hash} : std::nullopt)
        .add(guard ? std::optional{guard->restaurant} : std::nullopt)
        .add(order.created_at - kIdempotencyKeyLifetime)
        .add(order.tax_rate_bp);
    return parameters;
}

Result<std::vector<Order>> orders_of(const pqxx::result& rows) {
    std::vector<Order> orders;
    orders.reserve(rows.size());
    for (const auto& row : rows) {
        orders.push_back(order_of(row));
    }
    return orders;
}

/// A PostgreSQL array; null for all of them.
std::optional<std::string> status_array(const OrderFilter& filter) {
    if (filter.statuses.empty()) {
        return std::nullopt;
    }
    std::string text{"{"};
    for (const OrderStatus status : filter.statuses) {
        text += text.size() > 1 ? "," : "";
        text += to_string(status);
    }
    return text + "}";
}

Parameters change_parameters(const OrderChange& change) {
    const Order& before = change.before;
    const Order& after = change.after;
    const auto& request = after.cancel_request;
    Parameters parameters;
    parameters.add(after.id)
        .add(before.version)
        .add(after.version)
        .add(after.updated_at)
        .add(to_string(after.status))
        .add(after.total_minor)
        .add(after.final_minor)
        .add(after.confirmed_at)
        .add(request ? std::optional{request->requested_at} : std::nullopt)
        .add(request ? std::optional{request->reason} : std::nullopt)
        .add(request ? request->staff : std::nullopt)
        .add(changed_tickets_json(before, after))
        .add(changed_lines_json(before, after))
        .add(after.items.size() > before.items.size() ? "true" : "false")
        .add(events_json(change.events))
        .add(kept_answer_json(change.answer));
    return parameters;
}

Result<void> outcome_of_change(const pqxx::result& rows) {
    const pqxx::row row = rows.at(0);
    if (row["is_changed"].as<bool>()) {
        return {};
    }
    if (!row["is_known"].as<bool>()) {
        return not_found("order_not_found", "There is no such order.");
    }
    if (!row["is_seated"].as<bool>()) {
        return session_closed(ErrorKind::kConflict);
    }
    return Error{
        .kind = ErrorKind::kPreconditionFailed,
        .code = "order_changed",
        .message = "The order was changed meanwhile."};
}

/// Orders in PostgreSQL. The pool must outlive it.
class SqlOrderStore final : public OrderStore {
  public:
    explicit SqlOrderStore(DbPool& pool) : pool_(pool) {}

    Result<PlacementContext> placement_context(
        const SessionId& session, std::span<const MenuItemId> items
    ) override {
        return query_one(
            pool_,
            kFindPlacementContext,
            Parameters{}.add(session).add(uuid_array(items)),
            not_found("session_not_found", "There is no such session."),
            placement_context_of
        );
    }

    Result<PlacedOrder> place(const NewOrder& order) override {
        return query_one(
            pool_,
            kPlaceOrder,
            placement_parameters(order),
            session_closed(ErrorKind::kConflict),
            [](const pqxx::row& row) {
                return PlacedOrder{
                    .number = row["number"].as<int>(), .answer = row["answer"].c_str()};
            }
        );
    }

    Result<Order> find(const OrderId& id) override {
        return query_one(
            pool_,
            kFindOrder,
            Parameters{}.add(id),
            not_found("order_not_found", "There is no such order."),
            order_of
        );
    }

    Result<std::vector<Order>> list(const OrderFilter& filter) override {
        Parameters parameters;
        if (filter.session) {
            parameters.add(*filter.session).add(filter.branch).add(status_array(filter));
            parameters.add(filter.after).add(filter.limit);
            return query(pool_, kListSessionOrders, parameters, orders_of);
        }
        parameters.add(filter.branch);
        if (!filter.statuses.empty()) {
            parameters.add(status_array(filter)).add(filter.after).add(filter.limit);
            return query(pool_, kListBranchOrdersInStatus, parameters, orders_of);
        }
        parameters.add(filter.after).add(filter.limit);
        return query(pool_, kListBranchOrders, parameters, orders_of);
    }

    Result<Order> find_by_ticket(const TicketId& id) override {
        return query_one(
            pool_,
            kFindOrderByTicket,
            Parameters{}.add(id),
            not_found("ticket_not_found", "There is no such ticket."),
            order_of
        );
    }

    Result<void> change(const OrderChange& change) override {
        return query(pool_, kChangeOrder, change_parameters(change), outcome_of_change);
    }

  private:
    DbPool& pool_;
};

}  // namespace

std::unique_ptr<OrderStore> make_order_store(DbPool& pool) {
    return std::make_unique<SqlOrderStore>(pool);
}

std::span<const Statement> order_statements() {
    static constexpr std::array kAll{
        kFindPlacementContext,
        kPlaceOrder,
        kFindOrder,
        kListBranchOrders,
        kListBranchOrdersInStatus,
        kListSessionOrders,
        kFindOrderByTicket,
        kChangeOrder};
    return kAll;
}

}  // namespace orderpush::storage

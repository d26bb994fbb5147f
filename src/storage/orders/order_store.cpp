#include "core/orders/order_store.hpp"

#include "core/tables/session_store.hpp"
#include "storage/database/db_pool.hpp"
#include "storage/database/json_parameters.hpp"
#include "storage/database/query.hpp"
#include "storage/database/rows.hpp"
#include "storage/database/sql_text.hpp"
#include "storage/orders/order_json.hpp"
#include "storage/orders/order_rows.hpp"
#include "storage/orders/order_writes.hpp"
#include "storage/restaurant/restaurant_rows.hpp"
#include "storage/statement.hpp"
#include "storage/statement_lists.hpp"
#include "storage/store_factories.hpp"

#include <nlohmann/json.hpp>
#include <pqxx/pqxx>

#include <array>

namespace orderpush::storage {
namespace {

/// $1 session, $2 ids of menu items, $3 whether to count what is not served, where the branch has a
/// bound. Counted is by lines: an order that reads completed may still wait on the pass.
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
    ) as stations,
    s.guest_orders, b.guest_unserved_orders_max,
    case when $3::boolean and b.guest_unserved_orders_max > 0 then (
        select count(*)
        from (
            select 1 from orders o
            where o.session_id = s.id and exists (
                select 1 from order_items i
                where i.order_id = o.id and i.status not in ('served', 'cancelled')
            )
            limit b.guest_unserved_orders_max
        ) u
    ) end as unserved_orders
from table_sessions s join tables t on t.id = s.table_id
)sql" + kTableJoins +
               " where s.id = $1";
    });

/// $1 session.
constexpr Statement kIsSessionOpen{
    "is_session_open",
    R"sql(
select 1 from table_sessions s where s.id = $1 and s.closed_at is null
)sql",
    Statement::Access::kRead};

/// $1 session.
constexpr Statement kOutlineSessionOrders{
    "outline_session_orders",
    R"sql(
select o.id, o.status, o.total_minor, o.final_minor,
    coalesce(bool_or(i.status not in ('served', 'cancelled')), false) as is_unserved,
    coalesce(bool_or(i.status in ('preparing', 'ready')), false) as is_started
from orders o left join order_items i on i.order_id = o.id
where o.session_id = $1
group by o.id
order by o.id
)sql",
    Statement::Access::kRead};

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
    if (!row["unserved_orders"].is_null()) {
        context.unserved = UnservedOrders{
            .count = row["unserved_orders"].as<std::int64_t>(),
            .most = row["guest_unserved_orders_max"].as<std::int64_t>(),
            .by_guests = row["guest_orders"].as<std::int64_t>()};
    }
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
        .add(order.tax_rate_bp)
        .add(placement.bound ? std::optional{placement.bound->most} : std::nullopt)
        .add(
            placement.bound ? std::optional{placement.bound->by_guests - placement.bound->count}
                            : std::nullopt
        );
    return parameters;
}

OrderOutline outline_of(const pqxx::row& row) {
    return {
        .id = id_of<OrderId>(row["id"]),
        .status = known(parse_order_status(row["status"].c_str())),
        .total_minor = row["total_minor"].as<std::int64_t>(),
        .final_minor = row["final_minor"].as<std::int64_t>(),
        .is_unserved = row["is_unserved"].as<bool>(),
        .is_started = row["is_started"].as<bool>()};
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
        const SessionId& session, std::span<const MenuItemId> items, bool counts_unserved
    ) override {
        return query_one(
            pool_,
            kFindPlacementContext,
            Parameters{}.add(session).add(uuid_array(items)).add(counts_unserved),
            not_found("session_not_found", "There is no such session."),
            placement_context_of
        );
    }

    Result<PlacedOrder> place(const NewOrder& order) override {
        const auto rows = ORDERPUSH_TRY(pool_.run(kPlaceOrder, placement_parameters(order)));
        if (rows.empty()) {
            return refusal_of(order);
        }
        return PlacedOrder{
            .number = rows.front()["number"].as<int>(), .answer = rows.front()["answer"].c_str()};
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

    Result<std::vector<OrderOutline>> outline(const SessionId& session) override {
        using Found = Result<std::vector<OrderOutline>>;
        const auto parameters = Parameters{}.add(session);
        return query(
            pool_,
            kOutlineSessionOrders,
            parameters,
            [](const pqxx::result& rows) -> Found { return all_of(rows, outline_of); }
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
    /// Why nothing was placed.
    Error refusal_of(const NewOrder& order) {
        if (!order.bound) {
            return session_closed(ErrorKind::kConflict);
        }
        const auto open = pool_.run(kIsSessionOpen, Parameters{}.add(order.order.session));
        if (!open) {
            return open.error();
        }
        return open->empty() ? session_closed(ErrorKind::kConflict)
                             : too_many_unserved(order.bound->most);
    }

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
        kIsSessionOpen,
        kOutlineSessionOrders,
        kFindOrder,
        kListBranchOrders,
        kListBranchOrdersInStatus,
        kListSessionOrders,
        kFindOrderByTicket,
        kChangeOrder};
    return kAll;
}

}  // namespace orderpush::storage

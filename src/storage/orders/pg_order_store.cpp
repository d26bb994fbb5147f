#include "storage/orders/pg_order_store.hpp"

#include "core/tables/session_store.hpp"
#include "storage/database/json_parameters.hpp"
#include "storage/database/query.hpp"
#include "storage/database/rows.hpp"
#include "storage/orders/pg_idempotency_store.hpp"
#include "storage/statements.hpp"

#include <nlohmann/json.hpp>
#include <pqxx/pqxx>

namespace orderpush::storage {
namespace {

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

}  // namespace

Result<PlacementContext> PgOrderStore::placement_context(
    const SessionId& session, std::span<const MenuItemId> items
) {
    return query_one(
        pool_,
        kFindPlacementContext,
        Parameters{}.add(session).add(uuid_array(items)),
        not_found("session_not_found", "There is no such session."),
        placement_context_of
    );
}

Result<PlacedOrder> PgOrderStore::place(const NewOrder& order) {
    return query_one(
        pool_,
        kPlaceOrder,
        placement_parameters(order),
        session_closed(ErrorKind::kConflict),
        [](const pqxx::row& row) {
            return PlacedOrder{.number = row["number"].as<int>(), .answer = row["answer"].c_str()};
        }
    );
}

Result<Order> PgOrderStore::find(const OrderId& id) {
    return query_one(
        pool_,
        kFindOrder,
        Parameters{}.add(id),
        not_found("order_not_found", "There is no such order."),
        order_of
    );
}

Result<std::vector<Order>> PgOrderStore::list(const OrderFilter& filter) {
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

Result<Order> PgOrderStore::find_by_ticket(const TicketId& id) {
    return query_one(
        pool_,
        kFindOrderByTicket,
        Parameters{}.add(id),
        not_found("ticket_not_found", "There is no such ticket."),
        order_of
    );
}

Result<void> PgOrderStore::change(const OrderChange& change) {
    return query(pool_, kChangeOrder, change_parameters(change), outcome_of_change);
}

}  // namespace orderpush::storage

#include "base/clock.hpp"
#include "core/orders/order_changes.hpp"
#include "core/orders/order_store.hpp"
#include "core/tables/session_store.hpp"
#include "tests/support/memory/memory_errors.hpp"
#include "tests/support/memory/memory_stores.hpp"

#include <algorithm>

namespace orderpush::test {
namespace {

using Rows = MemoryDatabase::Rows;

/// The service's promise: a key keeps its answer for 24 hours.
constexpr std::chrono::hours kKeyLifetime{24};

bool is_live(const MemoryDatabase::KeyRow& row, Timestamp now) {
    return row.created_at > now - kKeyLifetime;
}

bool matches(const Order& order, const OrderFilter& filter) {
    return order.branch == filter.branch && (!filter.session || order.session == *filter.session) &&
           (filter.statuses.empty() ||
            std::ranges::find(filter.statuses, order.status) != filter.statuses.end()) &&
           (!filter.after || order.id > *filter.after);
}

std::int64_t unserved_orders(const Rows& rows, const SessionId& session) {
    return std::ranges::count_if(rows.orders, [&](const auto& row) {
        return row.second.session == session && is_unserved(row.second);
    });
}

Result<PlacementContext> context_in(
    const Rows& rows,
    const SessionId& session,
    std::span<const MenuItemId> items,
    bool counts_unserved
) {
    const auto found = rows.sessions.find(session);
    if (found == rows.sessions.end()) {
        return not_found("session_not_found");
    }
    PlacementContext context{.session = found->second, .items = {}, .stations = {}};
    if (counts_unserved) {
        context.unserved = UnservedOrders{
            .count = std::min(unserved_orders(rows, session), MemoryDatabase::kUnservedOrdersMax),
            .most = MemoryDatabase::kUnservedOrdersMax};
    }
    for (const auto& [id, item] : rows.menu_items) {
        const bool is_asked = std::ranges::find(items, id) != items.end();
        if (is_asked && item.branch == found->second.table.branch.id) {
            context.items.push_back(item);
        }
    }
    for (const auto& [id, station] : rows.stations) {
        const bool is_used =
            std::ranges::find(context.items, id, &MenuItem::station) != context.items.end();
        if (is_used) {
            context.stations.push_back(station);
        }
    }
    return context;
}

OrderOutline outline_of(const Order& order) {
    const bool is_started = std::ranges::any_of(order.items, [](const OrderItem& item) {
        return item.status == ItemStatus::kPreparing || item.status == ItemStatus::kReady;
    });
    return {
        .id = order.id,
        .status = order.status,
        .total_minor = order.total_minor,
        .final_minor = order.final_minor,
        .is_unserved = is_unserved(order),
        .is_started = is_started};
}

Result<std::vector<Order>> list_in(const Rows& rows, const OrderFilter& filter) {
    std::vector<Order> orders;
    for (const auto& [id, order] : rows.orders) {
        if (matches(order, filter) && static_cast<int>(orders.size()) < filter.limit) {
            orders.push_back(with_station_names(rows, order));
        }
    }
    return orders;
}

/// What stands in the way of a key, if anything.
Result<void> check_key(const Rows& rows, const std::optional<IdempotencyKey>& guard, Timestamp at) {
    if (!guard) {
        return {};
    }
    const auto taken = rows.keys.find({guard->restaurant, guard->key});
    if (taken != rows.keys.end() && is_live(taken->second, at)) {
        return Error{
            .kind = ErrorKind::kConflict,
            .code = "idempotency_key_taken",
            .message = "Another request took this Idempotency-Key first."};
    }
    return {};
}

Result<PlacedOrder> place_in(Rows& rows, const NewOrder& placement) {
    Order order = placement.order;
    const auto session = rows.sessions.find(order.session);
    if (session == rows.sessions.end() || !session->second.is_open) {
        return session_closed(ErrorKind::kConflict);
    }
    if (placement.bound && unserved_orders(rows, order.session) >= placement.bound->most) {
        return too_many_unserved(placement.bound->most);
    }
    const auto& guard = placement.idempotency;
    if (const auto is_free = check_key(rows, guard, order.created_at); !is_free) {
        return is_free.error();
    }
    const auto day = std::chrono::floor<std::chrono::days>(order.created_at);
    order.number = ++rows.order_numbers[{order.branch, day}];
    const std::string number = "\"orderNumber\":" + std::to_string(order.number);
    PlacedOrder placed{
        .number = order.number, .answer = with_first_member(placement.answer, number)};
    if (guard) {
        rows.keys[{guard->restaurant, guard->key}] = {
            .answer = {.request_hash = guard->request_hash, .status = 201, .body = placed.answer},
            .created_at = order.created_at};
    }
    rows.record(placement.events, number);
    rows.orders[order.id] = std::move(order);
    return placed;
}

Result<void> change_in(Rows& rows, const OrderChange& change) {
    const auto found = rows.orders.find(change.after.id);
    if (found == rows.orders.end()) {
        return not_found("order_not_found");
    }
    Order& order = found->second;
    const bool adds_lines = change.after.items.size() > change.before.items.size();
    if (adds_lines && !rows.sessions.at(order.session).is_open) {
        return session_closed(ErrorKind::kConflict);
    }
    if (order.version != change.before.version) {
        return Error{
            .kind = ErrorKind::kPreconditionFailed,
            .code = "order_changed",
            .message = "The order was changed meanwhile."};
    }
    const auto& answer = change.answer;
    const auto guard = answer ? std::optional{answer->key} : std::nullopt;
    if (const auto is_free = check_key(rows, guard, change.after.updated_at); !is_free) {
        return is_free.error();
    }
    if (answer) {
        rows.keys[{guard->restaurant, guard->key}] = {
            .answer =
                {.request_hash = guard->request_hash,
                 .status = answer->status,
                 .body = answer->body},
            .created_at = answer->at};
    }
    order = change.after;
    rows.record(change.events);
    return {};
}

}  // namespace

Result<PlacementContext> MemoryOrderStore::placement_context(
    const SessionId& session, std::span<const MenuItemId> items, bool counts_unserved
) {
    return database_.with([&](const Rows& rows) {
        return context_in(rows, session, items, counts_unserved);
    });
}

Result<std::vector<OrderOutline>> MemoryOrderStore::outline(const SessionId& session) {
    return database_.with([&](const Rows& rows) -> Result<std::vector<OrderOutline>> {
        std::vector<OrderOutline> outlines;
        for (const auto& [id, order] : rows.orders) {
            if (order.session == session) {
                outlines.push_back(outline_of(order));
            }
        }
        return outlines;
    });
}

Result<PlacedOrder> MemoryOrderStore::place(const NewOrder& order) {
    return database_.with([&](Rows& rows) { return place_in(rows, order); });
}

Result<Order> MemoryOrderStore::find(const OrderId& id) {
    return database_.with([&](const Rows& rows) -> Result<Order> {
        const auto found = rows.orders.find(id);
        return found == rows.orders.end() ? Result<Order>{not_found("order_not_found")}
                                          : with_station_names(rows, found->second);
    });
}

Result<std::vector<Order>> MemoryOrderStore::list(const OrderFilter& filter) {
    return database_.with([&](const Rows& rows) { return list_in(rows, filter); });
}

Result<Order> MemoryOrderStore::find_by_ticket(const TicketId& id) {
    return database_.with([&](const Rows& rows) -> Result<Order> {
        for (const auto& [order_id, order] : rows.orders) {
            if (std::ranges::find(order.tickets, id, &Ticket::id) != order.tickets.end()) {
                return with_station_names(rows, order);
            }
        }
        return not_found("ticket_not_found");
    });
}

Result<void> MemoryOrderStore::change(const OrderChange& change) {
    return database_.with([&](Rows& rows) { return change_in(rows, change); });
}

Result<std::optional<StoredAnswer>> MemoryIdempotencyStore::find(
    const RestaurantId& restaurant, std::string_view key
) {
    return database_.with([&](const Rows& rows) -> Result<std::optional<StoredAnswer>> {
        const auto found = rows.keys.find({restaurant, std::string{key}});
        const bool is_known = found != rows.keys.end() && is_live(found->second, clock_.now());
        return is_known ? std::optional{found->second.answer} : std::nullopt;
    });
}

}  // namespace orderpush::test

#include "tests/support/memory_errors.hpp"
#include "tests/support/memory_stores.hpp"

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
           (!filter.status || order.status == *filter.status) &&
           (!filter.after || order.id > *filter.after);
}

Result<PlacementContext> context_in(
    const Rows& rows, const SessionId& session, std::span<const MenuItemId> items
) {
    const auto found = rows.sessions.find(session);
    if (found == rows.sessions.end()) {
        return not_found("session_not_found");
    }
    PlacementContext context{.session = found->second, .items = {}};
    for (const auto& [id, item] : rows.menu_items) {
        const bool is_asked = std::ranges::find(items, id) != items.end();
        if (is_asked && item.branch == found->second.table.branch.id) {
            context.items.push_back(item);
        }
    }
    return context;
}

Result<std::vector<Order>> list_in(const Rows& rows, const OrderFilter& filter) {
    std::vector<Order> orders;
    for (const auto& [id, order] : rows.orders) {
        if (matches(order, filter) && static_cast<int>(orders.size()) < filter.limit) {
            orders.push_back(order);
        }
    }
    return orders;
}

void cancel_open_parts(Order& order) {
    for (OrderItem& item : order.items) {
        if (item.status != ItemStatus::kServed) {
            item.status = ItemStatus::kCancelled;
        }
    }
    for (Ticket& ticket : order.tickets) {
        if (ticket.status != TicketStatus::kCompleted) {
            ticket.status = TicketStatus::kCancelled;
        }
    }
}

Result<PlacedOrder> place_in(Rows& rows, const NewOrder& placement) {
    Order order = placement.order;
    const auto session = rows.sessions.find(order.session);
    if (session == rows.sessions.end() || !session->second.is_open) {
        return Error{
            .code = ErrorCode::kConflict,
            .reason = "session_closed",
            .message = "The session is closed."};
    }
    const auto& guard = placement.idempotency;
    if (guard) {
        const auto taken = rows.keys.find({guard->restaurant, guard->key});
        if (taken != rows.keys.end() && is_live(taken->second, order.created_at)) {
            return Error{
                .code = ErrorCode::kConflict,
                .reason = "idempotency_key_taken",
                .message = "Another request took this Idempotency-Key first."};
        }
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

}  // namespace

Result<PlacementContext> MemoryOrderStore::placement_context(
    const SessionId& session, std::span<const MenuItemId> items
) {
    return database_.with([&](const Rows& rows) { return context_in(rows, session, items); });
}

Result<PlacedOrder> MemoryOrderStore::place(const NewOrder& order) {
    return database_.with([&](Rows& rows) { return place_in(rows, order); });
}

Result<Order> MemoryOrderStore::find(const OrderId& id) {
    return database_.with([&](const Rows& rows) -> Result<Order> {
        const auto found = rows.orders.find(id);
        return found == rows.orders.end() ? Result<Order>{not_found("order_not_found")}
                                          : Result<Order>{found->second};
    });
}

Result<std::vector<Order>> MemoryOrderStore::list(const OrderFilter& filter) {
    return database_.with([&](const Rows& rows) { return list_in(rows, filter); });
}

Result<Order> MemoryOrderStore::change_status(const OrderStatusChange& change) {
    return database_.with([&](Rows& rows) -> Result<Order> {
        const auto found = rows.orders.find(change.order);
        if (found == rows.orders.end()) {
            return not_found("order_not_found");
        }
        Order& order = found->second;
        if (order.version != change.version) {
            return Error{
                .code = ErrorCode::kPreconditionFailed,
                .reason = "order_changed",
                .message = "The order was changed meanwhile."};
        }
        order.status = change.status;
        ++order.version;
        order.updated_at = change.at;
        if (change.status == OrderStatus::kConfirmed) {
            order.confirmed_at = change.at;
        }
        if (change.status == OrderStatus::kCancelled) {
            cancel_open_parts(order);
        }
        rows.record(change.events);
        return order;
    });
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

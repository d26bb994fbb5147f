#include "app/event_catalogue.hpp"

#include "app/order_document.hpp"

#include <nlohmann/json.hpp>

namespace orderpush::app {
namespace {

using Json = nlohmann::ordered_json;

Event event(
    std::string name,
    const Json& payload,
    Timestamp at,
    std::vector<Channel> channels,
    IdSource& ids
) {
    return {
        .id = ids.make<EventId>(),
        .name = std::move(name),
        .payload = payload.dump(),
        .occurred_at = at,
        .channels = std::move(channels)};
}

/// Everyone who follows an order: kitchen, waiters, table, session, order.
std::vector<Channel> followers(const Order& order) {
    return {
        Channel::kitchen(order.branch),
        Channel::waiters(order.branch),
        Channel::table(order.table),
        Channel::session(order.session),
        Channel::order(order.id)};
}

Json created_payload(const Order& order) {
    Json payload{
        {"orderId", to_string(order.id)},
        {"sessionId", to_string(order.session)},
        {"tableId", to_string(order.table)},
        {"tableNumber", order.table_number},
        {"table", table_label(order.area_name, order.table_number)},
    };
    if (order.customer_name) {
        payload["customerName"] = *order.customer_name;
    }
    payload["status"] = to_word(order.status);
    payload["itemCount"] = order.items.size();
    payload["items"] = Json::parse(items_document(order));
    payload["totalAmount"] = order.total_minor;
    payload["finalAmount"] = order.final_minor;
    payload["currency"] = order.currency;
    if (order.note) {
        payload["note"] = *order.note;
    }
    payload["createdAt"] = to_rfc3339(order.created_at);
    return payload;
}

Json status_payload(const Order& order, OrderStatus previous) {
    return {
        {"orderId", to_string(order.id)},
        {"orderNumber", order.number},
        {"tableId", to_string(order.table)},
        {"table", table_label(order.area_name, order.table_number)},
        {"status", to_word(order.status)},
        {"previousStatus", to_word(previous)},
        {"itemCount", order.items.size()},
    };
}

}  // namespace

std::vector<Event> order_placed_events(const Order& order, IdSource& ids) {
    return {
        event("order:created", created_payload(order), order.created_at, followers(order), ids)};
}

std::vector<Event> order_moved_events(const Order& order, OrderStatus previous, IdSource& ids) {
    std::vector<Event> events;
    const Timestamp at = order.updated_at;
    if (order.status == OrderStatus::kConfirmed) {
        const Json payload{
            {"orderId", to_string(order.id)},
            {"tableId", to_string(order.table)},
            {"orderNumber", order.number},
            {"confirmedAt", to_rfc3339(at)},
        };
        events.push_back(event("order:confirmed", payload, at, followers(order), ids));
    }
    if (order.status == OrderStatus::kCancelled) {
        const Json payload{
            {"orderId", to_string(order.id)},
            {"tableId", to_string(order.table)},
            {"reason", "Cancelled by staff"},
        };
        events.push_back(event("order:cancelled", payload, at, followers(order), ids));
    }
    events.push_back(
        event("order:status_changed", status_payload(order, previous), at, followers(order), ids)
    );
    return events;
}

std::vector<Event> session_opened_events(
    const SessionId& session, const Table& table, Timestamp at, IdSource& ids
) {
    const std::vector<Channel> staff{
        Channel::tables(table.branch.id), Channel::waiters(table.branch.id)};
    std::vector<Channel> everyone = staff;
    everyone.push_back(Channel::session(session));
    const Json opened{{"sessionId", to_string(session)}, {"tableId", to_string(table.id)}};
    const Json updated{
        {"tableId", to_string(table.id)},
        {"tableNumber", table.number},
        {"status", "occupied"},
        {"areaId", to_string(table.area)},
        {"sessionId", to_string(session)},
    };
    return {
        event("session:opened", opened, at, std::move(everyone), ids),
        event("table:updated", updated, at, staff, ids)};
}

}  // namespace orderpush::app

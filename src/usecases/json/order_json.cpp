#include "usecases/json/order_json.hpp"

#include <nlohmann/json.hpp>

namespace orderpush::usecases {
namespace {

using Json = nlohmann::ordered_json;

Json item_json(const OrderItem& item) {
    Json json{
        {"itemId", to_string(item.id)},
        {"menuItemId", to_string(item.menu_item)},
        {"name", item.name},
        {"quantity", item.quantity},
        {"unitPrice", item.unit_price_minor},
    };
    if (item.note) {
        json["note"] = *item.note;
    }
    json["status"] = to_string(item.status);
    if (item.station) {
        json["stationId"] = to_string(*item.station);
    }
    return json;
}

void put_time(Json& json, const char* name, const std::optional<Timestamp>& at) {
    if (at) {
        json[name] = to_rfc3339(*at);
    }
}

/// The fields that every document of a ticket has, behind its id.
void put_ticket(Json& json, const Ticket& ticket) {
    if (ticket.station) {
        json["stationId"] = to_string(*ticket.station);
    }
    if (ticket.station_name) {
        json["stationName"] = *ticket.station_name;
    }
    json["status"] = to_string(ticket.status);
    json["priority"] = to_string(ticket.priority);
    json["isHeld"] = ticket.is_held;
    if (ticket.chef) {
        json["chefId"] = to_string(ticket.chef->id);
        json["chefName"] = ticket.chef->name;
    }
    json["version"] = ticket.version;
    put_time(json, "createdAt", ticket.created_at);
    put_time(json, "acknowledgedAt", ticket.acknowledged_at);
    put_time(json, "startedAt", ticket.started_at);
    put_time(json, "readyAt", ticket.ready_at);
    put_time(json, "completedAt", ticket.completed_at);
}

Json tickets_json(const std::vector<Ticket>& tickets) {
    Json list = Json::array();
    for (const Ticket& ticket : tickets) {
        Json json{{"id", to_string(ticket.id)}};
        put_ticket(json, ticket);
        Json items = Json::array();
        for (const OrderItemId& item : ticket.items) {
            items.push_back(to_string(item));
        }
        json["itemIds"] = std::move(items);
        list.push_back(std::move(json));
    }
    return list;
}

void put_cancel_request(Json& json, const std::optional<CancelRequest>& request) {
    if (!request) {
        return;
    }
    Json document{{"reason", request->reason}};
    if (request->staff) {
        document["staffId"] = to_string(*request->staff);
    }
    document["requestedAt"] = to_rfc3339(request->requested_at);
    json["cancelRequest"] = std::move(document);
}

}  // namespace

std::string order_json(const Order& order) {
    Json json{{"id", to_string(order.id)}};
    if (order.number > 0) {
        json["orderNumber"] = order.number;
    }
    json["branchId"] = to_string(order.branch);
    json["sessionId"] = to_string(order.session);
    json["tableId"] = to_string(order.table);
    json["tableNumber"] = order.table_number;
    json["table"] = table_label(order.area_name, order.table_number);
    if (order.customer_name) {
        json["customerName"] = *order.customer_name;
    }
    json["status"] = to_string(order.status);
    put_cancel_request(json, order.cancel_request);
    json["itemCount"] = order.items.size();
    json["items"] = items_json(order.items);
    json["tickets"] = tickets_json(order.tickets);
    json["totalAmount"] = order.total_minor;
    json["finalAmount"] = order.final_minor;
    json["currency"] = order.currency;
    if (order.note) {
        json["note"] = *order.note;
    }
    json["version"] = order.version;
    put_time(json, "createdAt", order.created_at);
    put_time(json, "updatedAt", order.updated_at);
    put_time(json, "confirmedAt", order.confirmed_at);
    return json.dump();
}

Json items_json(const std::vector<OrderItem>& items) {
    Json list = Json::array();
    for (const OrderItem& item : items) {
        list.push_back(item_json(item));
    }
    return list;
}

std::string ticket_json(const TicketView& view) {
    Json json{
        {"id", to_string(view.ticket.id)},
        {"orderId", to_string(view.order)},
        {"orderNumber", view.order_number},
        {"branchId", to_string(view.branch)},
        {"tableId", to_string(view.table)},
        {"table", table_label(view.area_name, view.table_number)},
    };
    if (view.customer_name) {
        json["customerName"] = *view.customer_name;
    }
    if (view.order_note) {
        json["orderNote"] = *view.order_note;
    }
    json["orderStatus"] = to_string(view.order_status);
    put_cancel_request(json, view.cancel_request);
    put_ticket(json, view.ticket);
    json["items"] = items_json(view.items);
    return json.dump();
}

}  // namespace orderpush::usecases

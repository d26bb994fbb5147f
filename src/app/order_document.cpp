#include "app/order_document.hpp"

#include <nlohmann/json.hpp>

namespace orderpush::app {
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
    json["status"] = to_word(item.status);
    if (item.station) {
        json["stationId"] = to_string(*item.station);
    }
    return json;
}

Json items_json(const Order& order) {
    Json items = Json::array();
    for (const OrderItem& item : order.items) {
        items.push_back(item_json(item));
    }
    return items;
}

}  // namespace

std::string order_document(const Order& order) {
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
    json["status"] = to_word(order.status);
    json["itemCount"] = order.items.size();
    json["items"] = items_json(order);
    json["totalAmount"] = order.total_minor;
    json["finalAmount"] = order.final_minor;
    json["currency"] = order.currency;
    if (order.note) {
        json["note"] = *order.note;
    }
    json["version"] = order.version;
    json["createdAt"] = to_rfc3339(order.created_at);
    json["updatedAt"] = to_rfc3339(order.updated_at);
    return json.dump();
}

std::string items_document(const Order& order) {
    return items_json(order).dump();
}

}  // namespace orderpush::app

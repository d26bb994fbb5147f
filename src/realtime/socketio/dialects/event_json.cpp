#include "realtime/socketio/dialects/event_json.hpp"

#include <nlohmann/json.hpp>

#include <initializer_list>
#include <string>
#include <string_view>

namespace orderpush::realtime {
namespace {

using Payload = EventPayload;

/// What the restaurant client's kitchen page has columns for; it knows no other words for these.
std::string_view restaurant_word(std::string_view status) {
    if (status == "preparing") {
        return "cooking";
    }
    return status == "confirmed" ? "pending" : status;
}

std::string text_at(const Payload& payload, const char* name) {
    const auto found = payload.find(name);
    return found != payload.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

Payload field(const Payload& payload, const char* name) {
    const auto found = payload.find(name);
    return found == payload.end() ? Payload{} : *found;
}

/// A payload that was cut has no items, and pages go through them.
Payload items_of(const Payload& payload) {
    const auto items = payload.find("items");
    return items == payload.end() ? Payload::array() : *items;
}

bool is_cut(const Payload& payload) {
    return payload.contains("truncated");
}

/// What tells a repeat, and where the whole is to be had.
void add_event_fields(const Payload& payload, Payload& shaped) {
    shaped["eventId"] = field(payload, "id");
    for (const char* name : {"seq", "occurredAt", "truncated", "href"}) {
        if (payload.contains(name)) {
            shaped[name] = payload[name];
        }
    }
}

/// The payload as that of the thing itself: its `id` is the thing's.
Payload payload_of_thing(const Payload& payload, const char* id_field) {
    Payload shaped = payload;
    shaped["eventId"] = field(payload, "id");
    shaped["id"] = field(payload, id_field);
    shaped["updatedAt"] = field(payload, "occurredAt");
    return shaped;
}

}  // namespace

EventPayload rooms_payload(const EventPayload& payload) {
    Payload shaped = payload;
    const std::string type = text_at(payload, "type");
    if (payload.contains("ticketId") || type.starts_with("kitchen:cancel_")) {
        shaped["kitchenOrderId"] = field(payload, "ticketId");
    }
    if (const auto number = shaped.find("orderNumber"); number != shaped.end()) {
        *number = number->is_string() ? number->get<std::string>() : number->dump();
    }
    if (is_cut(payload) && (type == "order:created" || type == "order:items_added")) {
        shaped["items"] = items_of(payload);
    }
    return shaped;
}

EventPayload restaurant_order(const EventPayload& payload) {
    const Payload table = field(payload, "tableNumber");
    Payload shaped{
        {"order",
         {{"id", field(payload, "orderId")},
          {"items", items_of(payload)},
          {"totalAmount", field(payload, "totalAmount")},
          {"status", restaurant_word(text_at(payload, "status"))},
          {"tableNumber", table},
          {"customerName", field(payload, "customerName")},
          {"createdAt", field(payload, "createdAt")}}},
        {"session", {{"id", field(payload, "sessionId")}, {"tableNumber", table}}}};
    add_event_fields(payload, shaped);
    return shaped;
}

EventPayload restaurant_status(const EventPayload& payload) {
    const std::string status = text_at(payload, "status");
    const std::string previous = text_at(payload, "previousStatus");
    const std::string_view word = restaurant_word(status);
    if (word == restaurant_word(previous)) {
        return Payload(Payload::value_t::discarded);
    }
    Payload shaped{
        {"orderId", field(payload, "orderId")},
        {"status", word},
        {"tableNumber", field(payload, "tableNumber")}};
    add_event_fields(payload, shaped);
    return shaped;
}

EventPayload subscribe_order(const EventPayload& payload) {
    Payload shaped = payload_of_thing(payload, "orderId");
    shaped["items"] = items_of(payload);
    return shaped;
}

EventPayload subscribe_status(const EventPayload& payload) {
    if (text_at(payload, "status") == "cancelled") {
        return Payload(Payload::value_t::discarded);
    }
    return subscribe_order(payload);
}

EventPayload subscribe_items(const EventPayload& payload) {
    Payload shaped = subscribe_order(payload);
    if (const auto all = shaped.find("orderItems"); all != shaped.end()) {
        const Payload items = *all;
        shaped.erase("orderItems");
        shaped["items"] = items;
    }
    shaped["totalAmount"] = field(payload, "newTotalAmount");
    shaped["finalAmount"] = field(payload, "newFinalAmount");
    return shaped;
}

EventPayload subscribe_cancelled(const EventPayload& payload) {
    Payload shaped = payload_of_thing(payload, "orderId");
    shaped["status"] = "cancelled";
    return shaped;
}

EventPayload subscribe_table(const EventPayload& payload) {
    return payload_of_thing(payload, "tableId");
}

EventPayload subscribe_payment(const EventPayload& payload) {
    return payload_of_thing(payload, "paymentId");
}

EventPayload subscribe_menu_item(const EventPayload& payload) {
    return payload_of_thing(payload, "menuItemId");
}

}  // namespace orderpush::realtime

#pragma once

#include <nlohmann/json_fwd.hpp>

/// What the payloads of an event look like to the clients of a dialect. `payload` is the event's
/// envelope.
namespace orderpush::realtime {

using EventPayload = nlohmann::ordered_json;

/// Makes the payload; discarded: clients of the dialect are not told.
using EventShape = EventPayload (*)(const EventPayload& payload);

/// As the product sends it, with `kitchenOrderId` for the ticket and `orderNumber` as text.
EventPayload rooms_payload(const EventPayload& payload);
/// {order, session} of a new order.
EventPayload restaurant_order(const EventPayload& payload);
/// {orderId, status, tableNumber}; nothing if these clients have the same word for both states.
EventPayload restaurant_status(const EventPayload& payload);
/// The order itself, with its own `id`.
EventPayload subscribe_order(const EventPayload& payload);
/// The same, but that a cancelled order is told of by the event `order:cancelled`.
EventPayload subscribe_status(const EventPayload& payload);
/// The whole order, where the event has only the new lines in `items`.
EventPayload subscribe_items(const EventPayload& payload);
EventPayload subscribe_cancelled(const EventPayload& payload);
EventPayload subscribe_table(const EventPayload& payload);
EventPayload subscribe_payment(const EventPayload& payload);
EventPayload subscribe_menu_item(const EventPayload& payload);

}  // namespace orderpush::realtime

#include "usecases/events/event_table.hpp"

#include <algorithm>
#include <stdexcept>

namespace orderpush::usecases {
namespace {

using enum Audience;
using enum FieldKind;
constexpr Given kSometimes = Given::kSometimes;

/// Everyone who follows an order.
std::vector<Audience> followers() {
    return {kKitchen, kWaiters, kTable, kSession, kOrder};
}

std::vector<Audience> staff_and_order() {
    return {kKitchen, kWaiters, kOrder};
}

// clang-format off
std::vector<EventRow> order_rows() {
    return {
        {"order:created", "An order was accepted.", followers(),
            {{"orderId", kUuid}, {"orderNumber", kCount}, {"sessionId", kUuid}, {"tableId", kUuid}, {"tableNumber", kText},
             {"table", kText}, {"customerName", kText, kSometimes}, {"status", FieldKind::kOrderStatus}, {"itemCount", kCount},
             {"items", kItems}, {"totalAmount", kAmount}, {"finalAmount", kAmount}, {"currency", kCurrency},
             {"note", kText, kSometimes}, {"createdAt", kTime}}},
        {"order:confirmed", "An order was confirmed.", followers(),
            {{"orderId", kUuid}, {"tableId", kUuid}, {"orderNumber", kCount}, {"confirmedAt", kTime}}},
        {"order:status_changed", "An order's status changed.", followers(),
            {{"orderId", kUuid}, {"orderNumber", kCount}, {"tableId", kUuid}, {"table", kText}, {"status", FieldKind::kOrderStatus},
             {"previousStatus", FieldKind::kOrderStatus}, {"itemCount", kCount}}},
        {"order:items_added", "Lines were added to an open order; `items` are the new ones.", followers(),
            {{"orderId", kUuid}, {"orderNumber", kCount}, {"tableId", kUuid}, {"table", kText}, {"status", FieldKind::kOrderStatus},
             {"itemCount", kCount}, {"items", kItems}, {"newTotalAmount", kAmount}, {"newFinalAmount", kAmount}}},
        {"order:item_status_changed", "One line of an order moved.", followers(),
            {{"orderId", kUuid}, {"itemId", kUuid}, {"status", FieldKind::kItemStatus}, {"previousStatus", FieldKind::kItemStatus}}},
        {"order:cancel_request", "A waiter, or a guest while the order is pending, asks to cancel it.", staff_and_order(),
            {{"orderId", kUuid}, {"tableId", kUuid}, {"reason", kText}, {"staffId", kUuid, kSometimes}}},
        {"order:cancelled", "An order was cancelled.", followers(),
            {{"orderId", kUuid}, {"tableId", kUuid}, {"reason", kText}}},
    };
}

std::vector<EventRow> kitchen_rows() {
    return {
        {"kitchen:order_acknowledged", "A chef took a ticket.", staff_and_order(),
            {{"ticketId", kUuid}, {"orderId", kUuid}, {"chefId", kUuid}, {"chefName", kText}}},
        {"kitchen:order_preparing", "A ticket was started.", followers(),
            {{"ticketId", kUuid}, {"orderId", kUuid}, {"tableId", kUuid}}},
        {"kitchen:order_ready", "A ticket is ready.", followers(),
            {{"ticketId", kUuid}, {"orderId", kUuid}, {"tableId", kUuid}}},
        {"kitchen:order_completed", "A ticket was bumped off.", {kKitchen, kWaiters, kTable, kSession},
            {{"ticketId", kUuid}, {"orderId", kUuid}, {"tableId", kUuid}, {"prepTime", kMinutes}}},
        {"kitchen:order_recalled", "A ticket was brought back.", staff_and_order(),
            {{"ticketId", kUuid}, {"orderId", kUuid}, {"tableId", kUuid}, {"status", FieldKind::kTicketStatus}}},
        {"kitchen:order_held", "A ticket is held back.", {kKitchen},
            {{"ticketId", kUuid}, {"orderId", kUuid}, {"tableId", kUuid}}},
        {"kitchen:order_fired", "A ticket is no longer held back.", {kKitchen},
            {{"ticketId", kUuid}, {"orderId", kUuid}, {"tableId", kUuid}}},
        {"kitchen:cancel_accepted", "The kitchen agrees to a cancellation.", staff_and_order(),
            {{"ticketId", kUuid, kSometimes}, {"orderId", kUuid}, {"tableId", kUuid}}},
        {"kitchen:cancel_rejected", "The kitchen refuses a cancellation.", staff_and_order(),
            {{"ticketId", kUuid, kSometimes}, {"orderId", kUuid}, {"tableId", kUuid}, {"reason", kText}}},
        {"kitchen:priority_changed", "A ticket's priority changed.", {kKitchen},
            {{"ticketId", kUuid}, {"orderId", kUuid}, {"priority", FieldKind::kPriority}}},
        {"kitchen:station_assigned", "A ticket was moved to a station.", {kKitchen},
            {{"ticketId", kUuid}, {"orderId", kUuid}, {"stationId", kUuid}, {"stationName", kText}}},
        {"kitchen:stats_update", "The counts of a branch's open tickets changed; at most once a second per branch.", {kKitchen},
            {{"pending", kCount}, {"preparing", kCount}, {"ready", kCount}, {"total", kCount}}},
        {"kitchen:unattended", "An order waits in a kitchen without a display (no_display), unacknowledged past the branch's limit (unacknowledged), or shown by none of its displays past the limit for that (unseen).", {kWaiters},
            {{"orderId", kUuid, kSometimes}, {"reason", kText}, {"since", kTime}}},
    };
}

std::vector<EventRow> house_rows() {
    return {
        {"table:updated", "A table was created, changed, occupied or freed.", {kTables, kWaiters},
            {{"tableId", kUuid}, {"tableNumber", kText}, {"status", FieldKind::kTableStatus}, {"areaId", kUuid},
             {"sessionId", kUuid, kSometimes}}},
        {"menu:updated", "A menu item was created, changed, or became available or unavailable.", {kMenu},
            {{"menuItemId", kUuid}, {"name", kText}, {"price", kAmount}, {"available", kTruth}, {"change", FieldKind::kMenuItemChange}}},
        {"payment:completed", "A payment was recorded.", {kWaiters, kTables, kSession},
            {{"paymentId", kUuid}, {"sessionId", kUuid}, {"tableId", kUuid}, {"orderIds", kUuids}, {"amount", kAmount},
             {"currency", kCurrency}, {"method", FieldKind::kPaymentMethod}}},
        {"session:opened", "Guests sat down.", {kTables, kWaiters, kSession},
            {{"sessionId", kUuid}, {"tableId", kUuid}}},
        {"session:closed", "Guests left, or were asked to.", {kTables, kWaiters, kSession},
            {{"sessionId", kUuid}, {"tableId", kUuid}}},
    };
}

std::vector<EventRow> realtime_rows() {
    return {
        {kProviderChanged, "Events come through another provider from now on: connect as GET /v1/realtime says.", {kKitchen, kWaiters, kMenu},
            {{"provider", kText}, {"previousProvider", kText}}},
    };
}
// clang-format on

std::vector<EventRow> all_rows() {
    std::vector<EventRow> all;
    for (auto&& rows : {order_rows(), kitchen_rows(), house_rows(), realtime_rows()}) {
        all.insert(all.end(), rows.begin(), rows.end());
    }
    return all;
}

}  // namespace

std::span<const EventRow> event_table() {
    static const std::vector<EventRow> table = all_rows();
    return table;
}

const EventRow& event_row(std::string_view name) {
    const auto table = event_table();
    const auto found = std::ranges::find(table, name, &EventRow::name);
    if (found == table.end()) {
        throw std::logic_error("no event of this name: " + std::string{name});
    }
    return *found;
}

}  // namespace orderpush::usecases

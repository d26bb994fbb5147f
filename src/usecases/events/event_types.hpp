#pragma once

#include "usecases/events/event_table.hpp"

namespace orderpush::usecases::event_type {

// Every event of the product. Who makes an event names its type here, so that it can have no other
// name than the documented one; event_table.cpp lists them all.

using enum Audience;
using enum FieldKind;
using enum FieldPresence;

/// Everyone who follows an order.
inline constexpr EventRow::Audiences kFollowers{kKitchen, kWaiters, kTable, kSession, kOrder};
inline constexpr EventRow::Audiences kStaffAndOrder{kKitchen, kWaiters, kOrder};

// clang-format off
inline constexpr EventRow kOrderCreated{"order:created", "An order was accepted.", kFollowers,
    {{"orderId", kUuid}, {"orderNumber", kCount}, {"sessionId", kUuid}, {"tableId", kUuid}, {"tableNumber", kText},
     {"table", kText}, {"customerName", kText, kOptional}, {"status", FieldKind::kOrderStatus}, {"itemCount", kCount},
     {"items", kItems}, {"totalAmount", kAmount}, {"finalAmount", kAmount}, {"currency", kCurrency},
     {"note", kText, kOptional}, {"createdAt", kTime}}};
inline constexpr EventRow kOrderConfirmed{"order:confirmed", "An order was confirmed.", kFollowers,
    {{"orderId", kUuid}, {"tableId", kUuid}, {"orderNumber", kCount}, {"confirmedAt", kTime}}};
inline constexpr EventRow kOrderStatusChanged{"order:status_changed", "An order's status changed.", kFollowers,
    {{"orderId", kUuid}, {"orderNumber", kCount}, {"sessionId", kUuid}, {"tableId", kUuid}, {"tableNumber", kText},
     {"table", kText}, {"customerName", kText, kOptional}, {"status", FieldKind::kOrderStatus},
     {"previousStatus", FieldKind::kOrderStatus}, {"itemCount", kCount}, {"items", kItems}, {"totalAmount", kAmount},
     {"finalAmount", kAmount}, {"currency", kCurrency}, {"note", kText, kOptional}, {"createdAt", kTime}}};
inline constexpr EventRow kOrderItemsAdded{"order:items_added", "Lines were added to an open order; `items` are the new ones, `orderItems` all.", kFollowers,
    {{"orderId", kUuid}, {"orderNumber", kCount}, {"tableId", kUuid}, {"tableNumber", kText}, {"table", kText},
     {"status", FieldKind::kOrderStatus}, {"itemCount", kCount}, {"items", kItems}, {"orderItems", kItems}, {"newTotalAmount", kAmount}, {"newFinalAmount", kAmount}}};
inline constexpr EventRow kOrderItemStatusChanged{"order:item_status_changed", "One line of an order moved.", kFollowers,
    {{"orderId", kUuid}, {"itemId", kUuid}, {"status", FieldKind::kItemStatus}, {"previousStatus", FieldKind::kItemStatus}}};
inline constexpr EventRow kOrderCancelRequest{"order:cancel_request", "A waiter, or a guest while the order is pending, asks to cancel it.", kStaffAndOrder,
    {{"orderId", kUuid}, {"tableId", kUuid}, {"reason", kText}, {"staffId", kUuid, kOptional}}};
inline constexpr EventRow kOrderCancelled{"order:cancelled", "An order was cancelled.", kFollowers,
    {{"orderId", kUuid}, {"tableId", kUuid}, {"reason", kText}}};
inline constexpr EventRow kKitchenOrderAcknowledged{"kitchen:order_acknowledged", "A chef took a ticket.", kStaffAndOrder,
    {{"ticketId", kUuid}, {"orderId", kUuid}, {"chefId", kUuid}, {"chefName", kText}}};
inline constexpr EventRow kKitchenOrderPreparing{"kitchen:order_preparing", "A ticket was started.", kFollowers,
    {{"ticketId", kUuid}, {"orderId", kUuid}, {"tableId", kUuid}}};
inline constexpr EventRow kKitchenOrderReady{"kitchen:order_ready", "A ticket is ready.", kFollowers,
    {{"ticketId", kUuid}, {"orderId", kUuid}, {"tableId", kUuid}}};
inline constexpr EventRow kKitchenOrderCompleted{"kitchen:order_completed", "A ticket was bumped off.", {kKitchen, kWaiters, kTable, kSession},
    {{"ticketId", kUuid}, {"orderId", kUuid}, {"tableId", kUuid}, {"prepTime", kMinutes}}};
inline constexpr EventRow kKitchenOrderRecalled{"kitchen:order_recalled", "A ticket was brought back.", kStaffAndOrder,
    {{"ticketId", kUuid}, {"orderId", kUuid}, {"tableId", kUuid}, {"status", FieldKind::kTicketStatus}}};
inline constexpr EventRow kKitchenOrderHeld{"kitchen:order_held", "A ticket is held back.", {kKitchen},
    {{"ticketId", kUuid}, {"orderId", kUuid}, {"tableId", kUuid}}};
inline constexpr EventRow kKitchenOrderFired{"kitchen:order_fired", "A ticket is no longer held back.", {kKitchen},
    {{"ticketId", kUuid}, {"orderId", kUuid}, {"tableId", kUuid}}};
inline constexpr EventRow kKitchenCancelAccepted{"kitchen:cancel_accepted", "The kitchen agrees to a cancellation.", kStaffAndOrder,
    {{"ticketId", kUuid, kOptional}, {"orderId", kUuid}, {"tableId", kUuid}}};
inline constexpr EventRow kKitchenCancelRejected{"kitchen:cancel_rejected", "The kitchen refuses a cancellation.", kStaffAndOrder,
    {{"ticketId", kUuid, kOptional}, {"orderId", kUuid}, {"tableId", kUuid}, {"reason", kText}}};
inline constexpr EventRow kKitchenPriorityChanged{"kitchen:priority_changed", "A ticket's priority changed.", {kKitchen},
    {{"ticketId", kUuid}, {"orderId", kUuid}, {"priority", FieldKind::kPriority}}};
inline constexpr EventRow kKitchenStationAssigned{"kitchen:station_assigned", "A ticket was moved to a station.", {kKitchen},
    {{"ticketId", kUuid}, {"orderId", kUuid}, {"stationId", kUuid}, {"stationName", kText}}};
inline constexpr EventRow kKitchenStatsUpdate{"kitchen:stats_update", "The counts of a branch's open tickets changed; at most once a second per branch.", {kKitchen},
    {{"pending", kCount}, {"preparing", kCount}, {"ready", kCount}, {"total", kCount}}};
inline constexpr EventRow kKitchenUnattended{"kitchen:unattended", "An order waits in a kitchen without a display (no_display), unacknowledged past the branch's limit (unacknowledged), or shown by none of its displays past the limit for that (unseen).", {kWaiters},
    {{"orderId", kUuid, kOptional}, {"reason", kText}, {"since", kTime}}};
inline constexpr EventRow kTableUpdated{"table:updated", "A table was created, changed, occupied or freed.", {kTables, kWaiters},
    {{"tableId", kUuid}, {"tableNumber", kText}, {"status", FieldKind::kTableStatus}, {"areaId", kUuid},
     {"sessionId", kUuid, kOptional}}};
inline constexpr EventRow kMenuUpdated{"menu:updated", "A menu item was created, changed, or became available or unavailable.", {kMenu},
    {{"menuItemId", kUuid}, {"name", kText}, {"price", kAmount}, {"available", kTruth}, {"change", FieldKind::kMenuItemChange}}};
inline constexpr EventRow kPaymentCompleted{"payment:completed", "A payment was recorded.", {kWaiters, kTables, kSession},
    {{"paymentId", kUuid}, {"sessionId", kUuid}, {"tableId", kUuid}, {"orderIds", kUuids}, {"amount", kAmount},
     {"currency", kCurrency}, {"method", FieldKind::kPaymentMethod}}};
inline constexpr EventRow kSessionOpened{"session:opened", "Guests sat down.", {kTables, kWaiters, kSession},
    {{"sessionId", kUuid}, {"tableId", kUuid}}};
inline constexpr EventRow kSessionClosed{"session:closed", "Guests left, or were asked to.", {kTables, kWaiters, kSession},
    {{"sessionId", kUuid}, {"tableId", kUuid}, {"reason", FieldKind::kSessionEnd}}};
inline constexpr EventRow kProviderChanged{"realtime:provider_changed", "Events come through another provider from now on: connect as GET /v1/realtime says.", {kKitchen, kWaiters, kMenu},
    {{"provider", kText}, {"previousProvider", kText}}};
inline constexpr EventRow kEpochBegan{"realtime:epoch_began", "The logs began a new epoch, as after a restore: read the current state, then go on from its position.", {kKitchen, kWaiters, kMenu},
    {{"epoch", kUuid}}};
// clang-format on

}  // namespace orderpush::usecases::event_type

#include "usecases/events/event_table.hpp"

#include "usecases/events/event_types.hpp"

namespace orderpush::usecases {
namespace {

constexpr std::array kTable{
    event_type::kOrderCreated,
    event_type::kOrderConfirmed,
    event_type::kOrderStatusChanged,
    event_type::kOrderItemsAdded,
    event_type::kOrderItemStatusChanged,
    event_type::kOrderCancelRequest,
    event_type::kOrderCancelled,
    event_type::kKitchenOrderAcknowledged,
    event_type::kKitchenOrderPreparing,
    event_type::kKitchenOrderReady,
    event_type::kKitchenOrderCompleted,
    event_type::kKitchenOrderRecalled,
    event_type::kKitchenOrderHeld,
    event_type::kKitchenOrderFired,
    event_type::kKitchenCancelAccepted,
    event_type::kKitchenCancelRejected,
    event_type::kKitchenPriorityChanged,
    event_type::kKitchenStationAssigned,
    event_type::kKitchenStatsUpdate,
    event_type::kKitchenUnattended,
    event_type::kTableUpdated,
    event_type::kMenuUpdated,
    event_type::kPaymentCompleted,
    event_type::kSessionOpened,
    event_type::kSessionClosed,
    event_type::kProviderChanged,
    event_type::kEpochBegan,
};

}  // namespace

std::span<const EventRow> event_table() {
    return kTable;
}

}  // namespace orderpush::usecases

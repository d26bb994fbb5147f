#pragma once

#include "core/kitchen/alarm_store.hpp"
#include "core/outgoing_webhooks/outgoing_webhook_store.hpp"

#include <span>
#include <string>

namespace orderpush::usecases {

/// The body of a webhook as Pusher has it: {"time_ms", "events"}. Each event has two fields more,
/// `id` and `sequence`: see StoredChannelEvent.
std::string webhook_body(Timestamp time, std::span<const StoredChannelEvent> events);

/// The body of a restaurant's own webhook, as Standard Webhooks has it: {"type": "order.unseen",
/// "timestamp", "data": {orderId, branchId, reason, since}}.
std::string unseen_webhook_body(const WaitingOrder& order, Timestamp at);

}  // namespace orderpush::usecases

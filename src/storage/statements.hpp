#pragma once

#include "storage/database/statement.hpp"
#include "storage/kitchen/statements_alarms.hpp"
#include "storage/delivery/statements_announcements.hpp"
#include "storage/pusher_apps/statements_pusher_apps.hpp"
#include "storage/delivery/statements_deliveries.hpp"
#include "storage/events/statements_events.hpp"
#include "storage/tables/statements_floor.hpp"
#include "storage/cluster/statements_hub.hpp"
#include "storage/kitchen/statements_kitchen.hpp"
#include "storage/operations/statements_operations.hpp"
#include "storage/orders/statements_orders.hpp"
#include "storage/delivery/statements_outbox.hpp"
#include "storage/outgoing_webhooks/statements_outgoing_webhooks.hpp"
#include "storage/payments/statements_payments.hpp"
#include "storage/presence/statements_presence.hpp"
#include "storage/kitchen/statements_receipts.hpp"
#include "storage/restaurant/statements_restaurants.hpp"
#include "storage/operations/statements_retention.hpp"
#include "storage/database/statements_schema.hpp"
#include "storage/tables/statements_sessions.hpp"
#include "storage/kitchen/statements_stats.hpp"
#include "storage/tables/statements_tables.hpp"
#include "storage/incoming_webhooks/statements_incoming_webhooks.hpp"

#include <span>

namespace orderpush::storage {

/// All statements that run prepared, so that a test can prepare each of them.
std::span<const Statement> prepared_statements();

}  // namespace orderpush::storage

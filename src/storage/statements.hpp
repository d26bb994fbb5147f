#pragma once

#include "storage/statement.hpp"
#include "storage/statements_alarms.hpp"
#include "storage/statements_announcements.hpp"
#include "storage/statements_apps.hpp"
#include "storage/statements_deliveries.hpp"
#include "storage/statements_events.hpp"
#include "storage/statements_floor.hpp"
#include "storage/statements_hub.hpp"
#include "storage/statements_kitchen.hpp"
#include "storage/statements_operations.hpp"
#include "storage/statements_orders.hpp"
#include "storage/statements_outbox.hpp"
#include "storage/statements_outgoing_webhooks.hpp"
#include "storage/statements_payments.hpp"
#include "storage/statements_presence.hpp"
#include "storage/statements_receipts.hpp"
#include "storage/statements_restaurants.hpp"
#include "storage/statements_retention.hpp"
#include "storage/statements_schema.hpp"
#include "storage/statements_sessions.hpp"
#include "storage/statements_stats.hpp"
#include "storage/statements_tables.hpp"
#include "storage/statements_webhooks.hpp"

#include <span>

namespace orderpush::storage {

/// All statements that run prepared, so that a test can prepare each of them.
std::span<const Statement> prepared_statements();

}  // namespace orderpush::storage

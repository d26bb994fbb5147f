#pragma once

#include "storage/statement.hpp"

#include <span>
#include <string_view>
#include <vector>

namespace orderpush::storage {

// The statements of one source each, beside which they stand.

std::span<const Statement> alarm_statements();
std::span<const Statement> announcement_statements();
std::span<const Statement> audit_statements();
std::span<const Statement> broker_statements();
std::span<const Statement> channel_event_statements();
std::span<const Statement> delivery_statements();
std::span<const Statement> event_log_statements();
std::span<const Statement> hub_log_statements();
std::span<const Statement> idempotency_statements();
std::span<const Statement> incoming_webhook_statements();
std::span<const Statement> instance_statements();
std::span<const Statement> kitchen_statements();
std::span<const Statement> log_epoch_statements();
std::span<const Statement> menu_statements();
std::span<const Statement> operations_statements();
std::span<const Statement> order_statements();
std::span<const Statement> outbox_statements();
std::span<const Statement> outgoing_webhook_statements();
std::span<const Statement> payment_statements();
std::span<const Statement> pool_statements();
std::span<const Statement> presence_statements();
std::span<const Statement> pusher_app_statements();
std::span<const Statement> receipt_statements();
std::span<const Statement> recovery_statements();
std::span<const Statement> relay_stream_statements();
std::span<const Statement> restaurant_statements();
std::span<const Statement> restaurant_webhook_statements();
std::span<const Statement> retention_statements();
std::span<const Statement> schema_statements();
std::span<const Statement> session_statements();
std::span<const Statement> staff_statements();
std::span<const Statement> stats_statements();
std::span<const Statement> table_statements();

/// All statements that run prepared.
std::vector<Statement> all_statements();
/// The one of this name. Throws std::invalid_argument if there is none.
Statement find_statement(std::string_view name);

}  // namespace orderpush::storage

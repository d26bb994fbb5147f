#pragma once

#include "base/observability/metrics.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace orderpush::usecases {

/// The names of all metrics; what each is stands in metrics_table.cpp.
namespace figure {
inline constexpr std::string_view kBuildInfo = "orderpush_build_info";
inline constexpr std::string_view kProcessStart = "orderpush_process_start_time_seconds";
inline constexpr std::string_view kMemory = "orderpush_memory_bytes";
inline constexpr std::string_view kHttpRequests = "orderpush_http_requests_total";
inline constexpr std::string_view kHttpDuration = "orderpush_http_request_duration_seconds";
inline constexpr std::string_view kHttpRefused = "orderpush_http_requests_refused_total";
inline constexpr std::string_view kDatabaseUp = "orderpush_database_up";
inline constexpr std::string_view kPoolInUse = "orderpush_database_pool_connections_in_use";
inline constexpr std::string_view kPoolOpen = "orderpush_database_pool_connections_open";
inline constexpr std::string_view kPoolMax = "orderpush_database_pool_connections_max";
inline constexpr std::string_view kPoolWait = "orderpush_database_pool_wait_seconds";
inline constexpr std::string_view kStatementErrors = "orderpush_database_statement_errors_total";
inline constexpr std::string_view kOutboxEntries = "orderpush_outbox_entries";
inline constexpr std::string_view kOutboxAge = "orderpush_outbox_oldest_entry_age_seconds";
inline constexpr std::string_view kRelayLease = "orderpush_relay_lease_held";
inline constexpr std::string_view kPublishOutcomes = "orderpush_publish_outcomes_total";
inline constexpr std::string_view kPublishLatency = "orderpush_publish_latency_seconds";
inline constexpr std::string_view kPublishCall = "orderpush_publish_call_duration_seconds";
inline constexpr std::string_view kDeadLetters = "orderpush_dead_letters_total";
inline constexpr std::string_view kCircuit = "orderpush_adapter_circuit_state";
inline constexpr std::string_view kWebhooks = "orderpush_webhooks_total";
inline constexpr std::string_view kOutgoingWebhooks = "orderpush_outgoing_webhooks_total";
inline constexpr std::string_view kWebhookEventsLost =
    "orderpush_outgoing_webhook_events_lost_total";
inline constexpr std::string_view kHubConnections = "orderpush_hub_connections";
inline constexpr std::string_view kHubSubscriptions = "orderpush_hub_subscriptions";
inline constexpr std::string_view kHubPublished = "orderpush_hub_messages_published_total";
inline constexpr std::string_view kHubDelivered = "orderpush_hub_messages_delivered_total";
inline constexpr std::string_view kSlowConsumers = "orderpush_hub_slow_consumers_closed_total";
inline constexpr std::string_view kRetentionRows = "orderpush_retention_rows_removed_total";
inline constexpr std::string_view kLogLinesDropped = "orderpush_log_lines_dropped_total";
inline constexpr std::string_view kWorkerSteps = "orderpush_worker_steps_total";
inline constexpr std::string_view kWorkerDefects = "orderpush_worker_defects_total";
inline constexpr std::string_view kKitchenAlarms = "orderpush_kitchen_alarms_raised_total";
inline constexpr std::string_view kUnseenSteps = "orderpush_unseen_order_steps_total";
inline constexpr std::string_view kCommitToScreen = "orderpush_commit_to_screen_seconds";
inline constexpr std::string_view kCommitToSeen = "orderpush_commit_to_seen_seconds";
}  // namespace figure

/// The closed sets that others know.
struct FigureSets {
    /// The patterns of the HTTP routes; "-" stands for none.
    std::vector<std::string> routes = {};
    /// The names of the adapters in use.
    std::vector<std::string> adapters = {};
    /// The names of the streams: see Relays.
    std::vector<std::string> streams = {};
    /// The names of the workers.
    std::vector<std::string> workers = {};
    /// Of this binary.
    std::string version = {};
};

/// Every figure of the service, with its labels and all that they can be.
std::vector<metrics::Definition> figures_table(const FigureSets& sets);

/// What the metrics call a method: itself, or "other".
std::string_view figure_of_method(std::string_view method) noexcept;
/// "2xx" and so on.
std::string_view figure_of_status(int status) noexcept;

}  // namespace orderpush::usecases

#include "main/metrics/service_metrics.hpp"

#include "base/clock.hpp"
#include "base/observability/log.hpp"
#include "base/process_memory.hpp"
#include "http/routes.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <utility>

namespace orderpush {
namespace {

namespace figure = usecases::figure;

/// Of the outbox, per scrape and stream; the help of the metric names it too.
constexpr int kCountedEntriesMax = 10'000;

/// The names of all workers; of several with one name the sum counts.
constexpr std::array kWorkerNames{
    "database_watch",
    "ended_logins",
    "incoming_webhooks",
    "instance_heartbeat",
    "memory_return",
    "presence_feed",
    "presence_reconciler",
    "pusher_app_sync",
    "relay",
    "retention",
    "session_closer",
    "stats_publisher",
    "unseen_orders",
    "webhook_dispatcher",
    "webhook_recorder"};

double seconds(Timestamp::duration time) {
    return std::chrono::duration<double>{time}.count();
}

void collect_database(metrics::Registry& registry, const MetricsSources& from) {
    const auto pool = from.database.figures();
    registry.gauge(figure::kPoolInUse).set(static_cast<double>(pool.in_use));
    registry.gauge(figure::kPoolOpen).set(static_cast<double>(pool.open));
    registry.gauge(figure::kPoolMax).set(static_cast<double>(pool.max));
    const auto backlogs = from.deliveries.total_backlogs(kCountedEntriesMax);
    registry.gauge(figure::kDatabaseUp).set(backlogs ? 1 : 0);
    if (!backlogs) {
        return;
    }
    const auto& labels = registry.labels_of(figure::kOutboxEntries);
    const auto& streams = labels.front().values;
    const Timestamp now = from.clock.now();
    for (const StreamBacklog& backlog : *backlogs) {
        // Between two starts with different settings there may be others.
        if (std::ranges::find(streams, backlog.stream) == streams.end()) {
            continue;
        }
        const Timestamp oldest_at = std::min(backlog.oldest_at.value_or(now), now);
        registry.gauge(figure::kOutboxEntries, {backlog.stream})
            .set(static_cast<double>(backlog.entry_count));
        registry.gauge(figure::kOutboxAge, {backlog.stream}).set(seconds(now - oldest_at));
    }
}

void collect_circuits(metrics::Registry& registry, const MetricsSources& from) {
    using enum usecases::CircuitState;
    for (const usecases::AdapterState& adapter : from.adapters.states()) {
        for (const auto state : {kClosed, kOpen, kHalfOpen, kStopped}) {
            registry.gauge(figure::kCircuit, {adapter.name, usecases::to_string(state)})
                .set(adapter.circuit.state == state ? 1 : 0);
        }
    }
}

void collect_hub(metrics::Registry& registry, const MetricsSources& from) {
    const realtime::HubStats hub = from.hub.stats();
    const auto connections = static_cast<double>(from.sockets.connection_count());
    registry.gauge(figure::kHubConnections).set(connections);
    registry.gauge(figure::kHubSubscriptions).set(static_cast<double>(hub.subscriptions));
    registry.counter(figure::kHubPublished).raise_to(static_cast<double>(hub.published));
    registry.counter(figure::kHubDelivered).raise_to(static_cast<double>(hub.delivered));
}

void collect_memory(metrics::Registry& registry) {
    const ProcessMemory memory = process_memory();
    registry.gauge(figure::kMemory, {"in_use"}).set(static_cast<double>(memory.in_use));
    registry.gauge(figure::kMemory, {"resident"}).set(static_cast<double>(memory.resident));
}

void collect_workers(metrics::Registry& registry, const MetricsSources& from) {
    std::map<std::string, WorkerStats> totals;
    for (const Worker* worker : from.workers) {
        const WorkerStats stats = worker->stats();
        totals[worker->name()].steps += stats.steps;
        totals[worker->name()].defects += stats.defects;
    }
    for (const auto& [name, total] : totals) {
        registry.counter(figure::kWorkerSteps, {name}).raise_to(static_cast<double>(total.steps));
        registry.counter(figure::kWorkerDefects, {name})
            .raise_to(static_cast<double>(total.defects));
    }
}

}  // namespace

usecases::FigureSets metric_labels(const Settings& settings) {
    std::vector<std::string> streams = settings.push_adapters;
    streams.emplace_back("failover");
    return {
        .routes = http::route_patterns(),
        .adapters = settings.push_adapters,
        .streams = std::move(streams),
        .workers = {kWorkerNames.begin(), kWorkerNames.end()},
        .version = ORDERPUSH_VERSION};
}

storage::DbPoolOptions counted(metrics::Registry& registry, storage::DbPoolOptions options) {
    options.wait = registry.histogram(figure::kPoolWait);
    options.errors = {
        .final_ones = registry.counter(figure::kStatementErrors, {"final"}),
        .rolled_back = registry.counter(figure::kStatementErrors, {"rolled_back"}),
        .connection_lost = registry.counter(figure::kStatementErrors, {"connection_lost"})};
    return options;
}

usecases::RetentionMetrics retention_metrics(metrics::Registry& registry) {
    return {
        .entries = registry.counter(figure::kRetentionRows, {"entries"}),
        .events = registry.counter(figure::kRetentionRows, {"events"}),
        .keys = registry.counter(figure::kRetentionRows, {"idempotency_keys"})};
}

usecases::UnseenOrderMonitorOptions counted(
    metrics::Registry& registry, usecases::UnseenOrderMonitorOptions options
) {
    for (const auto cause :
         {AlarmCause::kNoDisplay, AlarmCause::kUnacknowledged, AlarmCause::kUnseen}) {
        options.alarms.at(static_cast<std::size_t>(cause)) =
            registry.counter(figure::kKitchenAlarms, {to_string(cause)});
    }
    for (const auto step : {AlarmStep::kPushAgain, AlarmStep::kWaiters, AlarmStep::kWebhook}) {
        options.steps.at(static_cast<std::size_t>(step)) =
            registry.counter(figure::kUnseenSteps, {to_string(step)});
    }
    return options;
}

usecases::DeliveryMetrics delivery_metrics(metrics::Registry& registry, const Settings& settings) {
    const bool is_failover =
        settings.push_mode == PushMode::kFailover && settings.push_adapters.size() > 1;
    const auto streams =
        is_failover ? std::vector<std::string>{"failover"} : settings.push_adapters;
    return {registry, settings.push_adapters, streams};
}

void collect_metrics(metrics::Registry& registry, const MetricsSources& sources) {
    registry.gauge(figure::kBuildInfo, {ORDERPUSH_VERSION}).set(1);
    registry.gauge(figure::kProcessStart).set(seconds(sources.clock.now().time_since_epoch()));
    registry.on_scrape([&registry, from = sources] {
        registry.counter(figure::kLogLinesDropped)
            .raise_to(static_cast<double>(log::dropped_lines()));
        collect_memory(registry);
        collect_database(registry, from);
        collect_circuits(registry, from);
        collect_hub(registry, from);
        collect_workers(registry, from);
    });
}

}  // namespace orderpush

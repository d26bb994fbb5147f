#pragma once

#include "base/observability/metrics.hpp"
#include "base/threads/worker.hpp"
#include "core/delivery/delivery_store.hpp"
#include "main/settings/settings.hpp"
#include "realtime/hub/hub.hpp"
#include "realtime/sockets/websocket_server.hpp"
#include "storage/database/db_pool.hpp"
#include "usecases/delivery/adapter_states.hpp"
#include "usecases/delivery/delivery_metrics.hpp"
#include "usecases/kitchen/unseen_order_monitor.hpp"
#include "usecases/metrics_table.hpp"
#include "usecases/operations/retention_job.hpp"

#include <vector>

namespace orderpush {

class Clock;

/// The label values of a service with these settings.
usecases::FigureSets metric_labels(const Settings& settings);

// The handles of the parts that count for themselves.
storage::DbPoolOptions counted(metrics::Registry& registry, storage::DbPoolOptions options);
usecases::RetentionMetrics retention_metrics(metrics::Registry& registry);
usecases::UnseenOrderMonitorOptions counted(
    metrics::Registry& registry, usecases::UnseenOrderMonitorOptions options
);
usecases::DeliveryMetrics delivery_metrics(metrics::Registry& registry, const Settings& settings);

/// What is asked at each scrape. All of it outlives the registry's last text().
struct MetricsSources {
    storage::DbPool& database;
    DeliveryStore& deliveries;
    const usecases::AdapterStates& adapters;
    const realtime::Hub& hub;
    const realtime::WebSocketServer& sockets;
    const Clock& clock;
    std::vector<const Worker*> workers;
};

/// Has the registry ask `sources`. A scrape waits for one statement of the database; while that is
/// away, orderpush_database_up says so and what the outbox holds stays as it was last known.
void collect_metrics(metrics::Registry& registry, const MetricsSources& sources);

}  // namespace orderpush

#pragma once

#include "main/delivery/outgoing_webhooks.hpp"
#include "main/service/database.hpp"
#include "main/service/delivery.hpp"
#include "main/service/platform.hpp"
#include "main/service/presence.hpp"
#include "main/service/realtime.hpp"
#include "usecases/access/ended_logins.hpp"
#include "usecases/kitchen/stats_publisher.hpp"
#include "usecases/kitchen/unseen_order_monitor.hpp"
#include "usecases/operations/retention_job.hpp"
#include "usecases/pusher_apps/pusher_app_registry.hpp"
#include "usecases/pusher_apps/pusher_app_sync.hpp"
#include "usecases/tables/session_closer.hpp"

#include <vector>

namespace orderpush {

/// What runs by itself, beside requests and delivery.
struct Jobs {
    Jobs(
        Platform& platform,
        Database& database,
        Realtime& realtime,
        Presence& presence,
        Delivery& delivery,
        OutgoingWebhooks& outgoing_webhooks
    );

    /// Once the schema is there.
    void start();
    /// What would begin more work by itself.
    void stop_writing();
    /// The rest, once no request runs any more.
    void stop();
    std::vector<const Worker*> workers() const;

    usecases::StatsPublisher stats;
    usecases::UnseenOrderMonitor unseen_orders;
    usecases::EndedLogins ended_logins;
    usecases::SessionCloser session_closer;
    usecases::RetentionJob retention;
    usecases::PusherAppRegistry pusher_apps;
    usecases::PusherAppSync pusher_app_sync;
};

}  // namespace orderpush

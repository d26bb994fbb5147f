#include "main/service/jobs.hpp"

#include "core/idempotency_store.hpp"
#include "core/incoming_webhooks/incoming_webhook_store.hpp"
#include "core/presence/presence_store.hpp"
#include "main/metrics/service_metrics.hpp"
#include "main/settings/derived_settings.hpp"

#include <algorithm>
#include <chrono>
#include <vector>

namespace orderpush {
namespace {

std::vector<usecases::AdditionalRetention> additional_retention(
    const Settings& settings, storage::Stores& stores
) {
    return {
        {.name = "webhooks",
         .lifetime = settings.event_retention,
         .purge = [&stores](
                      Timestamp until, int limit
                  ) { return stores.incoming_webhooks().purge(until, limit); }},
        {.name = "presence",
         .lifetime = std::max<std::chrono::milliseconds>(
             std::chrono::hours{1}, 2 * settings.presence_expiry
         ),
         .purge = [&stores](Timestamp until, int limit) {
             return stores.presence().purge(until, limit);
         }}};
}

usecases::RetentionOptions retention_options(
    Platform& platform, storage::Stores& stores, const Relays& relays
) {
    return {
        .event_lifetime = platform.settings.event_retention,
        .idempotency_key_lifetime = kIdempotencyKeyLifetime,
        .adapters = relays.names(),
        .additional = additional_retention(platform.settings, stores),
        .metrics = retention_metrics(platform.metrics)};
}

usecases::UnseenOrderMonitorOptions monitor_options(Platform& platform) {
    return counted(
        platform.metrics,
        {.start_grace = platform.settings.builtin_reconnect_hold,
         .unseen_steps = platform.settings.unseen_steps,
         .reporting_for = platform.settings.unseen_reporting}
    );
}

}  // namespace

Jobs::Jobs(
    Platform& platform,
    Database& database,
    Realtime& realtime,
    Presence& presence,
    Delivery& delivery,
    OutgoingWebhooks& outgoing_webhooks
)
    : stats(database.stores.stats(), delivery.relays, platform.ids, platform.clock, {}),
      unseen_orders(
          {.alarms = database.stores.alarms(),
           .is_attended = [&presence](const BranchId& branch
                          ) { return presence.is_attended(branch); },
           .signal = delivery.relays,
           .ids = platform.ids,
           .clock = platform.clock,
           .on_webhook = [&outgoing_webhooks] { outgoing_webhooks.notify(); }},
          monitor_options(platform)
      ),
      ended_logins(
          database.stores.staff(),
          platform.clock,
          [&realtime](const SessionId& login) { realtime.hub.revoke_here(login); }
      ),
      session_closer(
          {.sessions = database.stores.sessions(),
           .signal = delivery.relays,
           .ids = platform.ids,
           .clock = platform.clock}
      ),
      retention(
          database.stores.retention(),
          platform.clock,
          retention_options(platform, database.stores, delivery.relays)
      ),
      pusher_apps(
          database.stores.pusher_apps(),
          make_secret_box(platform.settings),
          default_hosted_app(platform.settings),
          platform.clock
      ),
      pusher_app_sync(pusher_apps, [&realtime](const std::vector<HostedApp>& apps) {
          realtime.replace_apps(apps);
      }) {
    delivery.relays.observe(stats);
    delivery.relays.observe(unseen_orders);
}

void Jobs::start() {
    stats.start();
    unseen_orders.start();
    ended_logins.start();
    session_closer.start();
    retention.start();
    pusher_app_sync.start();
}

void Jobs::stop_writing() {
    ended_logins.stop();
    session_closer.stop();
    retention.stop();
    pusher_app_sync.stop();
}

void Jobs::stop() {
    unseen_orders.stop();
    stats.stop();
}

std::vector<const Worker*> Jobs::workers() const {
    return {
        &stats.worker(),
        &unseen_orders.worker(),
        &ended_logins.worker(),
        &session_closer.worker(),
        &retention.worker(),
        &pusher_app_sync.worker()};
}

}  // namespace orderpush

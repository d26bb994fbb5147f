#include "main/service/realtime.hpp"

#include "base/observability/log.hpp"
#include "main/settings/derived_settings.hpp"
#include "realtime/sockets/message_budget.hpp"
#include "usecases/metrics_table.hpp"

#include <algorithm>
#include <chrono>
#include <string_view>
#include <utility>

namespace orderpush {
namespace {

realtime::WebSocketServerOptions socket_options(Platform& platform) {
    const Settings& settings = platform.settings;
    return {
        .connections_max = settings.socket_connections_max,
        .connections_per_address_max = settings.socket_connections_address_max,
        .per_address = settings.socket_address_limits,
        .outbound = {.bytes_max = settings.socket_queue_bytes_max},
        .waiting_bytes_max = settings.socket_memory_bytes_max,
        .has_compression = settings.builtin_compression,
        .stall_timeout = settings.socket_stall_timeout,
        .slow_consumers = platform.metrics.counter(usecases::figure::kSlowConsumers)};
}

realtime::HubOptions hub_options(Platform& platform) {
    realtime::HubOptions options = platform.settings.builtin_hub;
    options.clock = &platform.clock;
    return options;
}

/// Without the built-in server its clients would hear nothing: then there are no such paths.
realtime::SocketioOptions socketio_options(const Settings& settings) {
    return {
        .is_served = settings.has_builtin(),
        .has_polling = settings.has_socketio_polling,
        .instance = settings.socketio_instance,
        .polling_sessions_max = settings.socket_connections_max,
        .polling_sessions_per_address_max = settings.socket_connections_address_max,
        .engine = {
            .outbound = {.bytes_max = settings.socket_queue_bytes_max},
            .rate = realtime::rate_with_burst(settings.builtin_limits.messages_per_second_max)}};
}

realtime::ably::AblyOptions ably_options(const Settings& settings) {
    return {
        .is_served = settings.has_builtin(),
        .attachments_max = settings.builtin_limits.subscriptions_max,
        .publishes = realtime::rate_with_burst(settings.builtin_limits.messages_per_second_max)};
}

}  // namespace

Realtime::Realtime(Platform& platform)
    : shards(platform.settings.io_threads),
      hub(shards, hub_options(platform)),
      apps(default_hosted_app(platform.settings), platform.settings.builtin_limits),
      pusher_api(hub, apps, platform.machine_clock, platform.settings.builtin_path_prefix),
      socketio(
          shards,
          hub,
          [this](std::string_view origin) { return origins.allows(origin); },
          socketio_options(platform.settings)
      ),
      ably_access(platform, apps),
      ably(
          shards,
          hub,
          ably_access.authenticator,
          platform.machine_clock,
          [this](std::string_view origin) { return origins.allows(origin); },
          ably_options(platform.settings)
      ),
      ably_rest(
          {.hub = hub,
           .authenticator = ably_access.authenticator,
           .tokens = ably_access.token_requests,
           .revocations = ably_access.revocations,
           .members = ably.members(),
           .recent = ably.recent(),
           .clock = platform.machine_clock}
      ),
      pusher_(
          {.app = platform.settings.builtin_app,
           .is_origin_allowed = [this](std::string_view origin) { return origins.allows(origin); },
           .limits = platform.settings.builtin_limits,
           .apps = &apps}
      ),
      kitchen_displays_([this](std::string_view origin) { return origins.allows(origin); }),
      sockets(shards, hub, {pusher_, kitchen_displays_, socketio, ably}, socket_options(platform)) {
    hub.observe(ably_access.feed);
    // Connections whose tokens were revoked end, at once or when the time that they were given is
    // over.
    constexpr std::chrono::seconds kRevocationInterval{1};
    shards.repeat(0, kRevocationInterval, [this, &clock = platform.machine_clock] {
        if (ably_access.revocations.take_due(clock.now())) {
            sockets.recheck_permissions();
        }
    });
}

AblyAccess::AblyAccess(Platform& platform, const realtime::AppTable& apps)
    : keys(apps, further_ably_keys(platform.settings)),
      feed(revocations, platform.machine_clock),
      authenticator(keys, revocations, platform.machine_clock),
      token_requests(keys, platform.machine_clock) {}

void Realtime::answer_api(const protocol::HttpRequest& request, protocol::HttpReply reply) {
    if (realtime::ably::AblyRest::serves(request.path)) {
        ably_rest.answer(request, std::move(reply));
    } else {
        pusher_api.answer(request, std::move(reply));
    }
}

bool Realtime::is_signed(const protocol::HttpRequest& head) const {
    return realtime::ably::AblyRest::serves(head.path) ? ably_rest.is_proven(head)
                                                       : pusher_api.is_signed(head);
}

void Realtime::replace_apps(const std::vector<HostedApp>& additional) {
    if (const std::size_t left_out = apps.set_further(additional); left_out > 0) {
        log::error("apps_left_out", {{"count", left_out}});
    }
    sockets.recheck_permissions();
}

std::vector<usecases::WebhookApp> Realtime::webhook_apps() const {
    std::vector<usecases::WebhookApp> all;
    for (const realtime::AppPtr& app : apps.all()) {
        const HostedApp& settings = app->settings;
        all.push_back(
            {.id = settings.id,
             .key = settings.key,
             .secret = settings.secret,
             .targets = settings.webhook_urls,
             .has_subscription_counts = settings.has_subscription_count}
        );
    }
    return all;
}

}  // namespace orderpush

#include "main/service/realtime.hpp"

#include "base/observability/log.hpp"
#include "main/settings/derived_settings.hpp"
#include "realtime/kitchen_display/kitchen_display_protocol.hpp"
#include "realtime/pusher/pusher_protocol.hpp"
#include "usecases/metrics_table.hpp"

#include <algorithm>

namespace orderpush {
namespace {

using Protocols = std::vector<Realtime::RegisteredProtocol>;

/// A protocol is one line here and a folder in src/realtime. The first is spoken at every path that
/// no other one has, and refuses those that it does not know.
Protocols make_protocols(
    const Settings& settings, const OriginPolicy& origins, const realtime::AppTable& apps
) {
    using namespace realtime;
    const auto is_allowed = [&origins](std::string_view origin) { return origins.allows(origin); };
    const PusherProtocolOptions pusher{
        .app = settings.builtin_app,
        .is_origin_allowed = is_allowed,
        .limits = settings.builtin_limits,
        .apps = &apps};
    Protocols protocols;
    protocols.push_back({"", std::make_unique<PusherProtocol>(pusher)});
    protocols.push_back({kKitchenDisplayPath, std::make_unique<KitchenDisplayProtocol>(is_allowed)}
    );
    return protocols;
}

const realtime::Protocol& protocol_at(const Protocols& protocols, std::string_view path) {
    const auto found = std::ranges::find(protocols, path, &Realtime::RegisteredProtocol::path);
    return found == protocols.end() ? *protocols.front().protocol : *found->protocol;
}

realtime::WebSocketServerOptions socket_options(Platform& platform) {
    const Settings& settings = platform.settings;
    return {
        .connections_max = settings.socket_connections_max,
        .connections_per_address_max = settings.socket_connections_address_max,
        .per_address = settings.socket_address_limits,
        .outbound = {.bytes_max = settings.socket_queue_bytes_max},
        .has_compression = settings.builtin_compression,
        .stall_timeout = settings.socket_stall_timeout,
        .slow_consumers = platform.metrics.counter(usecases::figure::kSlowConsumers)};
}

}  // namespace

Realtime::Realtime(Platform& platform)
    : shards(platform.settings.io_threads),
      hub(shards, platform.settings.builtin_hub),
      apps(default_hosted_app(platform.settings), platform.settings.builtin_limits),
      pusher_api(hub, apps, platform.clock),
      protocols(make_protocols(platform.settings, origins, apps)),
      sockets(
          shards,
          hub,
          [this](std::string_view path) -> const realtime::Protocol& {
              return protocol_at(protocols, path);
          },
          socket_options(platform)
      ) {}

void Realtime::replace_apps(const std::vector<HostedApp>& additional) {
    if (const std::size_t left_out = apps.set_further(additional); left_out > 0) {
        log::error("apps_left_out", {{"count", left_out}});
    }
    sockets.review_rights();
}

std::vector<usecases::WebhookApp> Realtime::webhook_apps() const {
    std::vector<usecases::WebhookApp> all;
    for (const realtime::AppPtr& app : apps.all()) {
        const HostedApp& settings = app->settings;
        all.push_back(
            {.id = settings.id,
             .key = settings.key,
             .secret = settings.secret,
             .targets = settings.webhook_urls}
        );
    }
    return all;
}

}  // namespace orderpush

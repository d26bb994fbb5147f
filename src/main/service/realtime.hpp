#pragma once

#include "core/access/origin_policy.hpp"
#include "core/pusher_apps/pusher_app.hpp"
#include "main/service/platform.hpp"
#include "realtime/event_loop/io_shards.hpp"
#include "realtime/hub/hub.hpp"
#include "realtime/pusher/app_table.hpp"
#include "realtime/pusher/pusher_api.hpp"
#include "realtime/sockets/protocol.hpp"
#include "realtime/sockets/websocket_server.hpp"
#include "usecases/outgoing_webhooks/outgoing_webhook_targets.hpp"

#include <memory>
#include <string_view>
#include <vector>

namespace orderpush {

/// The built-in server: its event loops, the hub, and the protocols that clients speak to it.
struct Realtime {
    explicit Realtime(Platform& platform);

    /// Replaces the applications that were added to the default one. Any thread.
    void replace_apps(const std::vector<HostedApp>& additional);
    /// All applications, as far as webhooks go. Any thread.
    std::vector<usecases::WebhookApp> webhook_apps() const;

    struct RegisteredProtocol {
        std::string_view path;
        std::unique_ptr<const realtime::Protocol> protocol;
    };

    /// The pages that may connect: set before the shards are started.
    OriginPolicy origins;
    realtime::IoShards shards;
    realtime::Hub hub;
    realtime::AppTable apps;
    realtime::PusherApi pusher_api;
    const std::vector<RegisteredProtocol> protocols;
    realtime::WebSocketServer sockets;
};

}  // namespace orderpush

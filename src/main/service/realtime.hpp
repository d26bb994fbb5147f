#pragma once

#include "core/access/origin_policy.hpp"
#include "core/pusher_apps/pusher_app.hpp"
#include "main/service/platform.hpp"
#include "realtime/event_loop/io_shards.hpp"
#include "realtime/hub/hub.hpp"
#include "realtime/kitchen_display/kitchen_display_protocol.hpp"
#include "realtime/pusher/app_table.hpp"
#include "realtime/pusher/pusher_api.hpp"
#include "realtime/pusher/pusher_protocol.hpp"
#include "realtime/socketio/socketio_protocol.hpp"
#include "realtime/sockets/websocket_server.hpp"
#include "usecases/outgoing_webhooks/outgoing_webhook_targets.hpp"

#include <vector>

namespace orderpush {

/// The built-in server: its event loops, the hub, and the protocols that clients speak to it.
class Realtime {
  public:
    explicit Realtime(Platform& platform);

    /// Replaces the applications that were added to the default one. Any thread.
    void replace_apps(const std::vector<HostedApp>& additional);
    /// All applications, as far as webhooks go. Any thread.
    std::vector<usecases::WebhookApp> webhook_apps() const;

    /// The pages that may connect: set before the shards are started.
    OriginPolicy origins;
    realtime::IoShards shards;
    realtime::Hub hub;
    realtime::AppTable apps;
    realtime::PusherApi pusher_api;
    realtime::SocketioProtocol socketio;

  private:
    // Each is also named where `sockets` is made, which speaks it at the paths that it serves.
    const realtime::PusherProtocol pusher_;
    const realtime::KitchenDisplayProtocol kitchen_displays_;

  public:
    realtime::WebSocketServer sockets;
};

}  // namespace orderpush

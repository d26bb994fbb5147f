#pragma once

#include "core/access/origin_policy.hpp"
#include "core/pusher_apps/pusher_app.hpp"
#include "main/service/platform.hpp"
#include "realtime/ably/ably_protocol.hpp"
#include "realtime/ably/access/ably_authenticator.hpp"
#include "realtime/ably/access/ably_keys.hpp"
#include "realtime/ably/access/revocation_feed.hpp"
#include "realtime/ably/access/revocations.hpp"
#include "realtime/ably/access/token_requests.hpp"
#include "realtime/ably/rest/ably_rest.hpp"
#include "realtime/event_loop/io_shards.hpp"
#include "realtime/hub/hub.hpp"
#include "realtime/kitchen_display/kitchen_display_protocol.hpp"
#include "realtime/pusher/api_request.hpp"
#include "realtime/pusher/app_table.hpp"
#include "realtime/pusher/pusher_api.hpp"
#include "realtime/pusher/pusher_protocol.hpp"
#include "realtime/socketio/socketio_protocol.hpp"
#include "realtime/sockets/websocket_server.hpp"
#include "usecases/outgoing_webhooks/outgoing_webhook_targets.hpp"

#include <string_view>
#include <vector>

namespace orderpush {

/// The keys and tokens by which Ably's clients come.
struct AblyAccess {
    AblyAccess(Platform& platform, const realtime::AppTable& apps);

    realtime::ably::AblyKeys keys;
    realtime::ably::Revocations revocations;
    realtime::ably::RevocationFeed feed;
    realtime::ably::AblyAuthenticator authenticator;
    realtime::ably::TokenRequests token_requests;
};

/// The built-in server: its event loops, the hub, and the protocols that clients speak to it.
class Realtime {
  public:
    explicit Realtime(Platform& platform);

    /// Replaces the applications that were added to the default one. Any thread.
    void replace_apps(const std::vector<HostedApp>& additional);
    /// All applications, as far as webhooks go. Any thread.
    std::vector<usecases::WebhookApp> webhook_apps() const;
    /// Whether there are WebSockets at that path, and nothing else. Any thread.
    bool is_websocket_path(std::string_view path) const noexcept {
        return pusher_.serves(path) || kitchen_displays_.serves(path);
    }

    /// Whether a request is one to the HTTP API of a protocol. Any thread.
    static bool serves_api(std::string_view method, std::string_view path) noexcept {
        return realtime::is_api_request(method, path) || realtime::ably::AblyRest::serves(path);
    }
    /// Answers such a request; see PusherApi and AblyRest.
    void answer_api(const protocol::HttpRequest& request, protocol::HttpReply reply);
    /// Whether its sender proves who it is. Any thread.
    bool is_signed(const protocol::HttpRequest& head) const;

    /// The pages that may connect: set before the shards are started.
    OriginPolicy origins;
    realtime::IoShards shards;
    realtime::Hub hub;
    realtime::AppTable apps;
    realtime::PusherApi pusher_api;
    realtime::SocketioProtocol socketio;
    AblyAccess ably_access;
    realtime::ably::AblyProtocol ably;
    realtime::ably::AblyRest ably_rest;

  private:
    // Each is also named where `sockets` is made, which speaks it at the paths that it serves.
    const realtime::PusherProtocol pusher_;
    const realtime::KitchenDisplayProtocol kitchen_displays_;

  public:
    realtime::WebSocketServer sockets;
};

}  // namespace orderpush

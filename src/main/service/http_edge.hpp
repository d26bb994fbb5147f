#pragma once

#include "base/result.hpp"
#include "base/threads/thread_pool.hpp"
#include "base/timestamp.hpp"
#include "http/api.hpp"
#include "http_server/http_server.hpp"
#include "main/delivery/outgoing_webhooks.hpp"
#include "main/http/client_recovery.hpp"
#include "main/http/recorded_events.hpp"
#include "main/http/room_access.hpp"
#include "main/service/http_api.hpp"
#include "main/service/platform.hpp"
#include "main/service/realtime.hpp"
#include "main/service/services.hpp"

#include <cstdint>
#include <optional>

namespace orderpush {

/// The public port, and the API behind it.
class HttpEdge {
  public:
    HttpEdge(
        Platform& platform,
        Realtime& realtime,
        Services& services,
        OutgoingWebhooks& outgoing_webhooks,
        ServiceState state
    );

    /// Binds the port, and serves once the event loops run; the bound port. kInvalid for TLS files
    /// that cannot be used, and the errors of HttpServer::listen(). Once.
    Result<std::uint16_t> listen();
    /// Serves new connections with what stands in the TLS files now; what cannot be used of them
    /// changes nothing and is logged. Any thread.
    void reload_certificate();
    /// From now on every response closes its connection, so that clients go elsewhere.
    void drain() { server_.drain(); }
    /// A stop under way, or to come, waits for nobody. Any thread.
    void stop_now() { server_.stop_now(); }
    /// Takes no more requests, and lets those in hand finish until the deadline.
    void stop(Deadline deadline) { server_.stop(deadline); }
    /// After stop().
    void stop_threads() { pool_.stop(); }

  private:
    void make_api(std::uint16_t port);
    http_server::HttpServerHandlers handlers();
    bool is_proven(const protocol::HttpRequest& head);
    /// On a shard's thread; the connection goes to the shard that it belongs to.
    void accept_upgrade(std::size_t shard, realtime::Upgrade upgrade);

    Platform& platform_;
    Realtime& realtime_;
    Services& services_;
    OutgoingWebhooks& outgoing_webhooks_;
    const ServiceState state_;
    /// Made by listen(): the addresses in its responses need the bound port.
    std::optional<http::Api> api_;
    ThreadPool pool_;
    /// For Socket.IO clients.
    PooledRoomAccess room_access_;
    PooledClientRecovery client_recovery_;
    PooledRecordedEvents recorded_events_;
    http_server::HttpServer server_;
};

}  // namespace orderpush

#pragma once

#include "base/crypto/tls.hpp"
#include "base/observability/metrics.hpp"
#include "base/result.hpp"
#include "base/threads/thread_pool.hpp"
#include "base/timestamp.hpp"
#include "core/access/client_address.hpp"
#include "protocol/http_message.hpp"
#include "realtime/event_loop/io_shards.hpp"
#include "realtime/pusher/api_request.hpp"
#include "realtime/sockets/poll_request.hpp"
#include "realtime/sockets/upgrade.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace orderpush::http_server {

/// Of one connection: as much as orders and what is said of them take.
inline constexpr std::size_t kUncountedBytes = 8 * 1024;

struct HttpServerOptions {
    /// An IP address: "0.0.0.0", "127.0.0.1", "::".
    std::string address = "0.0.0.0";
    /// 0 takes a free one.
    std::uint16_t port = 0;
    /// Request line and headers; more is answered 431.
    std::uint32_t head_bytes_max = 16 * 1024;
    /// More is answered 413.
    std::uint64_t body_bytes_max = 1024 * 1024;
    /// Of who has not proved who they are (HttpServerHandlers::is_proven); more is answered 413.
    std::uint64_t unproven_body_bytes_max = 64 * 1024;
    /// Bytes of bodies that arrive or are answered and of answers that wait to be taken, over all
    /// connections; what would pass it is answered 503 and closed. What a connection has up to
    /// kUncountedBytes is not counted, so that small requests are served whatever others do, and
    /// half of it is for who has proved who they are.
    std::size_t memory_bytes_max = 64 * 1024 * 1024;
    /// The same of one peer, where sockets_per_address_max counts it. 0: no bound.
    std::size_t memory_per_address_max = 0;
    /// HTTP sockets at one time; further ones are closed unanswered. Upgraded ones are the realtime
    /// part's to count.
    std::size_t sockets_max = 10'000;
    /// The same of one peer (IPv6: /64 network) that is neither a proxy nor of a network that the
    /// Internet does not route. 0: no bound.
    std::size_t sockets_per_address_max = 0;
    /// What a proxy puts before the paths of WebSockets and of the Pusher API, and may leave there:
    /// "/realtime"; empty: nothing.
    std::string realtime_prefix = {};
    /// Whose word on the client's address counts.
    TrustedProxies proxies = {};
    /// With TLS: for so long a browser that was here speaks https only to this host name, on every
    /// port (RFC 6797). 0: that is not asked of it.
    std::chrono::seconds strict_transport_age{0};
    /// For the TLS handshake; then the connection is closed.
    std::chrono::milliseconds handshake_timeout{10'000};
    /// To the first byte of the first request; then the connection is closed.
    std::chrono::milliseconds first_timeout{20'000};
    /// From a head's first byte to its end; then 408.
    std::chrono::milliseconds head_timeout{10'000};
    /// From the head's end to the body's; then 408.
    std::chrono::milliseconds body_timeout{30'000};
    /// Between two requests; then the connection is closed.
    std::chrono::milliseconds idle_timeout{75'000};
    /// For writing one response; then the connection is closed.
    std::chrono::milliseconds write_timeout{30'000};
    /// For reading on after a refusal, so that the client gets to read why before it sees a reset.
    std::chrono::milliseconds linger_timeout{5'000};
    /// Requests that found the pool's queue full.
    metrics::Counter queue_full = {};
};

struct HttpServerHandlers {
    /// Answers one request. What `request` refers to lives until this returns. Called on the pool's
    /// threads, and on a shard's where `is_inline` says so. A throw is answered 500.
    std::function<protocol::HttpResponse(const protocol::HttpRequest& request)> request;
    /// Whether a request may be answered on the event loop, because its handler cannot block.
    std::function<bool(std::string_view method, std::string_view path)> is_inline;
    /// Whether the sender of such a head may send a body beyond unproven_body_bytes_max. Called on
    /// the pool's threads, before the body is read. Optional: everybody may.
    std::function<bool(const protocol::HttpRequest& head)> is_proven = nullptr;
    /// Whether there are WebSockets only at that path: a GET without an upgrade is answered 426.
    /// Called on a shard's thread. Optional.
    std::function<bool(std::string_view path)> is_websocket_path = nullptr;
    /// Whether a WebSocket upgrade is taken; what a credential in it is good for goes into its
    /// `pass`. An error is answered with a problem document, before the upgrade. Called on a
    /// shard's thread; must not block. Optional.
    std::function<Result<void>(realtime::UpgradeRequest& request)> admit = nullptr;
    /// What an upgrade is answered instead, where the protocol at its path refuses it in its own
    /// words; nothing: it is not refused. Asked before `admit`, on a shard's thread; must not
    /// block. Optional.
    std::function<std::optional<protocol::HttpResponse>(const realtime::UpgradeRequest& request)>
        upgrade_refusal = nullptr;
    /// Takes over a WebSocket upgrade, on the given shard's thread.
    std::function<void(std::size_t shard, realtime::Upgrade upgrade)> upgrade;
    /// The headers that let a page of that Origin read the responses that `request` does not make:
    /// the server's own refusals, and those of `realtime_api`. Called on a shard's thread.
    /// Optional.
    std::function<protocol::HttpHeaders(std::string_view origin)> cors_headers = nullptr;
    /// Which requests `realtime_api` answers (a proxy's prefix is taken off the path).
    std::function<bool(std::string_view method, std::string_view path)> is_realtime_api =
        realtime::is_api_request;
    /// Answers the requests to the HTTP APIs of the realtime part, on a shard's thread; must not
    /// block or throw. What `request` refers to lives until it returns. Optional: `request` answers
    /// those too.
    std::function<void(const protocol::HttpRequest& request, protocol::HttpReply reply)>
        realtime_api = nullptr;
    /// Whether clients poll at that path (without a proxy's prefix): `poll` answers then. Optional.
    std::function<bool(std::string_view path)> is_polling_path = nullptr;
    using OnGone = std::function<void()>;
    /// Answers now or when there is something to say, however long that takes: a request that waits
    /// holds no thread. On the given shard's thread; must not block or throw. What `request` refers
    /// to lives as long as `reply`. What it returns, unless it is null, is called on the same
    /// thread if the client's connection ends before the answer.
    std::function<
        OnGone(std::size_t shard, const realtime::PollRequest& request, protocol::HttpReply reply)>
        poll = nullptr;
};

/// The one public port. Sockets are spread over the shards; nobody who is slow or idle holds a
/// thread. Requests that may block wait in the pool's queue; when that is full they are answered
/// 503.
class HttpServer {
  public:
    /// The arguments outlive the server.
    HttpServer(
        realtime::IoShards& shards,
        ThreadPool& pool,
        HttpServerOptions options,
        HttpServerHandlers handlers
    );
    HttpServer(const HttpServer&) = delete;
    HttpServer& operator=(const HttpServer&) = delete;
    /// Requires that the shards and the pool were stopped.
    ~HttpServer();

    /// Binds and starts to accept; the bound port. kUnavailable "port_taken", kInvalid
    /// "address_invalid". Once.
    Result<std::uint16_t> listen();
    /// Before listen(): the port speaks TLS only. Later: new connections are served with these,
    /// those there are stay as they are. Any thread.
    void use_tls(std::shared_ptr<const TlsCredentials> credentials);
    /// From now on every answer closes its connection, so that clients go elsewhere. Any thread.
    void drain();
    /// A stop under way, or to come, waits for nobody. Any thread.
    void stop_now();
    /// Stops accepting, closes idle connections, lets requests in hand finish until the deadline,
    /// drops the rest. Not from a shard's thread.
    void stop(Deadline deadline);

    std::size_t socket_count() const noexcept;
    /// What is counted of HttpServerOptions::memory_bytes_max.
    std::size_t memory_bytes() const noexcept;

  private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace orderpush::http_server

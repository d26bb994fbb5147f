#include "main/service/http_edge.hpp"

#include "main/http/server_certificate.hpp"
#include "main/http/upgrade_auth.hpp"
#include "realtime/pusher/api_request.hpp"
#include "usecases/metrics_table.hpp"

#include <memory>
#include <string>
#include <utility>

namespace orderpush {
namespace {

/// Requests that may wait for a thread of the pool, per thread; beyond it 503.
constexpr std::size_t kQueuedRequestsPerThread = 64;

http_server::HttpServerOptions server_options(Platform& platform) {
    const Settings& settings = platform.settings;
    return {
        .address = settings.bind_address,
        .port = static_cast<std::uint16_t>(settings.port),
        .body_bytes_max = settings.body_bytes_max,
        .unproven_body_bytes_max = settings.anonymous_body_bytes_max,
        .memory_bytes_max = settings.http_memory_bytes_max,
        .memory_per_address_max = settings.http_memory_address_bytes_max,
        .sockets_max = settings.http_connections_max,
        .sockets_per_address_max = settings.http_connections_address_max,
        .realtime_prefix = settings.builtin_path_prefix,
        .proxies = settings.trusted_proxies,
        .strict_transport_age = settings.strict_transport_age,
        .queue_full = platform.metrics.counter(usecases::figure::kHttpRefused, {"queue_full"})};
}

}  // namespace

HttpEdge::HttpEdge(
    Platform& platform,
    Realtime& realtime,
    Services& services,
    OutgoingWebhooks& outgoing_webhooks,
    ServiceState state
)
    : platform_(platform),
      realtime_(realtime),
      services_(services),
      outgoing_webhooks_(outgoing_webhooks),
      state_(std::move(state)),
      pool_(
          platform.settings.http_threads, platform.settings.http_threads * kQueuedRequestsPerThread
      ),
      room_access_(pool_, services.authenticator, services.channel_access, services.event_log()),
      client_recovery_(
          {.pool = pool_,
           .store = services.recovery_store(),
           .events = services.event_log(),
           .clock = platform.clock}
      ),
      recorded_events_(pool_, services.event_log(), services.session_store()),
      server_(realtime.shards, pool_, server_options(platform), handlers()) {
    realtime.socketio.use(room_access_, client_recovery_);
    realtime.ably.use(&recorded_events_);
    realtime.ably_rest.use(recorded_events_);
}

http_server::HttpServerHandlers HttpEdge::handlers() {
    return {
        .request = [this](const protocol::HttpRequest& request) { return api_->respond(request); },
        .is_inline = http::Api::answers_inline,
        .is_proven = [this](const protocol::HttpRequest& head) { return is_proven(head); },
        .is_websocket_path = [this](std::string_view path
                             ) { return realtime_.is_websocket_path(path); },
        .admit = [this](realtime::UpgradeRequest& request
                 ) { return authorize_upgrade(services_.authenticator, request); },
        .upgrade_refusal = [this](const realtime::UpgradeRequest& request
                           ) { return realtime_.socketio.refusal_of(request); },
        .upgrade = [this](
                       std::size_t shard, realtime::Upgrade upgrade
                   ) { accept_upgrade(shard, std::move(upgrade)); },
        .cors_headers = [this](std::string_view origin) { return api_->cors_headers(origin); },
        .is_realtime_api = Realtime::serves_api,
        .realtime_api = [this](
                            const protocol::HttpRequest& request, protocol::HttpReply reply
                        ) { realtime_.answer_api(request, std::move(reply)); },
        .is_polling_path = [this](std::string_view path
                           ) { return realtime_.socketio.serves(path); },
        .poll =
            [this](
                std::size_t shard, const realtime::PollRequest& request, protocol::HttpReply reply
            ) { return realtime_.socketio.answer(shard, request, std::move(reply)); }};
}

void HttpEdge::accept_upgrade(std::size_t shard, realtime::Upgrade upgrade) {
    // A client that comes back is brought to where what it left is kept.
    const auto kept_at = realtime_.ably.shard_of(upgrade.request);
    const std::size_t home =
        realtime_.socketio.shard_of(upgrade.request).value_or(kept_at.value_or(shard));
    // A task has to be copyable.
    const auto moved = std::make_shared<realtime::Upgrade>(std::move(upgrade));
    realtime_.shards.run_on(home, [this, home, moved] {
        realtime_.sockets.accept(home, std::move(*moved));
    });
}

bool HttpEdge::is_proven(const protocol::HttpRequest& head) {
    const std::string& prefix = platform_.settings.builtin_path_prefix;
    return Realtime::serves_api(head.method, realtime::without_prefix(head.path, prefix))
               ? realtime_.is_signed(head)
               : api_->knows_sender(head);
}

Result<std::uint16_t> HttpEdge::listen() {
    const TlsFiles& files = platform_.settings.tls_files;
    if (auto loaded = load_certificate(files, server_); !loaded) {
        return std::move(loaded).error();
    }
    const auto port = ORDERPUSH_TRY(server_.listen());
    make_api(port);
    return port;
}

void HttpEdge::make_api(std::uint16_t port) {
    const Settings& settings = platform_.settings;
    const PublicUrl url = public_url(settings, port);
    realtime_.origins = OriginPolicy::parse(settings.cors_allowed_origins, url.origin()).value();
    services_.set_public_url(url);
    api_.emplace(
        http_services(platform_, services_, outgoing_webhooks_, state_),
        api_options(settings, realtime_.origins)
    );
}

void HttpEdge::reload_certificate() {
    orderpush::reload_certificate(platform_.settings.tls_files, server_);
}

}  // namespace orderpush

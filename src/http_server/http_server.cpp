#include "http_server/http_server.hpp"

#include "base/observability/log.hpp"
#include "http_server/http_connection.hpp"
#include "http_server/listener.hpp"

#include <utility>

namespace orderpush::http_server {
namespace {

/// For dropping what did not finish in time: no peer is waited for.
constexpr std::chrono::seconds kDropPatience{1};
/// Between two looks at the deadlines of all sessions of a shard: by that much they may be late.
constexpr std::chrono::milliseconds kDeadlineTick{100};

bool wait_until_empty(ServerState& door, Deadline deadline) {
    std::unique_lock lock{door.mutex};
    door.emptied.wait_until(lock, deadline, [&] { return door.sockets == 0 || door.is_hurried; });
    return door.sockets == 0;
}

/// On every shard, for every session: `act` may remove it.
void for_each_session(const std::shared_ptr<ServerState>& door, void (HttpConnection::*act)()) {
    for (std::size_t shard = 0; shard < door->shards.size(); ++shard) {
        door->shards.post(shard, [door, shard, act] {
            const auto sessions = door->sessions[shard];
            for (HttpConnection* session : sessions) {
                (session->*act)();
            }
        });
    }
}

void enforce_deadlines(const ServerState& door, std::size_t shard) {
    const Deadline now = std::chrono::steady_clock::now();
    for (HttpConnection* session : door.sessions[shard]) {
        session->enforce_deadline(now);
    }
}

}  // namespace

struct HttpServer::Parts {
    std::shared_ptr<ServerState> door;
    std::shared_ptr<Listener> listener;
};

HttpServer::HttpServer(
    realtime::IoShards& shards,
    ThreadPool& pool,
    HttpServerOptions options,
    HttpServerHandlers handlers
)
    : parts_(std::make_unique<Parts>()) {
    parts_->door =
        std::make_shared<ServerState>(shards, pool, std::move(options), std::move(handlers));
    parts_->listener = std::make_shared<Listener>(parts_->door);
    for (std::size_t shard = 0; shard < shards.size(); ++shard) {
        shards.repeat(shard, kDeadlineTick, [weak = std::weak_ptr{parts_->door}, shard] {
            if (const auto door = weak.lock()) {
                enforce_deadlines(*door, shard);
            }
        });
    }
}

HttpServer::~HttpServer() = default;

Result<std::uint16_t> HttpServer::listen() {
    return parts_->listener->open();
}

void HttpServer::use_tls(std::shared_ptr<const TlsCredentials> credentials) {
    parts_->door->tls.with([&](auto& current) { current = std::move(credentials); });
}

void HttpServer::drain() {
    parts_->door->is_draining = true;
}

void HttpServer::stop_now() {
    const std::scoped_lock lock{parts_->door->mutex};
    parts_->door->is_hurried = true;
    parts_->door->emptied.notify_all();
}

void HttpServer::stop(Deadline deadline) {
    const auto& door = parts_->door;
    door->is_stopping = true;
    door->shards.post(0, [listener = parts_->listener] { listener->close(); });
    for_each_session(door, &HttpConnection::finish);
    if (wait_until_empty(*door, deadline)) {
        return;
    }
    log::warn("requests_dropped", {{"count", socket_count()}});
    for_each_session(door, &HttpConnection::drop);
    std::unique_lock lock{door->mutex};
    if (!door->emptied.wait_for(lock, kDropPatience, [&] { return door->sockets == 0; })) {
        log::error("sockets_left", {{"count", door->sockets}});
    }
}

std::size_t HttpServer::socket_count() const noexcept {
    const std::scoped_lock lock{parts_->door->mutex};
    return parts_->door->sockets;
}

}  // namespace orderpush::http_server

#include "http_server/http_server.hpp"

#include "base/observability/log.hpp"
#include "http_server/http_connection.hpp"
#include "http_server/listener.hpp"

#include <utility>

namespace orderpush::http_server {
namespace {

/// For dropping what did not finish in time: no peer is waited for.
constexpr std::chrono::seconds kDropPatience{1};
/// Between two looks at the deadlines of all connections of a shard: by that much they may be late.
constexpr std::chrono::milliseconds kDeadlineTick{100};

bool wait_until_empty(ServerState& state, Deadline deadline) {
    std::unique_lock lock{state.mutex};
    state.emptied.wait_until(lock, deadline, [&] {
        return state.sockets == 0 || state.is_stopping_now;
    });
    return state.sockets == 0;
}

/// On every shard, for every connection: `act` may remove it.
void for_each_connection(const std::shared_ptr<ServerState>& state, void (HttpConnection::*act)()) {
    for (std::size_t shard = 0; shard < state->shards.size(); ++shard) {
        state->shards.post(shard, [state, shard, act] {
            const auto connections = state->connections[shard];
            for (HttpConnection* connection : connections) {
                (connection->*act)();
            }
        });
    }
}

void enforce_deadlines(const ServerState& state, std::size_t shard) {
    const Deadline now = std::chrono::steady_clock::now();
    for (HttpConnection* connection : state.connections[shard]) {
        connection->enforce_deadline(now);
    }
}

}  // namespace

struct HttpServer::Parts {
    std::shared_ptr<ServerState> state;
    std::shared_ptr<Listener> listener;
};

HttpServer::HttpServer(
    realtime::IoShards& shards,
    ThreadPool& pool,
    HttpServerOptions options,
    HttpServerHandlers handlers
)
    : parts_(std::make_unique<Parts>()) {
    parts_->state =
        std::make_shared<ServerState>(shards, pool, std::move(options), std::move(handlers));
    parts_->listener = std::make_shared<Listener>(parts_->state);
    for (std::size_t shard = 0; shard < shards.size(); ++shard) {
        shards.repeat(shard, kDeadlineTick, [weak = std::weak_ptr{parts_->state}, shard] {
            if (const auto state = weak.lock()) {
                enforce_deadlines(*state, shard);
            }
        });
    }
}

HttpServer::~HttpServer() = default;

Result<std::uint16_t> HttpServer::listen() {
    return parts_->listener->open();
}

void HttpServer::use_tls(std::shared_ptr<const TlsCredentials> credentials) {
    parts_->state->tls.with([&](auto& current) { current = std::move(credentials); });
}

void HttpServer::drain() {
    parts_->state->is_draining = true;
}

void HttpServer::stop_now() {
    const std::scoped_lock lock{parts_->state->mutex};
    parts_->state->is_stopping_now = true;
    parts_->state->emptied.notify_all();
}

void HttpServer::stop(Deadline deadline) {
    const auto& state = parts_->state;
    state->is_stopping = true;
    state->shards.post(0, [listener = parts_->listener] { listener->close(); });
    for_each_connection(state, &HttpConnection::finish);
    if (wait_until_empty(*state, deadline)) {
        return;
    }
    log::warn("requests_dropped", {{"count", socket_count()}});
    for_each_connection(state, &HttpConnection::drop);
    std::unique_lock lock{state->mutex};
    if (!state->emptied.wait_for(lock, kDropPatience, [&] { return state->sockets == 0; })) {
        log::error("sockets_left", {{"count", state->sockets}});
    }
}

std::size_t HttpServer::memory_bytes() const noexcept {
    return parts_->state->memory.bytes();
}

std::size_t HttpServer::socket_count() const noexcept {
    const std::scoped_lock lock{parts_->state->mutex};
    return parts_->state->sockets;
}

}  // namespace orderpush::http_server

#include "realtime/websocket_server.hpp"

#include "base/log.hpp"
#include "realtime/connection.hpp"
#include "realtime/connection_shard.hpp"

#include <utility>

namespace orderpush::realtime {
namespace {

constexpr std::string_view kRestarting = "Server is restarting";
/// For dropping what did not close in time: no peer is waited for.
constexpr std::chrono::seconds kDropPatience{1};
/// Connections over the bound that may be saying good-bye at one time; further ones are closed
/// without a word.
constexpr std::size_t kRefusalsMax = 256;

}  // namespace

WebSocketServer::WebSocketServer(
    IoShards& shards, Hub& hub, ProtocolAt protocol_at, const WebSocketServerOptions& options
)
    : shards_(shards), protocol_at_(std::move(protocol_at)), options_(options) {
    for (std::size_t index = 0; index < shards.size(); ++index) {
        parts_.push_back(std::make_unique<ConnectionShard>(ConnectionShard::Parts{
            .shards = shards,
            .index = index,
            .hub = hub,
            .protocol_at = protocol_at_,
            .options = options_,
            .on_removed = [this] { on_removed(); }}));
    }
}

WebSocketServer::~WebSocketServer() {
    for (auto& part : parts_) {
        part->drop_all();
    }
}

void WebSocketServer::accept(std::size_t shard, Upgrade upgrade) {
    // First, because it may throw; nothing is counted then.
    const auto connection = std::make_shared<Connection>(*parts_[shard], std::move(upgrade.socket));
    const Admission admission = admit();
    if (admission == Admission::kFull &&
        connection_count() > options_.connections_max + kRefusalsMax) {
        on_removed();
        return;
    }
    switch (admission) {
        case Admission::kOpen:
            connection->open(upgrade);
            return;
        case Admission::kFull:
            connection->refuse(
                upgrade.request, CloseCode::kOverCapacity, "Server is over capacity"
            );
            return;
        case Admission::kStopping:
            connection->refuse(upgrade.request, CloseCode::kGoingAway, kRestarting);
            return;
    }
}

WebSocketServer::Admission WebSocketServer::admit() {
    const std::scoped_lock lock{mutex_};
    ++connections_;
    if (is_stopping_) {
        return Admission::kStopping;
    }
    return connections_ > options_.connections_max ? Admission::kFull : Admission::kOpen;
}

void WebSocketServer::on_removed() {
    const std::scoped_lock lock{mutex_};
    if (--connections_ == 0) {
        emptied_.notify_all();
    }
}

std::size_t WebSocketServer::connection_count() const {
    const std::scoped_lock lock{mutex_};
    return connections_;
}

bool WebSocketServer::wait_until_empty(Deadline deadline) {
    std::unique_lock lock{mutex_};
    return emptied_.wait_until(lock, deadline, [this] { return connections_ == 0; });
}

void WebSocketServer::stop(Deadline deadline) {
    {
        const std::scoped_lock lock{mutex_};
        is_stopping_ = true;
    }
    for (std::size_t shard = 0; shard < parts_.size(); ++shard) {
        shards_.post(shard, [part = parts_[shard].get()] {
            part->close_all(CloseCode::kGoingAway, kRestarting);
        });
    }
    if (wait_until_empty(deadline)) {
        return;
    }
    log::warn("connections_dropped", {{"count", connection_count()}});
    for (std::size_t shard = 0; shard < parts_.size(); ++shard) {
        shards_.post(shard, [part = parts_[shard].get()] { part->drop_all(); });
    }
    if (!wait_until_empty(std::chrono::steady_clock::now() + kDropPatience)) {
        log::error("connections_left", {{"count", connection_count()}});
    }
}

}  // namespace orderpush::realtime

#include "realtime/sockets/websocket_server.hpp"

#include "base/observability/log.hpp"
#include "core/access/client_address.hpp"
#include "realtime/sockets/connection.hpp"
#include "realtime/sockets/connection_shard.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace orderpush::realtime {
namespace {

constexpr std::string_view kRestarting = "Server is restarting";
/// For dropping what did not close in time: no peer is waited for.
constexpr std::chrono::seconds kDropPatience{1};
/// Connections over the bound that are told why at one time; further ones are closed at once.
constexpr std::size_t kRefusalsMax = 256;
/// The same of one address.
constexpr std::size_t kAddressRefusalsMax = 8;

/// Empty: under no bound of its own.
std::string counted_as(const std::string& address) {
    return is_private_address(address) ? std::string{} : subscriber_of(address);
}

}  // namespace

WebSocketServer::WebSocketServer(
    IoShards& shards, Hub& hub, ProtocolRegistry protocols, const WebSocketServerOptions& options
)
    : shards_(shards), protocols_(std::move(protocols)), options_(options) {
    for (std::size_t index = 0; index < shards.size(); ++index) {
        parts_.push_back(std::make_unique<ConnectionShard>(ConnectionShard::Parts{
            .shards = shards,
            .index = index,
            .hub = hub,
            .protocols = protocols_,
            .options = options_,
            .on_removed = [this](AddressCounts::Entry* address) { on_removed(address); }}));
    }
}

WebSocketServer::~WebSocketServer() {
    for (auto& part : parts_) {
        part->drop_all();
    }
}

void WebSocketServer::accept(std::size_t shard, Upgrade upgrade) {
    const auto [admission, address] = admit(counted_as(upgrade.request.remote_address));
    std::shared_ptr<Connection> connection;
    try {
        connection = std::make_shared<Connection>(
            *parts_[shard], std::move(upgrade.socket), std::move(upgrade.tls), address
        );
    } catch (...) {
        // Counted already, and no connection is there to give it back.
        on_removed(address);
        throw;
    }
    switch (admission) {
        case Admission::kOpen:
            connection->open(upgrade);
            return;
        case Admission::kFull:
            if (parts_[shard]->close_unproven()) {
                connection->open(upgrade);
            } else {
                connection->refuse(upgrade.request, CloseCode::kOverCapacity, kOverCapacity);
            }
            return;
        case Admission::kAddressFull:
            connection->refuse(
                upgrade.request,
                CloseCode::kOverCapacity,
                "Address is over its limit of " +
                    std::to_string(options_.connections_per_address_max) + " connections"
            );
            return;
        case Admission::kStopping:
            connection->refuse(upgrade.request, CloseCode::kGoingAway, kRestarting);
            return;
        case Admission::kFlood:
            on_removed(address);
            return;
    }
}

WebSocketServer::Admitted WebSocketServer::admit(const std::string& address) {
    const std::scoped_lock lock{mutex_};
    AddressCounts::Entry* const entry = by_address_.add(address);
    ++connections_;
    return {judge(*entry), entry};
}

WebSocketServer::Admission WebSocketServer::judge(const AddressCounts::Entry& address) const {
    // A refusal costs a close handshake, so that clients read why. How many get one is bounded too:
    // who opens connections by the thousand reads nothing.
    const std::size_t most = options_.connections_per_address_max;
    const bool is_bounded = most > 0 && !address.first.empty();
    if (connections_ > options_.connections_max + kRefusalsMax ||
        (is_bounded && address.second.connections > most + kAddressRefusalsMax)) {
        return Admission::kFlood;
    }
    if (is_stopping_) {
        return Admission::kStopping;
    }
    if (connections_ > options_.connections_max) {
        return Admission::kFull;
    }
    return is_bounded && address.second.connections > most ? Admission::kAddressFull
                                                           : Admission::kOpen;
}

void WebSocketServer::on_removed(AddressCounts::Entry* address) {
    const std::scoped_lock lock{mutex_};
    by_address_.remove(address);
    if (--connections_ == 0) {
        emptied_.notify_all();
    }
}

void WebSocketServer::recheck_permissions() {
    for (std::size_t shard = 0; shard < parts_.size(); ++shard) {
        shards_.post(shard, [part = parts_[shard].get()] { part->recheck_permissions(); });
    }
}

std::size_t WebSocketServer::connection_count() const {
    const std::scoped_lock lock{mutex_};
    return connections_;
}

bool WebSocketServer::wait_until_empty(Deadline deadline) {
    std::unique_lock lock{mutex_};
    emptied_.wait_until(lock, deadline, [this] { return connections_ == 0 || is_stopping_now_; });
    return connections_ == 0;
}

void WebSocketServer::stop_now() {
    const std::scoped_lock lock{mutex_};
    is_stopping_now_ = true;
    emptied_.notify_all();
}

void WebSocketServer::stop(Deadline deadline, std::chrono::milliseconds spread) {
    {
        const std::scoped_lock lock{mutex_};
        is_stopping_ = true;
    }
    const Deadline until = std::min(std::chrono::steady_clock::now() + spread, deadline);
    for (std::size_t shard = 0; shard < parts_.size(); ++shard) {
        shards_.post(shard, [part = parts_[shard].get(), until] {
            part->close_gradually(CloseCode::kGoingAway, std::string{kRestarting}, until);
        });
    }
    if (wait_until_empty(deadline)) {
        return;
    }
    log::warn("connections_dropped", {{"count", connection_count()}});
    for (std::size_t shard = 0; shard < parts_.size(); ++shard) {
        shards_.post(shard, [part = parts_[shard].get()] {
            part->close_all(CloseCode::kGoingAway, kRestarting);
            part->drop_all();
        });
    }
    std::unique_lock lock{mutex_};
    if (!emptied_.wait_for(lock, kDropPatience, [this] { return connections_ == 0; })) {
        log::error("connections_left", {{"count", connections_}});
    }
}

}  // namespace orderpush::realtime

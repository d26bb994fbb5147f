#pragma once

#include "base/crypto/tls.hpp"
#include "base/memory_use.hpp"
#include "base/observability/log_limiter.hpp"
#include "base/timestamp.hpp"
#include "realtime/event_loop/io_shards.hpp"
#include "realtime/hub/hub.hpp"
#include "realtime/sockets/close_schedule.hpp"
#include "realtime/sockets/connection.hpp"
#include "realtime/sockets/protocol_registry.hpp"
#include "realtime/sockets/websocket_server.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace orderpush::realtime {

/// The connections of one shard, on that shard's thread: the read buffer they share, the list of
/// those with something to write, and three lists ordered by time, which one sweep timer looks at
/// from the front.
class ConnectionShard {
  public:
    struct Parts {
        IoShards& shards;
        std::size_t index = 0;
        Hub& hub;
        const ProtocolRegistry& protocols;
        const WebSocketServerOptions& options;
        /// Called when a connection has gone.
        std::function<void(AddressCounts::Entry* address)> on_removed;
    };
    explicit ConnectionShard(Parts parts);

    /// For the server.
    void close_all(CloseCode code, std::string_view reason);
    /// Closes those there are one after another, the last at `until`. Once.
    void close_gradually(CloseCode code, std::string reason, Deadline until);
    void drop_all();
    /// Closes a connection that has proved nothing for a while, if one is found; whether it was.
    bool close_unproven();
    /// Has every client check whether it may go on.
    void recheck_permissions();

    /// For connections.
    SocketPoller& poller() noexcept { return poller_; }
    const WebSocketServerOptions& options() const noexcept { return parts_.options; }
    std::span<char> read_buffer() noexcept { return read_buffer_; }
    /// For the plain text of one TLS record.
    std::span<char> record_buffer() noexcept { return record_buffer_; }
    /// Of the shard's connections together, beyond what is free.
    InflateBudget& inflate_budget() noexcept { return inflate_budget_; }
    /// What is kept of messages that are not finished, and of those that wait to be taken by who
    /// has shown nothing.
    MemoryUse& waiting() noexcept { return waiting_; }
    std::size_t waiting_bytes_max() const noexcept {
        return options().waiting_bytes_max / parts_.shards.size();
    }
    Protocol::Opening open_client(
        const UpgradeRequest& request, Connection& connection, bool is_deflating
    );
    /// Whether the protocol at its path lets clients send bytes.
    bool takes_binary(const UpgradeRequest& request) const;
    void add(const std::shared_ptr<Connection>& connection);
    /// Calls its client after that time, which closes it if nobody signed in.
    void await_sign_in(Connection& connection, std::chrono::milliseconds timeout);
    /// What the protocol says before the server itself refuses the request.
    std::optional<Frame> refusal_notice(
        const UpgradeRequest& request, CloseCode code, std::string_view reason
    ) const;
    /// The peer gave a sign of life.
    void touch(Connection& connection);
    void await_close(Connection& connection);
    /// To be flushed in the next turn of the loop.
    void mark_dirty(Connection& connection);
    /// It waits for room in its socket: drops it if the peer takes nothing for too long.
    void watch_for_stall(Connection& connection);
    void remove(Connection& connection);
    void note_slow_consumer();

  private:
    using List = std::list<std::shared_ptr<Connection>>;
    struct Stall {
        std::weak_ptr<Connection> connection;
        Deadline since;
        int unsent_bytes = 0;
    };
    void move_to_back(List& list, Connection& connection);
    void flush_dirty();
    void sweep();
    /// To the system, when most connections have left: what they took would stay with the process.
    void give_back_memory();
    void sweep_stalls();
    /// Whether it still has to be looked at.
    bool check_stall(Stall& stall);
    void close_due();
    std::vector<std::shared_ptr<Connection>> expired(
        const List& list, std::chrono::milliseconds age
    ) const;

    Parts parts_;
    SocketPoller poller_;
    std::array<char, 64 * 1024> read_buffer_{};
    std::array<char, kTlsWriteBytesMax> record_buffer_{};
    InflateBudget inflate_budget_;
    MemoryUse waiting_;
    /// By last sign of life, by ping sent, by close begun; the oldest first.
    List quiet_;
    List pinged_;
    List closing_;
    std::multimap<Deadline, std::weak_ptr<Connection>> awaiting_sign_in_;
    /// The most connections since memory was given back.
    std::size_t peak_ = 0;
    std::vector<std::shared_ptr<Connection>> dirty_;
    /// Each connection once, from when it first waits for room until it no longer does.
    std::vector<Stall> stalls_;
    struct Closing {
        CloseCode code;
        std::string reason;
        Deadline until;
        CloseSchedule schedule;
    };
    std::optional<Closing> gradual_;
    LogLimiter slow_consumer_lines_;
};

}  // namespace orderpush::realtime

#pragma once

#include "base/observability/metrics.hpp"
#include "base/timestamp.hpp"
#include "realtime/event_loop/io_shards.hpp"
#include "realtime/sockets/address_counts.hpp"
#include "realtime/sockets/outbound_queue.hpp"
#include "realtime/sockets/protocol_registry.hpp"
#include "realtime/sockets/upgrade.hpp"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace orderpush::realtime {

class ConnectionShard;

struct WebSocketServerOptions {
    std::size_t connections_max = 10'000;
    /// Of one client address (IPv6: /64 network). 0: no bound. Addresses that the Internet does not
    /// route have none: many clients stand behind each.
    std::size_t connections_per_address_max = 0;
    /// Of the same addresses.
    AddressLimits per_address = {};
    OutboundLimits outbound = {};
    /// Whether permessage-deflate is agreed to.
    bool has_compression = false;
    /// After this silence the client is pinged; also what the greeting advertises, in whole
    /// seconds.
    std::chrono::milliseconds activity_timeout{120'000};
    /// After this much more it is closed.
    std::chrono::milliseconds pong_timeout{30'000};
    /// For writing the close frame and hearing the peer's.
    std::chrono::milliseconds close_timeout{5'000};
    /// A peer that takes nothing for so long while something is queued for it is dropped.
    std::chrono::milliseconds stall_timeout{30'000};
    /// How exactly these times are kept.
    std::chrono::milliseconds sweep_interval{1'000};
    metrics::Counter slow_consumers = {};
};

/// Holds the WebSocket connections. A connection over a bound is upgraded and closed with 4100,
/// which makes clients wait a second before they try again, and shows the application why. An HTTP
/// error instead would make pusher-js try its fallback transports, and say nothing.
class WebSocketServer {
  public:
    /// Before the shards are started. Shards and hub outlive the server.
    WebSocketServer(
        IoShards& shards,
        Hub& hub,
        ProtocolRegistry protocols,
        const WebSocketServerOptions& options
    );
    WebSocketServer(const WebSocketServer&) = delete;
    WebSocketServer& operator=(const WebSocketServer&) = delete;
    /// Requires that the shards were stopped.
    ~WebSocketServer();

    /// Takes over a socket whose upgrade request was read. On that shard's thread.
    void accept(std::size_t shard, Upgrade upgrade);

    /// Closes every connection, evenly over `spread`, and each that still arrives, and waits until
    /// they are gone; at the deadline the rest is dropped. Not from a shard's thread. The code is
    /// 1001: clients come back after a second, to the moment; the spread is what keeps them from
    /// coming all at once. With 4200 ("at once") a single instance that restarts is asked some
    /// hundred times a second by each client as long as anything still answers, and 4100 shows
    /// applications an error where there is none.
    void stop(Deadline deadline, std::chrono::milliseconds spread = {});
    /// A stop under way, or to come, waits for nobody. Any thread.
    void stop_now();

    /// What applications may do has changed: connections that may not go on are closed. Any thread.
    void recheck_permissions();

    std::size_t connection_count() const;

  private:
    enum class Admission { kOpen, kFull, kAddressFull, kStopping, kFlood };
    struct Admitted {
        Admission admission;
        AddressCounts::Entry* address;
    };
    Admitted admit(const std::string& address);
    Admission judge(const AddressCounts::Entry& address) const;
    void on_removed(AddressCounts::Entry* address);
    bool wait_until_empty(Deadline deadline);

    IoShards& shards_;
    const ProtocolRegistry protocols_;
    const WebSocketServerOptions options_;
    std::vector<std::unique_ptr<ConnectionShard>> parts_;

    mutable std::mutex mutex_;
    std::condition_variable emptied_;
    /// Guarded by mutex_:
    std::size_t connections_ = 0;
    AddressCounts by_address_;
    bool is_stopping_ = false;
    bool is_stopping_now_ = false;
};

}  // namespace orderpush::realtime

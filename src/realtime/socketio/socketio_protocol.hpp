#pragma once

#include "base/guarded.hpp"
#include "protocol/http_message.hpp"
#include "realtime/event_loop/io_shards.hpp"
#include "realtime/hub/hub.hpp"
#include "realtime/socketio/client_table.hpp"
#include "realtime/socketio/engine_io/engine_query.hpp"
#include "realtime/socketio/room_access.hpp"
#include "realtime/socketio/socketio_client.hpp"
#include "realtime/sockets/address_counts.hpp"
#include "realtime/sockets/origin_check.hpp"
#include "realtime/sockets/poll_request.hpp"
#include "realtime/sockets/protocol.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace orderpush::realtime {

struct SocketioOptions {
    /// Whether it is spoken at all: its clients hear what reaches the hub, and nothing else.
    bool is_served = true;
    /// Whether clients may poll; otherwise WebSockets only, which need no balancer that knows
    /// sessions.
    bool has_polling = true;
    /// What this instance's session ids begin with, for balancers; empty: nothing.
    std::string instance = {};
    /// Sessions that began with a poll, on this instance and of one client address. Addresses that
    /// the Internet does not route have no bound of their own; 0: none has.
    std::size_t polling_sessions_max = 10'000;
    std::size_t polling_sessions_per_address_max = 0;
    EngineOptions engine = {};
    SocketioLimits limits = {};
    /// How exactly times are kept.
    std::chrono::milliseconds tick{100};
};

/// Socket.IO 5 on Engine.IO 4, at /socket.io/ and /api/socket/, for the front-ends of earlier
/// systems: the rooms of three dialects (dialects/room_words.hpp) on the hub's channels. A session
/// lives on one shard, which its id names: that of the WebSocket it began on, or of its first poll.
/// Requests may arrive at any shard; a WebSocket that upgrades a session is brought to its shard
/// before it is opened (shard_of).
///
/// The first of the two paths demands a credential when a client connects; at the second, whose
/// clients send none, every join proves itself.
class SocketioProtocol final : public Protocol {
  public:
    /// Shards and hub outlive it.
    SocketioProtocol(
        IoShards& shards, Hub& hub, OriginRule is_origin_allowed, SocketioOptions options
    );
    SocketioProtocol(const SocketioProtocol&) = delete;
    SocketioProtocol& operator=(const SocketioProtocol&) = delete;
    ~SocketioProtocol() override;

    /// Before the shards are started, which both outlive.
    void use(RoomAccess& access, ClientRecovery& recovery);

    // WebSockets.
    bool serves(std::string_view path) const noexcept override;
    bool takes_binary() const noexcept override { return true; }
    Opening open(const UpgradeRequest& request, const ClientContext& context) const override;
    /// What an upgrade is answered that is refused before it happens. Any thread.
    std::optional<protocol::HttpResponse> refusal_of(const UpgradeRequest& request) const;
    /// The shard of the session that a WebSocket wants to take over; nothing if it begins one.
    std::optional<std::size_t> shard_of(const UpgradeRequest& request) const;

    // Polls.
    using OnGone = std::function<void()>;
    /// Answers a request at a path that it serves, at once or when there is something to say. On
    /// that shard's thread. What is returned is to be called if the client's connection ends
    /// before; null: that is of no interest.
    OnGone answer(std::size_t shard, const PollRequest& request, protocol::HttpReply reply) const;

    /// Clients that poll are told to come back, elsewhere; further ones are refused. Any thread.
    void stop();

    /// Nothing: rooms have codecs of their own.
    std::optional<Frame> encode(const ChannelMessage& /*message*/) const override {
        return std::nullopt;
    }
    std::optional<Frame> encode(std::string_view /*channel*/, const MemberChange& /*change*/)
        const override {
        return std::nullopt;
    }

  private:
    struct Part {
        SocketioShard shard;
        ClientTable clients;
    };
    using Reply = protocol::HttpReply;

    /// `counted_as`: of a session that begins with a poll.
    std::shared_ptr<SocketioClient> make_client(
        Part& part,
        std::string_view path,
        const EngineQuery& query,
        AddressCounts::Entry* counted_as = nullptr
    ) const;
    /// For the answers to a page of that origin.
    Reply with_cors(Reply reply, std::string_view origin) const;
    void begin_session(
        std::size_t shard,
        const protocol::HttpRequest& request,
        const EngineQuery& query,
        const Reply& reply
    ) const;
    OnGone continue_session(
        const protocol::HttpRequest& request, const EngineQuery& query, Reply reply
    ) const;
    void forget_poll(std::string_view session_id, std::uint64_t poll_id) const;
    /// Null: there is no room for one more.
    AddressCounts::Entry* count_session(std::string_view address) const;
    void uncount_session(AddressCounts::Entry* address) const;

    IoShards& shards_;
    Hub& hub_;
    const OriginRule is_origin_allowed_;
    const OriginCheck origins_;
    const SocketioOptions options_;
    std::atomic<bool> is_stopping_{false};
    mutable std::atomic<std::uint64_t> last_poll_{0};
    struct Polling {
        std::size_t sessions = 0;
        AddressCounts by_address;
    };
    mutable Guarded<Polling> polling_;
    /// Each touched by its shard's thread only.
    std::vector<std::unique_ptr<Part>> parts_;
};

}  // namespace orderpush::realtime

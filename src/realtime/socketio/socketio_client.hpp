#pragma once

#include "base/result.hpp"
#include "core/access/caller.hpp"
#include "realtime/event_loop/io_shards.hpp"
#include "realtime/hub/hub.hpp"
#include "realtime/socketio/client_id.hpp"
#include "realtime/socketio/client_recovery.hpp"
#include "realtime/socketio/client_timer.hpp"
#include "realtime/socketio/dialects/event_offset.hpp"
#include "realtime/socketio/dialects/room_words.hpp"
#include "realtime/socketio/engine_io/engine_session.hpp"
#include "realtime/socketio/room_access.hpp"
#include "realtime/socketio/room_subscription.hpp"
#include "realtime/socketio/socket_packet.hpp"
#include "realtime/sockets/address_counts.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace orderpush::realtime {

struct SocketioLimits {
    /// To the CONNECT packet; then the session is closed.
    std::chrono::milliseconds connect_timeout{10'000};
    std::size_t rooms_max = 50;
    /// Refused joins in a row; then the session is closed.
    std::size_t refusals_max = 50;
    /// Packets that wait while a join is decided; beyond either the session is closed.
    std::size_t packets_waiting_max = 64;
    std::size_t packet_bytes_waiting_max = 64U * 1024U;
};

class SocketioClient;

/// What the clients of one shard share. Outlives them.
struct SocketioShard {
    IoShards& shards;
    std::size_t index = 0;
    Hub& hub;
    RoomAccess& access;
    ClientRecovery& recovery;
    const EngineOptions& engine;
    const SocketioLimits& limits;
    /// To be called after whatever a client was given from outside: a message, a request, its end.
    std::function<void(SocketioClient& client)> settle;
};

/// How a client came.
struct SocketioEntry {
    /// Clients of the restaurant dialect prove nothing before they join.
    bool is_token_required = true;
    /// Of the query.
    std::string token = {};
    /// Where the session is counted that began with a poll; null for others.
    AddressCounts::Entry* counted_as = nullptr;
};

/// One client's side of Socket.IO: the main namespace, its rooms, and what it asks for. It owns the
/// session that carries it. Packets are handled in their order, one at a time, so a join that takes
/// the database holds up this client's next ones and nobody else's. On one shard only; made by
/// std::make_shared.
class SocketioClient final : public EngineListener,
                             public RoomOwner,
                             public ClientTimer,
                             public std::enable_shared_from_this<SocketioClient> {
  public:
    SocketioClient(const SocketioShard& shard, std::string session_id, SocketioEntry entry);

    EngineSession& session() noexcept { return session_; }
    const EngineSession& session() const noexcept { return session_; }
    bool is_connected() const noexcept { return phase_ == Phase::kConnected; }
    /// Whether it has shown a credential that is good for something.
    bool has_proved() const noexcept { return caller_ != nullptr || !memberships_.empty(); }
    /// What is kept of it is kept under this; empty: nothing is kept.
    std::string_view private_id() const noexcept { return private_id_.text(); }
    AddressCounts::Entry* counted_as() const noexcept { return counted_as_; }
    Deadline next_due() const noexcept { return std::min(session_.next_due(), connect_due_); }
    void on_due();
    /// See SocketioShard.
    void settle() { shard_.settle(*this); }

    void on_message(std::string_view text) override;
    void on_message_bytes(std::string_view bytes) override;
    void on_session_closed() override;

    SocketId socket_id() const noexcept override { return hub_id_; }
    bool has_left() const noexcept override { return phase_ == Phase::kClosed; }
    void on_subscribed(RoomSubscription& room, const SubscribeOutcome& outcome) override;
    void on_room_revoked(RoomSubscription& room) override;
    void on_rooms_terminated() override;
    FrameSink& room_sink() noexcept override { return session_; }
    void on_restored_frame(RoomSubscription& room, const Frame& frame) override;

  private:
    enum class Phase : std::uint8_t { kWaiting, kRestoring, kConnected, kClosed };
    struct WaitingPackets {
        std::deque<SocketPacket> packets;
        std::size_t bytes = 0;
    };
    /// A word that was let in. Several may share a subscription.
    struct Membership {
        const RoomWord* word;
        std::string argument;
        std::shared_ptr<RoomSubscription> room;
        /// The last entry of the channel when it was joined.
        std::int64_t since;
    };
    struct KeptRoom {
        const RoomWord* word;
        std::string argument;
        std::int64_t since;
    };
    /// A client that is brought back to its rooms.
    struct Restoring {
        std::string private_id;
        std::optional<EventOffset> offset;
        std::string socket_id;
        std::deque<KeptRoom> rooms;
        /// Whether the client will have all that it had.
        bool is_whole = true;
        /// What came meanwhile: it goes behind what was missed.
        std::vector<std::pair<RoomSubscription*, Frame>> held;
        std::size_t held_bytes = 0;
    };
    /// The one join under way.
    struct Join {
        const RoomWord* word;
        std::string event;
        std::string argument;
        std::optional<std::uint64_t> ack_id;
        std::optional<Caller> caller = {};
        /// Once its admission is asked.
        std::optional<Channel> channel = {};
        /// Of the server's own: nobody waits for an answer.
        bool is_silent = false;
        std::int64_t since = 0;
        /// Once the hub is asked.
        const RoomSubscription* room = nullptr;
    };
    /// Runs `act` with the result, here, unless the client is gone by then.
    template <class Value>
    std::function<void(Result<Value>)> replying(void (SocketioClient::*act
    )(const Result<Value>& result)) {
        return [weak = weak_from_this(), &shards = shard_.shards, index = shard_.index, act](
                   Result<Value> result
               ) {
            shards.post(index, [weak, act, result = std::move(result)] {
                if (const auto self = weak.lock()) {
                    ((*self).*act)(result);
                }
            });
        };
    }

    // The namespace.
    /// `packet` is moved from if it is a whole one.
    void on_read(SocketPacketReader::Outcome outcome, SocketPacket& packet);
    void on_packet(SocketPacket packet);
    void handle(SocketPacket& packet);
    void handle_waiting();
    void connect(const SocketPacket& packet);
    void on_authenticated(const Result<Caller>& caller);
    /// The client is known: brings it back, or welcomes it.
    void enter();
    void welcome();
    void refuse_connect(std::string_view code);
    void disconnect();
    void say(std::string_view message) { session_.send(Frame::text(message)); }

    // The rooms, in socketio_rooms.cpp.
    void join(SocketPacket& packet, const RoomWord& word);
    bool has_join_under_way();
    void ask_admission();
    void on_joiner_authenticated(const Result<Caller>& caller);
    void on_admitted(const Result<Admission>& admission);
    void subscribe(const Channel& channel, const ChannelJoiner& joiner);
    /// Begins to join what a word brings beside its own room.
    void bring_menu(const Caller& caller);
    void begin_join(std::unique_ptr<Join> join);
    void end_join(const Result<void>& outcome);
    void leave(const SocketPacket& packet, const RoomWord& word);
    void answer(
        std::string_view event,
        const std::optional<std::uint64_t>& ack_id,
        const Result<void>& outcome
    );
    std::shared_ptr<RoomSubscription> find_room(const Channel& channel, const ChannelCodec& codec)
        const;
    bool is_member(const RoomWord& word, std::string_view argument) const;
    void leave_room(const std::shared_ptr<RoomSubscription>& room, bool is_deliberate);
    void leave_rooms(bool is_deliberate);
    void forget_revoked_rooms();

    // Coming back, in socketio_recovery.cpp.
    void on_kept_found(const Result<std::optional<std::string>>& kept);
    void restore_next_room();
    void on_missed(const Result<MissedEvents>& missed);
    void send_missed(const MissedEvents& missed);
    void end_restoring();
    std::string kept_text() const;
    void keep_rooms();
    void say_once_kept(std::string answer);
    void on_kept(const Result<void>& done);
    void forget_kept_rooms();

    const SocketioShard& shard_;
    EngineSession session_;
    SocketPacketReader reader_;
    SocketId hub_id_ = SocketId::random();
    AddressCounts::Entry* const counted_as_;
    /// Null: there was none.
    const std::unique_ptr<const std::string> query_token_;
    /// Null: nobody yet, or nobody at all in the restaurant dialect.
    std::unique_ptr<const Caller> caller_;
    std::vector<Membership> memberships_;
    std::unique_ptr<WaitingPackets> waiting_;
    std::unique_ptr<Join> join_;
    std::unique_ptr<Restoring> restoring_;
    /// Answers that wait until the rooms are kept; null: none.
    std::unique_ptr<std::vector<std::string>> answers_;
    Deadline connect_due_;
    ClientId socket_id_;
    ClientId private_id_;
    std::uint32_t refusals_ = 0;
    Phase phase_ = Phase::kWaiting;
    const bool is_token_required_;
    /// The next packet waits until something was decided.
    bool is_deciding_ = false;
    bool is_handling_waiting_ = false;
    bool is_forgetting_ = false;
    bool is_keeping_ = false;
    bool has_changed_rooms_ = false;
};

}  // namespace orderpush::realtime

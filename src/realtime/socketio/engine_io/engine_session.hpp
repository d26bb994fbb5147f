#pragma once

#include "base/timestamp.hpp"
#include "protocol/http_message.hpp"
#include "realtime/sockets/message_budget.hpp"
#include "realtime/sockets/outbound_queue.hpp"
#include "realtime/sockets/protocol.hpp"
#include "realtime/wire/frame.hpp"
#include "realtime/wire/frame_reader.hpp"
#include "realtime/wire/frame_sink.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace orderpush::realtime {

struct EngineOptions {
    /// What a client is told, and its clock goes by: it gives up when no ping came for both.
    std::chrono::milliseconds ping_interval{25'000};
    std::chrono::milliseconds ping_timeout{20'000};
    /// From the opening of a second transport to the end of the upgrade.
    std::chrono::milliseconds upgrade_timeout{10'000};
    /// A session that the server ended waits for a poll, to say so.
    std::chrono::milliseconds farewell_timeout{30'000};
    /// Of one POST; more is answered 413.
    std::size_t payload_bytes_max = kInboundMessageBytesMax;
    /// What may wait for the next poll. Beyond it the session is closed: the client comes back.
    OutboundLimits outbound = {};
    /// Polls, POSTs and packets of one session; beyond it the session is closed.
    MessageRate rate{.per_second = 100, .burst = 1'000};
    /// Whether clients that poll are offered a WebSocket.
    bool has_upgrades = true;
    std::function<Deadline()> now = std::chrono::steady_clock::now;
};

/// What a session carries, to whoever speaks through it. Called on the session's shard; may send
/// and close.
class EngineListener {
  public:
    EngineListener() = default;
    EngineListener(const EngineListener&) = delete;
    EngineListener& operator=(const EngineListener&) = delete;
    virtual ~EngineListener() = default;

    virtual void on_message(std::string_view text) = 0;
    virtual void on_message_bytes(std::string_view bytes) = 0;
    /// The session is over. Once; nothing follows.
    virtual void on_session_closed() = 0;
};

/// One Engine.IO session: messages in order both ways over long polls, a WebSocket, or first the
/// one and then the other, and a heartbeat that finds out when the client is gone. Knows no sockets
/// and no timers: who owns it hands it what arrives, and calls on_due() when next_due() is reached.
/// On one shard only.
///
///     polling ──probe──► probing ──upgrade──► socket
///        └───────────────────┴──────────────────┴──► closed
///
/// While it probes, messages go to polls only; what waits is sent first when the WebSocket takes
/// over. A probe that fails leaves the session polling.
class EngineSession final : public FrameSink {
  public:
    enum class End : std::uint8_t {
        kSilent,  ///< the client has gone, or broke the protocol: nothing is said
        kTold,    ///< the client is told, with its next poll at the latest, and may come back
    };

    /// `options` and `listener` outlive it.
    EngineSession(const EngineOptions& options, EngineListener& listener, std::string id);

    /// Unguessable: who knows it may read and write the session. Never to be logged.
    const std::string& id() const noexcept { return id_; }

    /// Begins as polling; `reply` gets the open packet.
    void open_by_poll(const protocol::HttpReply& reply);
    /// Begins on a WebSocket.
    void open_on(ClientConnection& socket);

    /// A GET: `reply` is called once there is something to say; at the latest with the next ping.
    /// `poll_id` names it in abandon_poll() and is not 0.
    void poll(std::uint64_t poll_id, protocol::HttpReply reply);
    /// The client gave that GET up: the session ends.
    void abandon_poll(std::uint64_t poll_id);
    /// A POST.
    void receive(const protocol::HttpRequest& post, const protocol::HttpReply& reply);

    /// A second transport. False: there is one already, or one that probes.
    [[nodiscard]] bool begin_probe(ClientConnection& socket);
    /// From a WebSocket that opened the session, or probes.
    void on_socket_text(ClientConnection& socket, std::string_view text);
    void on_socket_bytes(ClientConnection& socket, std::string_view bytes);
    void on_socket_gone(const ClientConnection& socket);

    /// Frames whose texts are message packets ("4…"). Nothing once it is closed.
    void send(const Frame& frame) override;
    /// Idempotent.
    void close(End end);

    bool is_closed() const noexcept { return phase_ == Phase::kClosed; }
    /// Whether nothing more is to be said either.
    bool is_gone() const noexcept { return is_closed() && !is_saying_farewell_; }
    bool is_polling() const noexcept { return polling_ != nullptr; }
    Deadline next_due() const noexcept;
    /// Does what is due. The moment is the options'.
    void on_due();

  private:
    enum class Phase : std::uint8_t { kOpen, kClosed };
    /// What only a session that polls has use for.
    struct Polling {
        bool has_poll() const noexcept { return poll_id != 0; }

        /// The GET that waits; its id is 0 if none does.
        protocol::HttpReply poll = {};
        std::uint64_t poll_id = 0;
        /// What the next poll is answered with.
        std::vector<Frame> queue = {};
        std::size_t queue_bytes = 0;
        ClientConnection* probing = nullptr;
        Deadline upgrade_due = Deadline::max();
        bool is_probed = false;
    };

    std::string open_packet(bool is_polling) const;
    void begin_heartbeat();
    void on_heartbeat_due();
    /// A packet that came by the session's own transport.
    void on_packet(std::string_view text);
    bool is_probing(const ClientConnection& socket) const noexcept {
        return polling_ != nullptr && polling_->probing == &socket;
    }
    void on_probe_packet(std::string_view text);
    /// Ends the probing; whose socket it was, or null.
    ClientConnection* take_probing();
    void end_probe();
    void complete_upgrade();
    void note_sign_of_life();
    /// False: too many; the session is closed.
    bool take_from_budget();
    /// If one waits.
    void answer_poll(std::string packets);
    /// With what is queued, or a noop, if one waits.
    void flush_to_poll();
    std::string take_queue();
    void drop_queue();

    const EngineOptions& options_;
    EngineListener& listener_;
    const std::string id_;
    ClientConnection* socket_ = nullptr;
    /// Null on a WebSocket.
    std::unique_ptr<Polling> polling_;
    MessageBudget budget_;
    /// Of the ping, or of what it is to be answered with; once closed, of the farewell.
    Deadline heartbeat_due_ = Deadline::max();
    Phase phase_ = Phase::kOpen;
    bool is_awaiting_pong_ = false;
    bool is_pong_extended_ = false;
    bool is_saying_farewell_ = false;
};

}  // namespace orderpush::realtime

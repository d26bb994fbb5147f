#pragma once

#include "base/crypto/tls.hpp"
#include "base/timestamp.hpp"
#include "realtime/event_loop/socket_poller.hpp"
#include "realtime/sockets/address_counts.hpp"
#include "realtime/sockets/outbound_queue.hpp"
#include "realtime/sockets/protocol.hpp"
#include "realtime/sockets/upgrade.hpp"
#include "realtime/wire/frame_reader.hpp"

#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

namespace orderpush::realtime {

class ConnectionShard;

/// One WebSocket connection. It lives on one shard and is touched by that shard's thread only.
///
/// Writing: send() queues a shared frame; the shard flushes every connection that has something to
/// write once per turn of its loop, with gathered non-blocking writes, and only a full socket
/// buffer makes it wait for writability.
///
/// Slow consumers: a frame that would pass the bounds of a queue that is not empty is not queued.
/// Instead the queue is dropped (the answer to the upgrade is not, and a frame that is partly
/// written is completed), the close frame 4100 "Slow consumer" is queued, the channels are left,
/// and the socket is closed when that is written, or after the close deadline (5 s) at most. The
/// client comes back, and fetches what it missed. A peer that takes nothing at all for the stall
/// timeout while something is queued is dropped without a word, however little that is.
class Connection final : public ClientConnection,
                         private SocketHandler,
                         public std::enable_shared_from_this<Connection> {
  public:
    /// `address`: what the server counts it under.
    Connection(
        ConnectionShard& shard,
        UniqueFd socket,
        std::unique_ptr<TlsSession> tls,
        AddressCounts::Entry* address
    );
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    ~Connection() override;

    /// Answers the upgrade and lets the protocol greet, or refuse. Once.
    void open(const Upgrade& upgrade);
    /// Answers the upgrade and closes with that code.
    void refuse(const UpgradeRequest& request, CloseCode code, std::string_view reason);

    void send(const Frame& frame) override;
    void close(CloseCode code, std::string_view reason) override;

    /// For the shard: writes what the socket takes now.
    void flush();
    /// For the shard: the peer was silent for too long.
    void on_silence();
    void on_pong_missing();
    /// For the shard: the time to sign in is over.
    void on_sign_in_timeout();
    /// For the shard: what applications may do has changed.
    void on_permissions_changed();
    /// Closes the socket at once and leaves the shard. Idempotent.
    void drop();

    /// For the shard: whether something waits for room in the socket, and what the kernel has yet
    /// to send of what it took, in bytes.
    bool is_waiting_for_room() const noexcept { return is_waiting_for_room_; }
    int unsent_bytes();
    /// For the server.
    AddressCounts::Entry* address() const noexcept { return address_; }

  private:
    friend class ConnectionShard;
    enum class Written : std::uint8_t { kSome, kNoRoom, kBroken };
    enum class Phase : std::uint8_t {
        kOpen,
        kClosing,  ///< our close frame is queued or sent
        kClosed,
    };

    void start(const UpgradeRequest& request);
    Written write_plain();
    Written write_sealed();
    bool has_unwritten() const;
    /// Bytes read, 0 at the end; nothing: not now.
    std::optional<std::size_t> read(std::span<char> buffer);
    void wait_writable();
    void on_readable() override;
    void on_writable() override;
    void consume(std::span<char> bytes);
    void handle(const Inbound& inbound);
    void on_peer_close(const Inbound& inbound);
    void start_closing(const Frame& close_frame);
    void leave_client();
    void finish_closing();

    // What every delivery touches stands together, so that it takes few cache lines.
    Phase phase_ = Phase::kOpen;
    bool is_deflating_ = false;
    bool is_waiting_for_room_ = false;
    bool has_peer_closed_ = false;
    /// For the shard: where the connection stands in its lists.
    bool is_dirty_ = false;
    bool is_watched_ = false;
    bool had_room_ = false;
    OutboundQueue queue_;
    ConnectionShard& shard_;
    const std::unique_ptr<TlsSession> tls_;
    PolledSocket socket_;

    AddressCounts::Entry* const address_;
    std::shared_ptr<ProtocolClient> client_;
    FrameReader reader_;
    Deadline since_ = {};
    std::list<std::shared_ptr<Connection>>::iterator place_;
    std::list<std::shared_ptr<Connection>>* list_ = nullptr;
};

}  // namespace orderpush::realtime

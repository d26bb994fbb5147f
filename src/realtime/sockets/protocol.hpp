#pragma once

#include "realtime/hub/channel_codec.hpp"
#include "realtime/hub/subscriber.hpp"
#include "realtime/sockets/address_counts.hpp"
#include "realtime/sockets/upgrade.hpp"
#include "realtime/wire/close_code.hpp"
#include "realtime/wire/frame_sink.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace orderpush::realtime {

class Hub;

/// A connection as a protocol sees it. On the connection's shard only.
class ClientConnection : public FrameSink {
  public:
    /// Queues the frame; nothing after close().
    void send(const Frame& frame) override = 0;
    /// Queues a close frame behind what was sent; later calls do nothing. The client leaves in a
    /// later turn of the loop.
    virtual void close(CloseCode code, std::string_view reason) = 0;
};

/// What a client is opened on.
struct ClientContext {
    /// Outlives the client.
    ClientConnection& connection;
    Hub& hub;
    /// The shard that the connection lives on.
    std::size_t shard = 0;
    /// How long the server waits for a sign of life before it pings.
    std::chrono::seconds activity_timeout{0};
    /// Whether the connection takes Frame::deflated(); it takes plain frames as well.
    bool is_deflating = false;
    /// Of the client's address.
    AddressQuota address = {};
};

/// One connection's side of a protocol. On the connection's shard only.
class ProtocolClient : public Subscriber {
  public:
    /// A whole message, well-formed UTF-8.
    virtual void on_text(std::string_view text) = 0;
    /// The same of bytes, where the protocol takes them (Protocol::takes_binary).
    virtual void on_binary(std::string_view /*bytes*/) {}
    /// The client has been silent for the activity timeout: ask for a sign of life.
    virtual void on_silence() = 0;
    /// How long after its opening on_sign_in_timeout() is called; nothing: never (Pusher's
    /// "user authentication timeout").
    virtual std::optional<std::chrono::milliseconds> sign_in_timeout() const {
        return std::nullopt;
    }
    /// Called once: close if nobody has signed in, or shown a signature.
    virtual void on_sign_in_timeout() {}
    /// What applications may do has changed: close if this connection may not go on.
    virtual void on_permissions_changed() {}
    /// It did not come: close.
    virtual void on_pong_missing() = 0;
    /// The connection is going: leave every channel. Nothing is called afterwards except
    /// has_left().
    virtual void leave() = 0;
};

/// A connection that is closed as soon as it is upgraded: clients read close codes, not HTTP
/// errors.
struct Refusal {
    CloseCode code = CloseCode::kNormal;
    std::string reason;
    /// Sent before the close frame.
    std::optional<Frame> first = {};
};

/// A way to speak to clients, over the one hub. Immutable; any thread. Outlives its clients.
///
/// A new protocol is one folder beside `pusher` and `kitchen_display`, and one line where the
/// server is made (ProtocolRegistry). It provides:
///  - a Protocol: serves() says at which paths it is spoken, open() checks the request and makes
///  the
///    client, encode() and encode_count() write what happens on a channel (ChannelCodec);
///  - a ProtocolClient, one for each connection: it reads what the client sends, calls
///    Hub::subscribe(), unsubscribe() and publish(), and leaves every channel in leave();
///  - ChannelRules, if its names say of a channel what the hub has to know: where the hub is made
///    they are put together with those of the others. A key that another protocol could make for
///    another channel needs a prefix of its own.
/// Credentials that have to be checked against the database come with the request
/// (UpgradeRequest::pass): protocols know the hub and nothing else of the service.
class Protocol : public ChannelCodec {
  public:
    using Opening = std::variant<std::shared_ptr<ProtocolClient>, Refusal>;
    /// Whether it is spoken at that path, whatever open() then says of the request.
    virtual bool serves(std::string_view path) const noexcept = 0;
    /// Greets the client, or says why not.
    virtual Opening open(const UpgradeRequest& request, const ClientContext& context) const = 0;
    /// Whether clients may send binary messages; elsewhere one closes the connection with 1003.
    virtual bool takes_binary() const noexcept { return false; }
    /// What the server's own refusal of a connection says before the close frame, to clients that
    /// do not read close frames.
    virtual std::optional<Frame> refusal_notice(
        const UpgradeRequest& /*request*/, CloseCode /*code*/, std::string_view /*reason*/
    ) const {
        return std::nullopt;
    }
};

}  // namespace orderpush::realtime

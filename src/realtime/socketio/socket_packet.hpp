#pragma once

#include "base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

/// Socket.IO 5: the packets inside of Engine.IO's messages.
namespace orderpush::realtime {

inline constexpr std::string_view kMainNamespace = "/";

/// A packet of a client, as far as the server has a use for what it says.
struct SocketPacket {
    enum class Type : std::uint8_t { kConnect, kDisconnect, kEvent, kAck };
    Type type = Type::kEvent;
    std::string name_space{kMainNamespace};
    std::optional<std::uint64_t> ack_id = {};

    /// An event's name; empty if it is a number.
    std::string event = {};
    /// An event's first argument.
    enum class Argument : std::uint8_t { kNone, kText, kOther };
    Argument argument_kind = Argument::kNone;
    std::string argument = {};

    /// kConnect: `token` of its auth object, where that is a string; has_other_token: something
    /// else.
    std::optional<std::string> token = {};
    bool has_other_token = false;
    /// kConnect, of a client that wants its session back.
    std::optional<std::string> private_id = {};
    std::optional<std::string> offset = {};
};

/// Puts together what a client sends: texts, and the binary messages that belong to some of them.
/// Keeps at most one packet whose attachments are due, and nothing of these.
class SocketPacketReader {
  public:
    /// As the official server has it.
    static constexpr std::size_t kAttachmentsMax = 10;
    static constexpr std::size_t kNestingMax = 32;
    static constexpr std::size_t kAttachmentBytesMax = 64U * 1024U;

    enum class Outcome : std::uint8_t {
        kPacket,
        kMore,   ///< attachments are due
        kFault,  ///< no packet: the connection is to be closed
    };
    /// A message; with kPacket `packet` has it.
    Outcome on_text(std::string_view text, SocketPacket& packet);
    Outcome on_bytes(std::string_view bytes, SocketPacket& packet);

  private:
    struct Pending {
        SocketPacket packet;
        std::size_t attachments_due = 0;
        std::size_t attachment_bytes = 0;
    };
    /// Null: none is due, as mostly.
    std::unique_ptr<Pending> pending_;
};

// Messages of the server, each with Engine.IO's "4" before it.

/// An empty `private_id`: the client is told of none.
std::string connect_message(std::string_view socket_id, std::string_view private_id);
/// `code` goes into `data`; empty: there is none.
std::string connect_error_message(
    std::string_view name_space, std::string_view message, std::string_view code
);
std::string disconnect_message();
/// {"ok":true}
std::string ack_message(std::uint64_t ack_id);
/// {"ok":false,"error":{code, message}}
std::string ack_message(std::uint64_t ack_id, const Error& error);
/// The event `error`: {event, code, message}.
std::string error_event_message(std::string_view event, const Error& error);

}  // namespace orderpush::realtime

#pragma once

#include "realtime/ably/messages/error_info.hpp"
#include "realtime/ably/messages/wire_value.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace orderpush::realtime::ably {

/// Of one publish: what the hosted service takes by default.
inline constexpr std::size_t kMessageBytesMax = 64U * 1024U;
/// Messages in one publish.
inline constexpr std::size_t kMessagesMax = 1'000;
inline constexpr std::size_t kClientIdBytesMax = 256;

/// What a message carries, without the layer that its format puts around it: of JSON the last
/// "base64" of the encoding is undone, and done again for who hears it in JSON.
struct Payload {
    enum class Kind : std::uint8_t { kNone, kText, kBytes };
    Kind kind = Kind::kNone;
    std::string bytes = {};
    /// The chain of what clients did to it: "json", "utf-8/cipher+aes-256-cbc", …; empty: nothing.
    std::string encoding = {};
    bool operator==(const Payload&) const = default;
};

/// A message as Ably's clients know it. Empty texts are absent members.
struct Message {
    std::string id = {};
    std::optional<std::string> name = {};
    Payload payload = {};
    std::string client_id = {};
    std::string connection_id = {};
    /// Inbound only: the connection on whose behalf it is published.
    std::string connection_key = {};
    /// An object; null: none.
    Value extras = {};
    /// Milliseconds; 0: none.
    std::int64_t timestamp = 0;
    std::string serial = {};
};

struct PresenceMessage {
    enum class Action : std::uint8_t { kAbsent, kPresent, kEnter, kLeave, kUpdate };
    Action action = Action::kEnter;
    std::string id = {};
    std::string client_id = {};
    std::string connection_id = {};
    Payload payload = {};
    Value extras = {};
    std::int64_t timestamp = 0;
    bool operator==(const PresenceMessage&) const = default;
};

/// What a client sent. 40013: data or encoding; 40031: id; 40032: extras; 40016: name; 40012:
/// clientId; 40000: not an object, or an action other than 0.
Checked<Message> read_message(const Value& value, Format format);
Checked<PresenceMessage> read_presence(const Value& value, Format format);
/// One message or an array of 1 to kMessagesMax, of kMessageBytesMax together. 40009/413, 40034.
Checked<std::vector<Message>> read_messages(const Value& value, Format format);

/// Bytes of name, clientId, extras as JSON, and data: what Ably's limits count.
std::size_t size_of(const Message& message);
std::size_t size_of(const PresenceMessage& message);

/// As a client of that format hears it.
Value to_value(const Message& message, Format format);
Value to_value(const PresenceMessage& message, Format format);

/// Ids of several messages that were chosen by the client: absent from all, or one base with ":0",
/// ":1", … of a single message any id. 40031/400.
std::optional<ErrorInfo> check_ids(const std::vector<Message>& messages);

}  // namespace orderpush::realtime::ably

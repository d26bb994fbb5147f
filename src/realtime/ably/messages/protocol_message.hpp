#pragma once

#include "realtime/ably/messages/error_info.hpp"
#include "realtime/ably/messages/wire_value.hpp"
#include "realtime/wire/frame.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace orderpush::realtime::ably {

enum class Action : std::uint8_t {
    kHeartbeat = 0,
    kAck = 1,
    kNack = 2,
    kConnected = 4,
    kDisconnect = 5,
    kDisconnected = 6,
    kClose = 7,
    kClosed = 8,
    kError = 9,
    kAttach = 10,
    kAttached = 11,
    kDetach = 12,
    kDetached = 13,
    kPresence = 14,
    kMessage = 15,
    kSync = 16,
    kAuth = 17,
    kObject = 19,
    kAnnotation = 21,
};

namespace flag {
inline constexpr std::uint32_t kHasPresence = 1;
inline constexpr std::uint32_t kHasBacklog = 2;
inline constexpr std::uint32_t kResumed = 4;
inline constexpr std::uint32_t kAttachResume = 32;
}  // namespace flag

namespace mode {
inline constexpr std::uint32_t kPresence = 65'536;
inline constexpr std::uint32_t kPublish = 131'072;
inline constexpr std::uint32_t kSubscribe = 262'144;
inline constexpr std::uint32_t kPresenceSubscribe = 524'288;
inline constexpr std::uint32_t kAnnotationPublish = 2'097'152;
inline constexpr std::uint32_t kAnnotationSubscribe = 4'194'304;
inline constexpr std::uint32_t kDefault =
    kPresence | kPublish | kSubscribe | kPresenceSubscribe | kAnnotationPublish;
inline constexpr std::uint32_t kAll = kDefault | kAnnotationSubscribe;
}  // namespace mode

/// Of a list such as "publish,subscribe"; what is none is left out.
std::uint32_t parse_modes(std::string_view list);
std::string modes_text(std::uint32_t modes);

/// What a client sent, as far as every action has it; a member that is null is absent.
struct ProtocolMessage {
    /// Of an action that is not known: nothing.
    std::optional<Action> action = {};
    std::optional<std::string> id = {};
    std::optional<std::string> channel = {};
    std::optional<std::string> channel_serial = {};
    std::optional<std::int64_t> msg_serial = {};
    std::uint32_t flags = 0;
    std::map<std::string, std::string> params = {};
    /// `messages`, `presence`, or null.
    Value messages = {};
    Value presence = {};
    std::optional<std::string> access_token = {};
};

/// 40000: a member is of another type than it has to be.
Checked<ProtocolMessage> read_protocol_message(Value value);

Frame to_frame(Format format, const Value& value);
/// A frame that says no more than this.
Value action_value(Action action);
Value error_value(Action action, const ErrorInfo& error);

/// `frames` are what to_frame() made, some behind one another, of values with `action` and
/// `channel`. Hands `use` each with its action and its bytes.
struct ChannelFrame {
    Action action = Action::kMessage;
    /// As it is on the wire, its header included.
    std::string_view bytes;
    std::string_view payload;
};
std::vector<ChannelFrame> split_frames(Format format, const Frame& frames);
/// The same frame with another channel.
Frame with_channel(
    Format format, std::string_view payload, std::string_view from, std::string_view to
);
/// Its `channelSerial`, if it has one; `channel` is the frame's.
std::optional<std::string> channel_serial_in(
    Format format, std::string_view payload, std::string_view channel
);

}  // namespace orderpush::realtime::ably

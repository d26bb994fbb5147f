#pragma once

#include "base/timestamp.hpp"
#include "realtime/hub/presence.hpp"
#include "realtime/wire/frame.hpp"
#include "realtime/wire/socket_id.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace orderpush::realtime {

/// When, and by which hub, a message was published: on every instance the same, and never another
/// message's. Of one hub the later is the greater.
struct MessageStamp {
    /// Milliseconds of the Unix epoch; 0: none yet.
    std::uint64_t time = 0;
    std::uint32_t count = 0;
    /// The hub's own, another one after each start.
    std::uint32_t series = 0;

    auto operator<=>(const MessageStamp&) const = default;
};

/// One message of a channel, immutable once it has its serial.
struct ChannelMessage {
    /// The hub's key: "kitchen:{id}" for the restaurant's channels, the name as spelled for others.
    std::string channel;
    /// Position in the channel, from 1, for as long as the hub keeps the channel's state.
    std::uint64_t serial = 0;
    std::string event;
    /// Handed on exactly as published.
    std::string data;
    /// The connection that caused it and does not get it.
    std::optional<SocketId> excluded = {};
    /// Whether a client sent it to the others , and as whom, if it is a member.
    bool is_from_client = false;
    std::optional<std::string> user_id = {};
    Deadline published_at = {};
    MessageStamp stamp = {};
    /// More than `event` and `data` say, for protocols whose messages have more
    /// (ChannelCodec::reads_envelopes). UTF-8; opaque to the hub.
    std::string envelope = {};
    /// Whether it is nothing to any other protocol.
    bool is_envelope_only = false;
};

/// A user came to, or left, a presence channel.
struct MemberChange {
    enum class Kind { kAdded, kRemoved };
    Kind kind = Kind::kAdded;
    Member member;
};

/// How one protocol writes what happens on a channel. Stateless; any thread. Outlives the hub's use
/// of it.
class ChannelCodec {
  public:
    ChannelCodec() = default;
    ChannelCodec(const ChannelCodec&) = delete;
    ChannelCodec& operator=(const ChannelCodec&) = delete;
    virtual ~ChannelCodec() = default;
    /// Nothing if the protocol has no message for this.
    virtual std::optional<Frame> encode(const ChannelMessage& message) const = 0;
    virtual std::optional<Frame> encode(std::string_view channel, const MemberChange& change)
        const = 0;
    /// Whether it writes what ChannelMessage::envelope says.
    virtual bool reads_envelopes() const noexcept { return false; }
    /// How many subscribers a channel without members has now.
    virtual std::optional<Frame> encode_count(
        std::string_view /*channel*/, std::size_t /*subscribers*/
    ) const {
        return std::nullopt;
    }
};

}  // namespace orderpush::realtime

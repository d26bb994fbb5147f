#pragma once

#include "realtime/ably/messages/message.hpp"
#include "realtime/ably/messages/protocol_message.hpp"
#include "realtime/hub/channel_codec.hpp"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace orderpush::realtime::ably {

/// The connectionId of members who are there by another protocol.
inline constexpr const char* kOtherConnection = "builtin";

/// Writes what happens on a channel as MESSAGE and PRESENCE frames under the channel's plain name.
/// What an attachment does not want of it, and how its client spells the channel, is the
/// attachment's affair.
class AblyCodec final : public ChannelCodec {
  public:
    explicit AblyCodec(Format format) : format_(format) {}

    std::optional<Frame> encode(const ChannelMessage& message) const override;
    std::optional<Frame> encode(std::string_view channel, const MemberChange& change)
        const override;
    bool reads_envelopes() const noexcept override { return true; }

  private:
    const Format format_;
};

/// The MESSAGE frame of those messages, of which there is one at least, as one publish.
Value message_frame(
    std::string_view channel,
    std::string_view channel_serial,
    const std::vector<Message>& messages,
    Format format
);
/// A member of another protocol.
PresenceMessage member_of(const Member& member, PresenceMessage::Action action, std::int64_t now);

/// Hears nothing: of subscriptions that only make somebody present.
const ChannelCodec& silent_codec();

}  // namespace orderpush::realtime::ably

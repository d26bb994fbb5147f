#include "realtime/ably/channel_codec.hpp"

#include "base/clock.hpp"
#include "realtime/ably/channel_names.hpp"
#include "realtime/ably/publishing.hpp"

#include <string>
#include <utility>

namespace orderpush::realtime::ably {
namespace {

const SystemClock machine_clock;

Value channel_frame(Action action, std::string_view channel, std::string_view channel_serial) {
    Value value = action_value(action);
    value["channel"] = channel;
    if (!channel_serial.empty()) {
        value["channelSerial"] = channel_serial;
    }
    return value;
}

Value presence_frame(
    std::string_view channel,
    std::string_view channel_serial,
    const std::vector<PresenceMessage>& members,
    Format format
) {
    Value value = channel_frame(Action::kPresence, channel, channel_serial);
    value["timestamp"] = members.front().timestamp;
    Value& list = value["presence"] = Value::array();
    for (const PresenceMessage& member : members) {
        list.push_back(to_value(member, format));
    }
    return value;
}

class SilentCodec final : public ChannelCodec {
  public:
    std::optional<Frame> encode(const ChannelMessage& /*message*/) const override {
        return std::nullopt;
    }
    std::optional<Frame> encode(std::string_view /*channel*/, const MemberChange& /*change*/)
        const override {
        return std::nullopt;
    }
};

}  // namespace

std::optional<Frame> AblyCodec::encode(const ChannelMessage& message) const {
    const std::string channel = ably_name_of(message.channel);
    if (const auto messages = messages_of(message); !messages.empty()) {
        return to_frame(
            format_, message_frame(channel, channel_serial_of(message), messages, format_)
        );
    }
    if (const auto members = presence_of(message); !members.empty()) {
        return to_frame(
            format_, presence_frame(channel, channel_serial_of(message), members, format_)
        );
    }
    return std::nullopt;
}

std::optional<Frame> AblyCodec::encode(std::string_view channel, const MemberChange& change) const {
    if (change.member.has_envelopes) {
        return std::nullopt;
    }
    const bool is_added = change.kind == MemberChange::Kind::kAdded;
    const auto now = machine_clock.now().time_since_epoch().count();
    const auto action =
        is_added ? PresenceMessage::Action::kEnter : PresenceMessage::Action::kLeave;
    // Not in the log: no serial.
    return to_frame(
        format_,
        presence_frame(ably_name_of(channel), {}, {member_of(change.member, action, now)}, format_)
    );
}

Value message_frame(
    std::string_view channel,
    std::string_view channel_serial,
    const std::vector<Message>& messages,
    Format format
) {
    Value value = channel_frame(Action::kMessage, channel, channel_serial);
    value["timestamp"] = messages.front().timestamp;
    if (!messages.front().connection_id.empty()) {
        value["connectionId"] = messages.front().connection_id;
    }
    Value& list = value["messages"] = Value::array();
    for (const Message& message : messages) {
        Value item = to_value(message, format);
        // The frame's are each message's.
        item.erase("connectionId");
        item.erase("timestamp");
        list.push_back(std::move(item));
    }
    return value;
}

PresenceMessage member_of(const Member& member, PresenceMessage::Action action, std::int64_t now) {
    PresenceMessage message{
        .action = action,
        // Not beginning with its connectionId: such are compared by their time.
        .id = "member:" + std::to_string(now) + ":0",
        .client_id = member.user_id,
        .connection_id = kOtherConnection,
        .timestamp = now};
    if (member.info != "null") {
        message.payload = {.kind = Payload::Kind::kText, .bytes = member.info, .encoding = "json"};
    }
    return message;
}

const ChannelCodec& silent_codec() {
    static const SilentCodec codec;
    return codec;
}

}  // namespace orderpush::realtime::ably

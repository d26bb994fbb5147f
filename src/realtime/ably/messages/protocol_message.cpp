#include "realtime/ably/messages/protocol_message.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace orderpush::realtime::ably {
namespace {

ErrorInfo malformed(std::string message) {
    return {.code = 40000, .status = 400, .message = std::move(message)};
}

constexpr std::size_t kActionMax = 21;

struct ModeName {
    std::string_view name;
    std::uint32_t mode;
};
constexpr std::array kModes{
    ModeName{"presence", mode::kPresence},
    ModeName{"publish", mode::kPublish},
    ModeName{"subscribe", mode::kSubscribe},
    ModeName{"presence_subscribe", mode::kPresenceSubscribe},
    ModeName{"annotation_publish", mode::kAnnotationPublish},
    ModeName{"annotation_subscribe", mode::kAnnotationSubscribe}};

std::optional<Action> action_of(std::int64_t number) {
    // Those without a name are old, or the server's: they are ignored.
    constexpr std::uint32_t kKnown =
        (((1U << 18U) - 1) & ~(1U << 3U)) | (1U << 19U) | (1U << kActionMax);
    const bool is_known = number >= 0 && number <= static_cast<std::int64_t>(kActionMax) &&
                          (kKnown >> static_cast<unsigned>(number) & 1U) != 0;
    return is_known ? std::optional{static_cast<Action>(number)} : std::nullopt;
}

std::optional<ErrorInfo> read_text(
    const Value& value, const char* name, std::optional<std::string>& text
) {
    const Value* member = find_member(value, name);
    if (member == nullptr) {
        return std::nullopt;
    }
    if (!member->is_string()) {
        return malformed(std::string{name} + " is not a string");
    }
    text = member->get<std::string>();
    return std::nullopt;
}

std::optional<ErrorInfo> read_params(const Value& value, ProtocolMessage& message) {
    const Value* params = find_member(value, "params");
    if (params == nullptr) {
        return std::nullopt;
    }
    if (!params->is_object()) {
        return malformed("params is not an object");
    }
    for (const auto& [name, param] : params->items()) {
        if (param.is_string()) {
            message.params.emplace(name, param.get<std::string>());
        } else if (param.is_number() || param.is_boolean()) {
            message.params.emplace(name, param.dump());
        }
    }
    return std::nullopt;
}

/// What stands before the channel in a frame of such an action, of one digit or two.
std::size_t channel_offset(Format format, std::string_view payload) {
    if (format == Format::kMsgpack) {
        // The map's head, "action", a number below 128, "channel".
        return 1 + 7 + 1 + 8;
    }
    return payload.find(':', 10) + 1;
}

/// A string as it stands in a document.
std::string encoded(Format format, std::string_view text) {
    return encode_value(format, Value(text));
}

Frame frame_with(Format format, std::string_view payload) {
    return format == Format::kJson ? Frame::text(payload) : Frame::binary(payload);
}

}  // namespace

std::uint32_t parse_modes(std::string_view list) {
    std::uint32_t modes = 0;
    while (!list.empty()) {
        const auto end = std::min(list.find(','), list.size());
        for (const ModeName& known : kModes) {
            if (known.name == list.substr(0, end)) {
                modes |= known.mode;
            }
        }
        list.remove_prefix(std::min(end + 1, list.size()));
    }
    return modes;
}

std::string modes_text(std::uint32_t modes) {
    std::string text;
    for (const ModeName& known : kModes) {
        if ((modes & known.mode) != 0) {
            text.append(text.empty() ? "" : ",").append(known.name);
        }
    }
    return text;
}

Checked<ProtocolMessage> read_protocol_message(Value value) {
    if (!value.is_object()) {
        return malformed("A protocol message is not an object");
    }
    ProtocolMessage message;
    const Value* action = find_member(value, "action");
    if (action == nullptr || !action->is_number_integer()) {
        return malformed("A protocol message has no action");
    }
    message.action = action_of(action->get<std::int64_t>());
    for (const auto& [name, text] :
         {std::pair{"id", &message.id},
          std::pair{"channel", &message.channel},
          std::pair{"channelSerial", &message.channel_serial}}) {
        if (auto error = read_text(value, name, *text)) {
            return *std::move(error);
        }
    }
    if (const Value* serial = find_member(value, "msgSerial")) {
        if (!serial->is_number_integer() || *serial < 0) {
            return malformed("msgSerial is not a number");
        }
        message.msg_serial = serial->get<std::int64_t>();
    }
    if (const Value* flags = find_member(value, "flags"); flags && flags->is_number_integer()) {
        message.flags = static_cast<std::uint32_t>(flags->get<std::int64_t>());
    }
    if (auto error = read_params(value, message)) {
        return *std::move(error);
    }
    if (const Value* auth = find_member(value, "auth")) {
        if (auto error = read_text(*auth, "accessToken", message.access_token)) {
            return *std::move(error);
        }
    }
    if (find_member(value, "messages") != nullptr) {
        message.messages = std::move(value["messages"]);
    }
    if (find_member(value, "presence") != nullptr) {
        message.presence = std::move(value["presence"]);
    }
    return message;
}

Frame to_frame(Format format, const Value& value) {
    return frame_with(format, encode_value(format, value));
}

Value action_value(Action action) {
    return {{"action", static_cast<int>(action)}};
}

Value error_value(Action action, const ErrorInfo& error) {
    Value value = action_value(action);
    value["error"] = to_value(error);
    return value;
}

std::vector<ChannelFrame> split_frames(Format format, const Frame& frames) {
    std::vector<ChannelFrame> split;
    std::string_view rest = frames.bytes();
    while (!rest.empty()) {
        const auto byte = [&](std::size_t at) {
            return static_cast<std::uint64_t>(static_cast<unsigned char>(rest[at]));
        };
        std::size_t header = 2;
        std::uint64_t size = byte(1);
        if (size >= 126) {
            const std::size_t digits = size == 126 ? 2 : 8;
            size = 0;
            for (std::size_t i = 0; i < digits; ++i) {
                size = size << 8U | byte(2 + i);
            }
            header += digits;
        }
        const std::string_view payload = rest.substr(header, size);
        const int action = format == Format::kMsgpack
                               ? static_cast<int>(payload[8])
                               : std::stoi(std::string{payload.substr(10, 2)});
        split.push_back(
            {.action = static_cast<Action>(action),
             .bytes = rest.substr(0, header + size),
             .payload = payload}
        );
        rest.remove_prefix(header + size);
    }
    return split;
}

Frame with_channel(
    Format format, std::string_view payload, std::string_view from, std::string_view to
) {
    const std::size_t offset = channel_offset(format, payload);
    std::string changed{payload.substr(0, offset)};
    changed += encoded(format, to);
    changed += payload.substr(offset + encoded(format, from).size());
    return frame_with(format, changed);
}

std::optional<std::string> channel_serial_in(
    Format format, std::string_view payload, std::string_view channel
) {
    payload.remove_prefix(channel_offset(format, payload) + encoded(format, channel).size());
    // Names are sorted: it comes next, if there is one.
    constexpr std::string_view kName = "channelSerial";
    const std::size_t before = format == Format::kJson ? 2 : 1;
    if (payload.substr(before, kName.size()) != kName) {
        return std::nullopt;
    }
    payload.remove_prefix(before + kName.size() + (format == Format::kJson ? 3 : 0));
    if (format == Format::kJson) {
        return std::string{payload.substr(0, payload.find('"'))};
    }
    // Serials have more than 31 bytes at times.
    const auto head = static_cast<unsigned char>(payload[0]);
    const bool is_short = head < 0xd9;
    const std::size_t size = is_short ? head & 0x1fU : static_cast<unsigned char>(payload[1]);
    return std::string{payload.substr(is_short ? 1 : 2, size)};
}

}  // namespace orderpush::realtime::ably

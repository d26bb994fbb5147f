#include "realtime/ably/messages/message.hpp"

#include "base/crypto/crypto.hpp"

#include <utility>

namespace orderpush::realtime::ably {
namespace {

constexpr std::size_t kIdBytesMax = 256;
constexpr std::size_t kEncodingBytesMax = 256;
constexpr std::string_view kBase64 = "base64";

ErrorInfo refused(int code, std::string message) {
    return {.code = code, .status = 400, .message = std::move(message)};
}

std::optional<ErrorInfo> read_text(
    const Value& object, const char* name, std::string& text, int code, std::size_t bytes_max
) {
    const Value* member = find_member(object, name);
    if (member == nullptr) {
        return std::nullopt;
    }
    if (!member->is_string()) {
        return refused(code, std::string{name} + " is not a string");
    }
    text = member->get<std::string>();
    if (text.size() > bytes_max) {
        return refused(code, std::string{name} + " is too long");
    }
    return std::nullopt;
}

/// Undoes the layer that JSON needs for bytes.
std::optional<ErrorInfo> strip_base64(Payload& payload) {
    std::string& encoding = payload.encoding;
    const bool is_whole = encoding == kBase64;
    if (payload.kind != Payload::Kind::kText || (!is_whole && !encoding.ends_with("/base64"))) {
        return std::nullopt;
    }
    auto bytes = decode_base64(payload.bytes);
    if (!bytes) {
        return refused(40013, "data is not base64, as its encoding says");
    }
    payload.kind = Payload::Kind::kBytes;
    payload.bytes = *std::move(bytes);
    encoding.resize(is_whole ? 0 : encoding.size() - kBase64.size() - 1);
    return std::nullopt;
}

Checked<Payload> read_payload(const Value& object) {
    Payload payload;
    if (auto error = read_text(object, "encoding", payload.encoding, 40013, kEncodingBytesMax)) {
        return *std::move(error);
    }
    const Value* data = find_member(object, "data");
    if (data == nullptr) {
        return payload;
    }
    payload.kind = Payload::Kind::kText;
    if (data->is_binary()) {
        const auto& bytes = data->get_binary();
        payload.kind = Payload::Kind::kBytes;
        payload.bytes.assign(bytes.begin(), bytes.end());
    } else if (data->is_string()) {
        payload.bytes = data->get<std::string>();
    } else if (data->is_structured()) {
        // Of who writes the protocol by hand: the SDKs send text.
        payload.bytes = encode_value(Format::kJson, *data);
        payload.encoding += payload.encoding.empty() ? "json" : "/json";
    } else {
        payload.bytes = encode_value(Format::kJson, *data);
    }
    if (auto error = strip_base64(payload)) {
        return *std::move(error);
    }
    return payload;
}

void put_payload(Value& object, const Payload& payload, Format format) {
    std::string encoding = payload.encoding;
    switch (payload.kind) {
        case Payload::Kind::kNone:
            break;
        case Payload::Kind::kText:
            object["data"] = payload.bytes;
            break;
        case Payload::Kind::kBytes:
            if (format == Format::kMsgpack) {
                object["data"] = Value::binary({payload.bytes.begin(), payload.bytes.end()});
            } else {
                object["data"] = base64(payload.bytes);
                encoding.append(encoding.empty() ? "" : "/").append(kBase64);
            }
            break;
    }
    if (!encoding.empty()) {
        object["encoding"] = std::move(encoding);
    }
}

void put_text(Value& object, const char* name, const std::string& text) {
    if (!text.empty()) {
        object[name] = text;
    }
}

/// What JSON cannot carry has no place in it.
bool has_bytes(const Value& value) {  // NOLINT(misc-no-recursion): nesting is bounded
    if (value.is_binary()) {
        return true;
    }
    if (value.is_structured()) {
        for (const Value& member : value) {
            if (has_bytes(member)) {
                return true;
            }
        }
    }
    return false;
}

std::optional<ErrorInfo> read_extras(const Value& object, Value& extras) {
    const Value* member = find_member(object, "extras");
    if (member == nullptr) {
        return std::nullopt;
    }
    if (!member->is_object() || has_bytes(*member)) {
        return refused(40032, "extras is not an object of JSON");
    }
    extras = *member;
    return std::nullopt;
}

/// What messages and members have in common.
template <class T>
std::optional<ErrorInfo> read_common(const Value& value, T& to) {
    if (auto error = read_text(value, "id", to.id, 40031, kIdBytesMax)) {
        return error;
    }
    if (auto error = read_text(value, "clientId", to.client_id, 40012, kClientIdBytesMax)) {
        return error;
    }
    if (auto error = read_text(value, "connectionId", to.connection_id, 40006, kIdBytesMax)) {
        return error;
    }
    if (auto error = read_extras(value, to.extras)) {
        return error;
    }
    auto payload = read_payload(value);
    if (!payload) {
        return payload.error();
    }
    to.payload = *std::move(payload);
    if (const Value* time = find_member(value, "timestamp"); time && time->is_number_integer()) {
        to.timestamp = time->get<std::int64_t>();
    }
    return std::nullopt;
}

std::size_t size_of(const Value& extras) {
    return extras.is_null() ? 0 : encode_value(Format::kJson, extras).size();
}

template <class T>
Value common_value(const T& from, Format format) {
    Value value = Value::object();
    put_text(value, "id", from.id);
    put_text(value, "clientId", from.client_id);
    put_text(value, "connectionId", from.connection_id);
    put_payload(value, from.payload, format);
    if (!from.extras.is_null()) {
        value["extras"] = from.extras;
    }
    if (from.timestamp != 0) {
        value["timestamp"] = from.timestamp;
    }
    return value;
}

}  // namespace

Checked<Message> read_message(const Value& value, Format /*format*/) {
    if (!value.is_object()) {
        return refused(40000, "A message is not an object");
    }
    Message message;
    if (auto error = read_common(value, message)) {
        return *std::move(error);
    }
    if (find_member(value, "name") != nullptr) {
        message.name.emplace();
        if (auto error = read_text(value, "name", *message.name, 40016, kMessageBytesMax)) {
            return *std::move(error);
        }
    }
    if (auto error =
            read_text(value, "connectionKey", message.connection_key, 40006, kIdBytesMax)) {
        return *std::move(error);
    }
    const Value* action = find_member(value, "action");
    if (action != nullptr && *action != 0) {
        return refused(40000, "Messages are not changed here: only action 0 is known");
    }
    return message;
}

Checked<PresenceMessage> read_presence(const Value& value, Format /*format*/) {
    if (!value.is_object()) {
        return refused(40000, "A presence message is not an object");
    }
    PresenceMessage message;
    if (auto error = read_common(value, message)) {
        return *std::move(error);
    }
    const Value* action = find_member(value, "action");
    if (action == nullptr || !action->is_number_integer() || *action < 0 || *action > 4) {
        return refused(40000, "A presence message has no action");
    }
    message.action = static_cast<PresenceMessage::Action>(action->get<int>());
    return message;
}

Checked<std::vector<Message>> read_messages(const Value& value, Format format) {
    const std::size_t count = value.is_array() ? value.size() : 1;
    if (count == 0) {
        return refused(40000, "There is no message");
    }
    if (count > kMessagesMax) {
        return refused(40034, "There are more than " + std::to_string(kMessagesMax) + " messages");
    }
    std::vector<Message> messages;
    std::size_t bytes = 0;
    for (std::size_t i = 0; i < count; ++i) {
        auto message = read_message(value.is_array() ? value[i] : value, format);
        if (!message) {
            return message.error();
        }
        bytes += size_of(*message);
        messages.push_back(*std::move(message));
    }
    if (bytes > kMessageBytesMax) {
        return ErrorInfo{
            .code = 40009,
            .status = 413,
            .message = "The messages have " + std::to_string(bytes) + " bytes, more than " +
                       std::to_string(kMessageBytesMax)};
    }
    return messages;
}

std::size_t size_of(const Message& message) {
    return message.name.value_or("").size() + message.client_id.size() +
           message.payload.bytes.size() + size_of(message.extras);
}

std::size_t size_of(const PresenceMessage& message) {
    return message.client_id.size() + message.payload.bytes.size() + size_of(message.extras);
}

Value to_value(const Message& message, Format format) {
    Value value = common_value(message, format);
    if (message.name) {
        value["name"] = *message.name;
    }
    value["action"] = 0;
    put_text(value, "serial", message.serial);
    return value;
}

Value to_value(const PresenceMessage& message, Format format) {
    Value value = common_value(message, format);
    value["action"] = static_cast<int>(message.action);
    return value;
}

std::optional<ErrorInfo> check_ids(const std::vector<Message>& messages) {
    if (messages.size() < 2) {
        return std::nullopt;
    }
    const std::string& first = messages.front().id;
    const std::string base = first.substr(0, first.rfind(':'));
    for (std::size_t i = 0; i < messages.size(); ++i) {
        const bool is_good = first.empty() ? messages[i].id.empty()
                                           : messages[i].id == base + ':' + std::to_string(i);
        if (!is_good) {
            return refused(40031, "The ids of several messages have one base and end in :0, :1, …");
        }
    }
    return std::nullopt;
}

}  // namespace orderpush::realtime::ably

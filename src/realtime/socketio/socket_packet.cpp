#include "realtime/socketio/socket_packet.hpp"

#include "base/json_nesting.hpp"
#include "base/json_text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace orderpush::realtime {
namespace {

using Json = nlohmann::json;
using Type = SocketPacket::Type;

/// What both sides' decoders refuse as a name: they are what clients tell themselves.
constexpr std::array<std::string_view, 6> kReservedEvents{
    "connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"};
/// 2^53, beyond which numbers of JavaScript are no integers.
constexpr std::uint64_t kAckIdMax = 9'007'199'254'740'992;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/// Takes decimal digits off the front; nothing if there is none, or too many.
std::optional<std::uint64_t> take_number(std::string_view& text) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{}) {
        return std::nullopt;
    }
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return number;
}

struct Head {
    Type type = Type::kEvent;
    bool is_binary = false;
    std::size_t attachments = 0;
};

/// The type, and how many attachments follow.
std::optional<Head> take_head(std::string_view& text) {
    if (text.empty()) {
        return std::nullopt;
    }
    Head head;
    switch (text.front()) {
        case '0':
            head.type = Type::kConnect;
            break;
        case '1':
            head.type = Type::kDisconnect;
            break;
        case '2':
        case '5':
            head.type = Type::kEvent;
            break;
        case '3':
        case '6':
            head.type = Type::kAck;
            break;
        default:  // CONNECT_ERROR, '4', is the server's
            return std::nullopt;
    }
    head.is_binary = text.front() == '5' || text.front() == '6';
    text.remove_prefix(1);
    if (!head.is_binary) {
        return head;
    }
    const auto count = take_number(text);
    if (!count || *count == 0 || *count > SocketPacketReader::kAttachmentsMax ||
        !text.starts_with('-')) {
        return std::nullopt;
    }
    text.remove_prefix(1);
    head.attachments = static_cast<std::size_t>(*count);
    return head;
}

/// Whether every placeholder stands for an attachment that comes.
bool are_placeholders_known(const Json& value, std::size_t attachments) {
    if (value.is_object() && value.contains("_placeholder") && value["_placeholder"] == true) {
        const auto number = value.find("num");
        return number != value.end() && number->is_number_unsigned() &&
               number->get<std::uint64_t>() < attachments;
    }
    for (const Json& part : value) {
        if (part.is_structured() && !are_placeholders_known(part, attachments)) {
            return false;
        }
    }
    return true;
}

std::optional<std::string> text_at(const Json& object, const char* name) {
    const auto found = object.find(name);
    return found != object.end() && found->is_string() ? std::optional{found->get<std::string>()}
                                                       : std::nullopt;
}

bool read_connect(const Json& data, SocketPacket& packet) {
    if (data.is_discarded()) {  // without auth
        return true;
    }
    if (!data.is_object()) {
        return false;
    }
    packet.token = text_at(data, "token");
    const auto token = data.find("token");
    packet.has_other_token = token != data.end() && !token->is_null() && !packet.token;
    packet.private_id = text_at(data, "pid");
    packet.offset = text_at(data, "offset");
    return true;
}

bool read_event(const Json& data, SocketPacket& packet) {
    if (!data.is_array() || data.empty()) {
        return false;
    }
    const Json& name = data.front();
    if (name.is_string()) {
        packet.event = name.get<std::string>();
        if (std::ranges::find(kReservedEvents, packet.event) != kReservedEvents.end()) {
            return false;
        }
    } else if (!name.is_number()) {
        return false;
    }
    if (data.size() > 1) {
        const bool is_text = data[1].is_string();
        packet.argument_kind =
            is_text ? SocketPacket::Argument::kText : SocketPacket::Argument::kOther;
        packet.argument = is_text ? data[1].get<std::string>() : std::string{};
    }
    return true;
}

/// What a packet of that type carries. `data` is discarded where it has none.
bool read_data(const Json& data, const Head& head, SocketPacket& packet) {
    if (head.is_binary && !are_placeholders_known(data, head.attachments)) {
        return false;
    }
    switch (head.type) {
        case Type::kConnect:
            return read_connect(data, packet);
        case Type::kDisconnect:
            return data.is_discarded();
        case Type::kEvent:
            return read_event(data, packet);
        case Type::kAck:
            return data.is_array();
    }
    return false;
}

bool read_packet(std::string_view text, Head& head, SocketPacket& packet) {
    const auto taken = take_head(text);
    if (!taken) {
        return false;
    }
    head = *taken;
    packet.type = head.type;
    if (text.starts_with('/')) {
        const std::size_t end = text.find(',');
        packet.name_space = text.substr(0, end);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    if (!text.empty() && is_digit(text.front())) {
        packet.ack_id = take_number(text);
        if (!packet.ack_id || *packet.ack_id > kAckIdMax) {
            return false;
        }
    }
    if (text.empty()) {
        return read_data(Json(Json::value_t::discarded), head, packet);
    }
    if (nests_deeper_than(SocketPacketReader::kNestingMax, text)) {
        return false;
    }
    const Json data = Json::parse(text, nullptr, false);
    return !data.is_discarded() && read_data(data, head, packet);
}

void append_member(std::string& json, std::string_view name, std::string_view value) {
    json.append(R"(,")").append(name).append(R"(":)");
    append_json_string(json, value);
}

}  // namespace

SocketPacketReader::Outcome SocketPacketReader::on_text(
    std::string_view text, SocketPacket& packet
) {
    Head head;
    SocketPacket read;
    if (pending_ != nullptr || !read_packet(text, head, read)) {
        return Outcome::kFault;
    }
    if (head.attachments == 0) {
        packet = std::move(read);
        return Outcome::kPacket;
    }
    pending_ = std::make_unique<Pending>(Pending{
        .packet = std::move(read), .attachments_due = head.attachments});
    return Outcome::kMore;
}

SocketPacketReader::Outcome SocketPacketReader::on_bytes(
    std::string_view bytes, SocketPacket& packet
) {
    if (pending_ == nullptr) {
        return Outcome::kFault;
    }
    pending_->attachment_bytes += bytes.size();
    if (pending_->attachment_bytes > kAttachmentBytesMax) {
        return Outcome::kFault;
    }
    if (--pending_->attachments_due > 0) {
        return Outcome::kMore;
    }
    packet = std::move(std::exchange(pending_, nullptr)->packet);
    return Outcome::kPacket;
}

std::string connect_message(std::string_view socket_id, std::string_view private_id) {
    std::string text = R"(40{"sid":)";
    append_json_string(text, socket_id);
    if (!private_id.empty()) {
        append_member(text, "pid", private_id);
    }
    return text + "}";
}

std::string connect_error_message(
    std::string_view name_space, std::string_view message, std::string_view code
) {
    std::string text = "44";
    if (name_space != kMainNamespace) {
        text.append(name_space).push_back(',');
    }
    text.append(R"({"message":)");
    append_json_string(text, message);
    if (!code.empty()) {
        text.append(R"(,"data":{"code":)");
        append_json_string(text, code);
        text.push_back('}');
    }
    return text + "}";
}

std::string disconnect_message() {
    return "41";
}

std::string ack_message(std::uint64_t ack_id) {
    return "43" + std::to_string(ack_id) + R"([{"ok":true}])";
}

std::string ack_message(std::uint64_t ack_id, const Error& error) {
    std::string text = "43" + std::to_string(ack_id) + R"([{"ok":false,"error":{"code":)";
    append_json_string(text, error.code);
    append_member(text, "message", error.message);
    return text + "}}]";
}

std::string error_event_message(std::string_view event, const Error& error) {
    std::string text = R"(42["error",{"event":)";
    append_json_string(text, event);
    append_member(text, "code", error.code);
    append_member(text, "message", error.message);
    return text + "}]";
}

}  // namespace orderpush::realtime

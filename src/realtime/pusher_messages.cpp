#include "realtime/pusher_messages.hpp"

#include "base/characters.hpp"
#include "realtime/utf8.hpp"

#include <nlohmann/json.hpp>

#include <utility>

namespace orderpush::realtime::pusher {
namespace {

using nlohmann::json;

constexpr std::size_t kShownBytesMax = 200;

Error malformed(std::string message) {
    return {
        .code = ErrorCode::kMalformed,
        .reason = "malformed_message",
        .message = std::move(message)};
}

Error invalid_member(std::string_view channel, std::string_view fault) {
    return {
        .code = ErrorCode::kInvalid,
        .reason = "channel_data_invalid",
        .message =
            "Invalid presence subscription to " + std::string{channel} + ": " + std::string{fault}};
}

/// `text` as a JSON string with its quotes. Bytes that are not UTF-8 become U+FFFD: a frame must be
/// valid in any case.
std::string json_string(std::string_view text) {
    return json(text).dump(-1, ' ', false, json::error_handler_t::replace);
}

/// A member that is a string if it is there at all.
Result<std::optional<std::string>> optional_string(const json& object, const char* name) {
    const auto found = object.find(name);
    if (found == object.end() || found->is_null()) {
        return std::optional<std::string>{};
    }
    if (!found->is_string()) {
        return malformed(std::string{"Invalid message: "} + name + " must be a string");
    }
    return std::optional{found->get<std::string>()};
}

std::optional<std::string> user_id_of(const nlohmann::ordered_json& document) {
    const auto id = document.find("user_id");
    if (id == document.end()) {
        return std::nullopt;
    }
    if (id->is_string() && !id->get_ref<const std::string&>().empty()) {
        return id->get<std::string>();
    }
    return id->is_number_integer() ? std::optional{id->dump()} : std::nullopt;
}

Frame channel_frame(std::string_view event, std::string_view channel, std::string_view data) {
    std::string text = R"({"event":")";
    text.append(event).append(R"(","channel":)").append(json_string(channel));
    text.append(R"(,"data":)").append(json_string(data)).push_back('}');
    return Frame::text(text);
}

std::string member_document(const Member& member) {
    return R"({"user_id":)" + json_string(member.user_id) + R"(,"user_info":)" + member.info + '}';
}

}  // namespace

bool nests_too_deeply(std::string_view text) {
    std::size_t depth = 0;
    bool is_in_string = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '"') {
            is_in_string = !is_in_string;
        } else if (is_in_string) {
            i += c == '\\' ? 1 : 0;
        } else if (c == '{' || c == '[') {
            ++depth;
        } else if ((c == '}' || c == ']') && depth > 0) {
            --depth;
        }
        if (depth > kNestingMax) {
            return true;
        }
    }
    return false;
}

Result<ClientMessage> decode_client_message(std::string_view text) {
    if (nests_too_deeply(text)) {
        return malformed("Invalid message: nested too deeply");
    }
    const json document = json::parse(text, nullptr, false);
    if (!document.is_object()) {
        return malformed("Invalid message: not a JSON object");
    }
    const auto event = document.find("event");
    if (event == document.end() || !event->is_string()) {
        return malformed("Invalid message: event is missing");
    }
    ClientMessage message{.event = event->get<std::string>()};
    const auto data = document.find("data");
    if (data == document.end() || !data->is_object()) {
        return message;
    }
    auto channel = optional_string(*data, "channel");
    auto auth = optional_string(*data, "auth");
    auto channel_data = optional_string(*data, "channel_data");
    for (const auto* member : {&channel, &auth, &channel_data}) {
        if (!*member) {
            return member->error();
        }
    }
    message.channel = std::move(*channel).value_or("");
    message.auth = std::move(*auth).value_or("");
    message.channel_data = std::move(*channel_data);
    return message;
}

Result<Member> decode_member(std::string_view channel, std::string_view channel_data) {
    const auto document = nests_too_deeply(channel_data)
                              ? nlohmann::ordered_json{}
                              : nlohmann::ordered_json::parse(channel_data, nullptr, false);
    if (!document.is_object()) {
        return invalid_member(channel, "channel_data must be a JSON object");
    }
    auto user_id = user_id_of(document);
    if (!user_id) {
        return invalid_member(channel, "user_id must be a non-empty string");
    }
    if (character_count(*user_id) > kUserIdCharactersMax) {
        return invalid_member(
            channel, "user_id has more than " + std::to_string(kUserIdCharactersMax) + " characters"
        );
    }
    const auto info = document.find("user_info");
    if (info == document.end() || info->is_null()) {
        return Member{.user_id = std::move(*user_id), .info = "null"};
    }
    if (!info->is_object()) {
        return Error{
            .code = ErrorCode::kInvalid,
            .reason = "user_info_invalid",
            .message =
                "user_info supplied to presence subscription is invalid - if supplied it must be a "
                "type of hash"};
    }
    std::string text = info->dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
    if (text.size() > kUserInfoBytesMax) {
        return invalid_member(
            channel, "user_info has more than " + std::to_string(kUserInfoBytesMax) + " bytes"
        );
    }
    return Member{.user_id = std::move(*user_id), .info = std::move(text)};
}

Frame connection_established(const SocketId& socket_id, long activity_timeout_seconds) {
    const std::string data = R"({"socket_id":")" + to_string(socket_id) +
                             R"(","activity_timeout":)" + std::to_string(activity_timeout_seconds) +
                             '}';
    return Frame::text(
        R"({"event":"pusher:connection_established","data":)" + json_string(data) + '}'
    );
}

Frame subscription_succeeded(std::string_view channel) {
    return channel_frame("pusher_internal:subscription_succeeded", channel, "{}");
}

Frame presence_succeeded(std::string_view channel, const std::vector<Member>& members) {
    std::string ids;
    std::string hash;
    for (const Member& member : members) {
        const std::string separator = ids.empty() ? "" : ",";
        const std::string id = json_string(member.user_id);
        ids += separator + id;
        hash += separator + id + ':' + member.info;
    }
    const std::string data = R"({"presence":{"count":)" + std::to_string(members.size()) +
                             R"(,"ids":[)" + ids + R"(],"hash":{)" + hash + "}}}";
    return channel_frame("pusher_internal:subscription_succeeded", channel, data);
}

Frame member_added(std::string_view channel, const Member& member) {
    return channel_frame("pusher_internal:member_added", channel, member_document(member));
}

Frame member_removed(std::string_view channel, std::string_view user_id) {
    return channel_frame(
        "pusher_internal:member_removed", channel, R"({"user_id":)" + json_string(user_id) + '}'
    );
}

Frame channel_event(std::string_view channel, std::string_view event, std::string_view data) {
    std::string text = R"({"event":)" + json_string(event);
    text.append(R"(,"data":)").append(json_string(data));
    text.append(R"(,"channel":)").append(json_string(channel)).push_back('}');
    return Frame::text(text);
}

Frame subscription_ended(std::string_view channel) {
    return channel_frame(
        "pusher:subscription_error",
        channel,
        R"({"type":"AuthError","error":"The table session is closed.","status":401})"
    );
}

Frame error(std::string_view message, std::optional<CloseCode> code) {
    const std::string number = code ? std::to_string(static_cast<unsigned>(*code)) : "null";
    return Frame::text(
        R"({"event":"pusher:error","data":{"code":)" + number + R"(,"message":)" +
        json_string(message) + "}}"
    );
}

const Frame& ping() {
    static const Frame kPing = Frame::text(R"({"event":"pusher:ping","data":"{}"})");
    return kPing;
}

const Frame& pong() {
    static const Frame kPong = Frame::text(R"({"event":"pusher:pong","data":"{}"})");
    return kPong;
}

std::string shown(std::string_view text) {
    return std::string{utf8_prefix(text, kShownBytesMax)};
}

}  // namespace orderpush::realtime::pusher

#include "realtime/pusher/pusher_messages.hpp"

#include "base/json_nesting.hpp"
#include "base/json_text.hpp"
#include "realtime/pusher/pusher_json.hpp"
#include "realtime/wire/utf8.hpp"

#include <nlohmann/json.hpp>

#include <utility>

namespace orderpush::realtime::pusher {
namespace {

/// Keeps the order of members: a client event's data goes on to others.
using json = nlohmann::ordered_json;

constexpr std::size_t kShownBytesMax = 200;

Error malformed(std::string message) {
    return {
        .kind = ErrorKind::kMalformed, .code = "malformed_message", .message = std::move(message)};
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

Result<ClientMessage> decode_client_event(ClientMessage message, const json& document) {
    const auto channel = document.find("channel");
    const auto data = document.find("data");
    if (channel == document.end() || !channel->is_string() || data == document.end() ||
        data->is_null()) {
        return malformed("Invalid client event (must contain channel and data)");
    }
    message.channel = channel->get<std::string>();
    message.payload = data->is_string()
                          ? data->get<std::string>()
                          : data->dump(-1, ' ', false, json::error_handler_t::replace);
    return message;
}

std::string json_list(const std::vector<std::string>& texts) {
    return json(texts).dump(-1, ' ', false, json::error_handler_t::replace);
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

Result<ClientMessage> decode_client_message(std::string_view text) {
    // Before the library: it writes what it has parsed by recursion.
    if (nests_deeper_than(kNestingMax, text)) {
        return malformed("Invalid message: nested too deeply");
    }
    const json document = parse_json(text);
    if (!document.is_object()) {
        return malformed("Invalid message: not a JSON object");
    }
    const auto event = document.find("event");
    if (event == document.end() || !event->is_string()) {
        return malformed("Invalid message: event is missing");
    }
    ClientMessage message{.event = event->get<std::string>()};
    if (message.event.starts_with(kClientEventPrefix)) {
        return decode_client_event(std::move(message), document);
    }
    const auto data = document.find("data");
    if (data == document.end() || !data->is_object()) {
        return message;
    }
    auto channel = optional_string(*data, "channel");
    auto auth = optional_string(*data, "auth");
    auto channel_data = optional_string(*data, "channel_data");
    auto user_data = optional_string(*data, "user_data");
    for (const auto* member : {&channel, &auth, &channel_data, &user_data}) {
        if (!*member) {
            return member->error();
        }
    }
    message.channel = std::move(*channel).value_or("");
    message.auth = std::move(*auth).value_or("");
    message.channel_data = std::move(*channel_data);
    message.user_data = std::move(*user_data).value_or("");
    return message;
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

Frame cache_miss(std::string_view channel) {
    return Frame::text(R"({"event":"pusher:cache_miss","channel":)" + json_string(channel) + '}');
}

Frame subscription_count(std::string_view channel, std::size_t subscribers) {
    return channel_frame(
        "pusher_internal:subscription_count",
        channel,
        R"({"subscription_count":)" + std::to_string(subscribers) + '}'
    );
}

Frame signin_success(std::string_view user_data) {
    const std::string data = R"({"user_data":)" + json_string(user_data) + '}';
    return Frame::text(R"({"event":"pusher:signin_success","data":)" + json_string(data) + '}');
}

Frame watchlist_events(
    const std::vector<std::string>& online, const std::vector<std::string>& offline
) {
    std::string events;
    if (!online.empty()) {
        events += R"({"name":"online","user_ids":)" + json_list(online) + '}';
    }
    if (!offline.empty()) {
        events += events.empty() ? "" : ",";
        events += R"({"name":"offline","user_ids":)" + json_list(offline) + '}';
    }
    return Frame::text(
        R"({"event":"pusher_internal:watchlist_events","data":)" +
        json_string(R"({"events":[)" + events + "]}") + '}'
    );
}

Frame client_event(
    std::string_view channel,
    std::string_view event,
    std::string_view data,
    const std::optional<std::string>& user_id
) {
    std::string text = R"({"event":)" + json_string(event);
    text.append(R"(,"channel":)").append(json_string(channel));
    text.append(R"(,"data":)").append(json_string(data));
    if (user_id) {
        text.append(R"(,"user_id":)").append(json_string(*user_id));
    }
    text.push_back('}');
    return Frame::text(text);
}

Frame channel_event(std::string_view channel, std::string_view event, std::string_view data) {
    // Bytes of the members' names, with room for more; a character in eight is taken to be escaped.
    constexpr std::size_t kRest = 64;
    std::string text;
    text.reserve(event.size() + channel.size() + data.size() + data.size() / 8 + kRest);
    append_json_string(text.append(R"({"event":)"), event);
    append_json_string(text.append(R"(,"data":)"), data);
    append_json_string(text.append(R"(,"channel":)"), channel);
    text.push_back('}');
    return Frame::text(text);
}

Frame subscription_ended(std::string_view channel) {
    return channel_frame(
        "pusher:subscription_error",
        channel,
        R"({"type":"AuthError","error":"The table session or the log-in has ended.","status":401})"
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

nlohmann::ordered_json parse_json(std::string_view text) {
    json document = json::parse(text, nullptr, false);
    if (!document.is_discarded()) {
        return document;
    }
    const auto repaired = with_whole_surrogates(text);
    return repaired ? json::parse(*repaired, nullptr, false) : document;
}

std::string shown(std::string_view text) {
    return std::string{utf8_prefix(text, kShownBytesMax)};
}

}  // namespace orderpush::realtime::pusher

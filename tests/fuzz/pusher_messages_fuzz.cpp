/// The texts of the Pusher protocol: a first byte says which, the rest is the text.

#include "protocol/pusher_names.hpp"
#include "realtime/pusher/pusher_messages.hpp"
#include "realtime/wire/utf8.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace orderpush::realtime::pusher {
namespace {

using fuzz::require;
using nlohmann::json;

/// What a frame of ours says; it must be JSON and UTF-8.
json said(const Frame& frame) {
    const std::string_view bytes = frame.bytes();
    const auto length = static_cast<unsigned char>(bytes[1]);
    const std::string_view text = bytes.substr(length < 126 ? 2 : (length == 126 ? 4 : 10));
    require(is_utf8(text), "what we send is UTF-8");
    json message = json::parse(text, nullptr, false);
    require(message.is_object(), "what we send is a JSON object");
    return message;
}

void check_refusal(const Error& error) {
    require(is_utf8(error.message), "a refusal is UTF-8");
    said(pusher::error(error.message));
}

void read_message(const std::string& text) {
    const auto message = decode_client_message(text);
    if (!message) {
        check_refusal(message.error());
        return;
    }
    require(json::accept(text), "what was decoded is JSON");
    // The same again, in our own spelling.
    json again{
        {"event", message->event}, {"channel", message->channel}, {"data", message->payload}};
    if (message->event.starts_with(kClientEventPrefix)) {
        const auto twice = decode_client_message(again.dump());
        require(
            twice && twice->event == message->event && twice->channel == message->channel &&
                twice->payload == message->payload,
            "a client event survives being written and read"
        );
        const json sent =
            said(client_event(message->channel, message->event, message->payload, std::nullopt));
        require(
            sent["event"] == message->event && sent["channel"] == message->channel &&
                sent["data"] == message->payload,
            "others hear of a client event what was said"
        );
    } else {
        json data{
            {"channel", message->channel},
            {"auth", message->auth},
            {"user_data", message->user_data}};
        if (message->channel_data) {
            data["channel_data"] = *message->channel_data;
        }
        const auto twice =
            decode_client_message(json{{"event", message->event}, {"data", data}}.dump());
        require(
            twice && twice->channel == message->channel && twice->auth == message->auth &&
                twice->channel_data == message->channel_data &&
                twice->user_data == message->user_data,
            "a message survives being written and read"
        );
    }
    said(subscription_succeeded(message->channel));
    said(signin_success(message->user_data));
    require(shown(message->event).size() <= 204, "what is shown of a text is short");
}

void read_user(const std::string& text) {
    const auto user = decode_user_data(text);
    if (!user) {
        check_refusal(user.error());
        return;
    }
    require(!user->member.user_id.empty(), "a user has an id");
    require(user->watchlist.size() <= kWatchlistMax, "a watchlist is within its bound");
    auto sorted = user->watchlist;
    std::ranges::sort(sorted);
    require(std::ranges::adjacent_find(sorted) == sorted.end(), "a watchlist names each once");
    require(json::accept(user->member.info), "a user's info is JSON");
    said(watchlist_events(user->watchlist, user->watchlist));
}

void read_member(const std::string& text) {
    const auto member = decode_member("presence-a", text);
    if (!member) {
        check_refusal(member.error());
        return;
    }
    require(!member->user_id.empty(), "a member has an id");
    require(member->info.size() <= kUserInfoBytesMax, "a member's info is within its bound");
    const json added = said(member_added("presence-a", *member));
    const json data = json::parse(added["data"].get<std::string>(), nullptr, false);
    require(data["user_id"] == member->user_id, "others hear who came");
    require(data.value("user_info", json{}) == json::parse(member->info), "and what they are");
    said(presence_succeeded("presence-a", {*member}));
    said(member_removed("presence-a", member->user_id));
}

void write_event(const std::string& text) {
    if (!is_utf8(text)) {
        return;  // required of who publishes
    }
    const json event = said(channel_event("c", "e", text));
    require(event["data"] == text, "an event's data is the string that was published");
    said(channel_event(text, text, text));
    said(error(text));
}

}  // namespace
}  // namespace orderpush::realtime::pusher

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    namespace pusher = orderpush::realtime::pusher;
    orderpush::fuzz::Input input{data, size};
    const unsigned kind = input.byte();
    const std::string text = input.rest();
    // A connection hands on nothing else.
    if (!orderpush::realtime::is_utf8(text)) {
        return 0;
    }
    switch (kind) {
        case 'u':
            pusher::read_user(text);
            break;
        case 'p':
            pusher::read_member(text);
            break;
        case 'e':
            pusher::write_event(text);
            break;
        default:
            pusher::read_message(text);
    }
    return 0;
}

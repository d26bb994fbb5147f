#include "realtime/pusher_api_messages.hpp"

#include "base/characters.hpp"
#include "protocol/pusher_names.hpp"
#include "protocol/pusher_signature.hpp"
#include "realtime/json_nesting.hpp"
#include "realtime/pusher_messages.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>
#include <utility>

namespace orderpush::realtime::pusher_api {
namespace {

using nlohmann::json;
using pusher::kEventNameCharactersMax;

Error invalid(std::string message) {
    return {.code = ErrorCode::kInvalid, .reason = "event_invalid", .message = std::move(message)};
}

Error too_large(std::size_t bytes, std::size_t bytes_max) {
    return {
        .code = ErrorCode::kTooLarge,
        .reason = "event_too_large",
        .message = "The data content of this event exceeds the allowed maximum (" +
                   std::to_string(bytes_max) + " bytes): it has " + std::to_string(bytes) +
                   ". See "
                   "https://pusher.com/docs/channels/server_api/http-api#publishing-events for "
                   "more info"};
}

std::string text_of(const json& document) {
    return document.dump(-1, ' ', false, json::error_handler_t::replace);
}

Result<json> parse_object(std::string_view body) {
    if (nests_deeper_than(pusher::kNestingMax, body)) {
        return invalid("Invalid JSON in body: nested too deeply");
    }
    auto document = json::parse(body, nullptr, false);
    if (!document.is_object()) {
        return invalid("Invalid JSON in body: expected an object");
    }
    return document;
}

Result<std::string> event_of(json& object) {
    const auto name = object.find("name");
    if (name == object.end() || !name->is_string()) {
        return invalid("Expected name parameter to be a string");
    }
    auto& text = name->get_ref<std::string&>();
    if (text.empty() || character_count(text) > kEventNameCharactersMax) {
        return invalid(
            "Event name must have 1 to " + std::to_string(kEventNameCharactersMax) + " characters"
        );
    }
    if (text.starts_with("pusher:") || text.starts_with("pusher_internal:")) {
        return invalid("Event names beginning with 'pusher:' are reserved: '" + text + "'");
    }
    return std::move(text);
}

/// The hosted service takes strings only; anything else that is there is written as JSON.
Result<std::string> data_of(json& object, std::size_t bytes_max) {
    const auto data = object.find("data");
    if (data == object.end() || data->is_null()) {
        return invalid("Missing parameter: data");
    }
    std::string text =
        data->is_string() ? std::move(data->get_ref<std::string&>()) : text_of(*data);
    if (text.size() > bytes_max) {
        return too_large(text.size(), bytes_max);
    }
    return text;
}

Result<void> check_channel(const std::string& name) {
    constexpr std::size_t kUserIdBytesMax = 512;
    const auto user = protocol::user_of_pusher_channel(name);
    const bool is_users = user && !user->empty() && user->size() <= kUserIdBytesMax;
    if (!is_users && !protocol::is_pusher_channel_name(name)) {
        return invalid("Invalid channel name: '" + pusher::shown(name) + "'");
    }
    return {};
}

Result<std::vector<std::string>> channels_of(json& object) {
    std::vector<std::string> names;
    const auto one = object.find("channel");
    const auto list = object.find("channels");
    if (list != object.end() && list->is_array()) {
        for (json& name : *list) {
            if (!name.is_string()) {
                return invalid("Expected channels parameter to be an array of strings");
            }
            names.push_back(std::move(name.get_ref<std::string&>()));
        }
    } else if (list == object.end() && one != object.end() && one->is_string()) {
        names.push_back(std::move(one->get_ref<std::string&>()));
    } else {
        return invalid("Expected channels parameter to be an array of strings");
    }
    if (names.empty()) {
        return invalid("Missing channels: name at least one");
    }
    if (names.size() > kChannelsMax) {
        return invalid(
            "Cannot trigger on more than " + std::to_string(kChannelsMax) + " channels: got " +
            std::to_string(names.size())
        );
    }
    std::set<std::string_view> seen;
    std::vector<std::string> distinct;
    for (const std::string& name : names) {
        if (auto valid = check_channel(name); !valid) {
            return valid.error();
        }
        if (seen.insert(name).second) {
            distinct.push_back(name);
        }
    }
    return distinct;
}

/// A connection that cannot be is none, as one that is not there any more.
Result<std::optional<SocketId>> excluded_of(const json& object) {
    const auto id = object.find("socket_id");
    if (id == object.end() || id->is_null()) {
        return std::optional<SocketId>{};
    }
    if (!id->is_string() || !protocol::is_socket_id(id->get_ref<const std::string&>())) {
        return invalid("Invalid socket_id: " + pusher::shown(text_of(*id)));
    }
    return parse_socket_id(id->get_ref<const std::string&>());
}

Result<Attributes> info_of(const json& object) {
    const auto info = object.find("info");
    if (info == object.end() || info->is_null()) {
        return Attributes{};
    }
    if (!info->is_string()) {
        return invalid("Expected info parameter to be a string");
    }
    Attributes attributes = parse_attributes(info->get_ref<const std::string&>());
    attributes.cache = false;
    return attributes;
}

Result<Trigger> trigger_of(json& object, std::size_t data_bytes_max) {
    auto event = event_of(object);
    if (!event) {
        return std::move(event).error();
    }
    auto channels = channels_of(object);
    if (!channels) {
        return std::move(channels).error();
    }
    auto data = data_of(object, data_bytes_max);
    if (!data) {
        return std::move(data).error();
    }
    auto excluded = excluded_of(object);
    if (!excluded) {
        return std::move(excluded).error();
    }
    auto info = info_of(object);
    if (!info) {
        return std::move(info).error();
    }
    return Trigger{
        .event = *std::move(event),
        .data = *std::move(data),
        .channels = *std::move(channels),
        .excluded = *excluded,
        .info = *info};
}

json counts_of(const NamedState& channel, const Attributes& info) {
    json counts = json::object();
    if (info.user_count && protocol::pusher_kind(channel.name) == ChannelKind::kPresence) {
        counts["user_count"] = channel.state.users;
    }
    if (info.subscription_count) {
        counts["subscription_count"] = channel.state.subscribers;
    }
    return counts;
}

}  // namespace

Attributes parse_attributes(std::string_view list) {
    Attributes attributes;
    while (!list.empty()) {
        const std::size_t end = std::min(list.find(','), list.size());
        const std::string_view word = list.substr(0, end);
        attributes.user_count |= word == "user_count";
        attributes.subscription_count |= word == "subscription_count";
        attributes.cache |= word == "cache";
        list.remove_prefix(std::min(end + 1, list.size()));
    }
    return attributes;
}

Result<Trigger> decode_trigger(std::string_view body, std::size_t data_bytes_max) {
    auto document = parse_object(body);
    if (!document) {
        return std::move(document).error();
    }
    return trigger_of(*document, data_bytes_max);
}

Result<std::vector<Trigger>> decode_batch(std::string_view body, std::size_t data_bytes_max) {
    auto document = parse_object(body);
    if (!document) {
        return std::move(document).error();
    }
    const auto batch = document->find("batch");
    if (batch == document->end() || !batch->is_array() || batch->empty()) {
        return invalid("Expected batch parameter to be an array of events");
    }
    if (batch->size() > kBatchMax) {
        return invalid(
            "Batch too large: " + std::to_string(batch->size()) + " events, the limit is " +
            std::to_string(kBatchMax)
        );
    }
    std::vector<Trigger> triggers;
    for (json& item : *batch) {
        if (!item.is_object()) {
            return invalid("Expected batch parameter to be an array of events");
        }
        item.erase("channels");
        auto trigger = trigger_of(item, data_bytes_max);
        if (!trigger) {
            return std::move(trigger).error();
        }
        triggers.push_back(*std::move(trigger));
    }
    return triggers;
}

std::string channels_document(const std::vector<NamedState>& channels, const Attributes& info) {
    json all = json::object();
    for (const NamedState& channel : channels) {
        all[channel.name] = counts_of(channel, info);
    }
    return text_of({{"channels", std::move(all)}});
}

std::string batch_document(const std::vector<BatchItem>& items) {
    json all = json::array();
    for (const BatchItem& item : items) {
        all.push_back(counts_of(item.channel, item.info));
    }
    return text_of({{"batch", std::move(all)}});
}

std::string channel_document(const NamedState& channel, const Attributes& info) {
    json document = counts_of(channel, info);
    document["occupied"] = channel.state.is_occupied;
    if (info.cache) {
        const auto seconds =
            std::chrono::duration_cast<std::chrono::seconds>(channel.state.cached_for);
        const auto& cached = channel.state.cached;
        document["cache"] = cached == nullptr
                                ? json(nullptr)
                                : json{{"data", cached->data}, {"ttl", seconds.count()}};
    }
    return text_of(document);
}

std::string users_document(const std::vector<Presence::Seat>& seats) {
    json users = json::array();
    for (const Presence::Seat& seat : seats) {
        users.push_back({{"id", seat.member.user_id}});
    }
    return text_of({{"users", std::move(users)}});
}

}  // namespace orderpush::realtime::pusher_api

#include "realtime/pusher/pusher_api_messages.hpp"

#include "protocol/pusher_names.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace orderpush::realtime::pusher_api {
namespace {

using nlohmann::json;

std::string text_of(const json& document) {
    return document.dump(-1, ' ', false, json::error_handler_t::replace);
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

std::string users_document(const std::vector<Presence::Membership>& memberships) {
    json users = json::array();
    for (const Presence::Membership& membership : memberships) {
        users.push_back({{"id", membership.member.user_id}});
    }
    return text_of({{"users", std::move(users)}});
}

}  // namespace orderpush::realtime::pusher_api

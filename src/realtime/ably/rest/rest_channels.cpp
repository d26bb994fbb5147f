#include "realtime/ably/access/refusal.hpp"
#include "realtime/ably/rest/paging.hpp"
#include "realtime/ably/rest/rest_parts.hpp"
#include "realtime/pusher/hub_keys.hpp"

#include <algorithm>
#include <utility>
#include <vector>

/// What channels are like.
namespace orderpush::realtime::ably {
namespace {

/// The hub knows how many listen, whatever their protocol, and who is present; not what else an
/// attachment may do. Who listens may publish and be present, but on the restaurant's channels
/// only be present.
Value metrics_of(const ChannelState& state, std::size_t members) {
    const std::size_t publishers = is_reserved_key(state.channel) ? 0 : state.subscribers;
    return {
        {"connections", state.subscribers},
        {"publishers", publishers},
        {"subscribers", state.subscribers},
        {"presenceConnections", state.subscribers},
        {"presenceMembers", members},
        {"presenceSubscribers", state.subscribers},
        {"objectPublishers", 0},
        {"objectSubscribers", 0}};
}

Value details_of(const std::string& name, const ChannelState& state, std::size_t members) {
    return {
        {"channelId", name},
        {"name", name},
        {"status",
         {{"isActive", state.is_occupied},
          {"occupancy", {{"metrics", metrics_of(state, members)}}}}}};
}

struct Listed {
    std::string name;
    ChannelState state;
};

/// The page of those, by name; where the next begins.
std::optional<std::string> cut_page(std::vector<Listed>& channels, const PageQuery& page) {
    if (page.cursor) {
        std::erase_if(channels, [&](const Listed& each) { return each.name <= *page.cursor; });
    }
    std::ranges::sort(channels, {}, &Listed::name);
    if (channels.size() <= page.limit) {
        return std::nullopt;
    }
    channels.resize(page.limit);
    return channels.back().name;
}

}  // namespace

void show_channel(const RestCall& call, const std::string& name) {
    const auto channel = allowed_channel(call, name, {Operation::kChannelMetadata});
    if (!channel) {
        call.reply.refuse(channel.error());
        return;
    }
    Hub& hub = call.parts.hub;
    const MemberSets& sets = call.parts.members;
    hub.describe(
        ably::hub_key_of(*call.access.app, channel->name),
        [&hub, &sets, reply = call.reply, name](ChannelState state) {
            std::string key = state.channel;
            read_members(
                hub,
                sets,
                std::move(key),
                [reply, name, state = std::move(state)](const std::vector<PresenceMessage>& members
                ) { reply.send(200, details_of(name, state, members.size())); }
            );
        }
    );
}

void list_channels(const RestCall& call) {
    const auto page = read_page_query(call.query);
    if (!page) {
        call.reply.refuse(page.error());
        return;
    }
    if (!call.access.capability.allows_somewhere(Operation::kChannelMetadata)) {
        call.reply.refuse(refusal(code::kNotPermitted, "The capability has no channel-metadata"));
        return;
    }
    const std::string* given = find_parameter(call.query, "prefix");
    const std::string* by = find_parameter(call.query, "by");
    const auto is_wanted = [access = call.access,
                            prefix =
                                given == nullptr ? std::string{} : *given](std::string_view key) {
        if (app_prefix_of(key) != access.app->key_prefix || is_user_channel(key)) {
            return false;
        }
        const std::string name = ably_name_of(key);
        return !name.empty() && name.starts_with(prefix) &&
               access.capability.allows(Operation::kChannelMetadata, name);
    };
    call.parts.hub.list_occupied(
        is_wanted,
        [reply = call.reply,
         fields = call.query,
         page = *page,
         is_by_id = by != nullptr && *by == "id"](std::vector<ChannelState> states) {
            std::vector<Listed> channels;
            channels.reserve(states.size());
            for (ChannelState& state : states) {
                std::string name = ably_name_of(state.channel);
                channels.push_back({.name = std::move(name), .state = std::move(state)});
            }
            const auto next = cut_page(channels, page);
            Value list = Value::array();
            for (const Listed& each : channels) {
                list.push_back(
                    is_by_id ? Value(each.name)
                             : details_of(each.name, each.state, each.state.users)
                );
            }
            reply.send(200, list, link_headers("channels", fields, next));
        }
    );
}

}  // namespace orderpush::realtime::ably

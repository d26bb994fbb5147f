#include "realtime/pusher/channel_event_source.hpp"

#include "protocol/pusher_names.hpp"

#include <optional>
#include <utility>

namespace orderpush::realtime {
namespace {

/// The replacement character for NULs, which PostgreSQL's text cannot hold.
std::string storable(std::string_view text) {
    std::string kept;
    kept.reserve(text.size());
    for (const char c : text) {
        if (c == '\0') {
            kept += "\xEF\xBF\xBD";
        } else {
            kept.push_back(c);
        }
    }
    return kept;
}

struct Place {
    std::string_view app_id;
    std::string channel;
};

Place place_of(std::string_view hub_key, std::string_view default_app_id) {
    const auto slash = hub_key.find('/');
    if (slash != std::string_view::npos) {
        return {hub_key.substr(0, slash), std::string{hub_key.substr(slash + 1)}};
    }
    const auto channel = Channel::parse(hub_key);
    return {default_app_id, channel ? protocol::to_pusher_name(*channel) : std::string{hub_key}};
}

constexpr auto kNothing = [](ChannelEvent&) {};

}  // namespace

template <class Fill>
void ChannelEventSource::report(const std::string& hub_key, ChannelEventKind kind, Fill fill) {
    Place place = place_of(hub_key, default_app_id_);
    if (place.channel.starts_with('#') || !sink_.wants(place.app_id, kind, place.channel)) {
        return;
    }
    ChannelEvent event{
        .id = {},
        .app_id = std::string{place.app_id},
        .channel = std::move(place.channel),
        .kind = kind,
        .at = {}};
    fill(event);
    sink_.take(std::move(event));
}

void ChannelEventSource::on_occupied(const std::string& channel) {
    report(channel, ChannelEventKind::kOccupied, kNothing);
}

void ChannelEventSource::on_vacated(const std::string& channel) {
    report(channel, ChannelEventKind::kVacated, kNothing);
}

void ChannelEventSource::on_member_added(const std::string& channel, const Member& member) {
    report(channel, ChannelEventKind::kMemberAdded, [&](ChannelEvent& event) {
        event.user_id = storable(member.user_id);
    });
}

void ChannelEventSource::on_member_removed(const std::string& channel, std::string_view user_id) {
    report(channel, ChannelEventKind::kMemberRemoved, [&](ChannelEvent& event) {
        event.user_id = storable(user_id);
    });
}

void ChannelEventSource::on_client_event(const ChannelMessage& message) {
    report(message.channel, ChannelEventKind::kClientEvent, [&](ChannelEvent& event) {
        event.event = storable(message.event);
        event.data = storable(message.data);
        if (message.excluded) {
            event.socket_id = to_string(*message.excluded);
        }
        if (message.user_id) {
            event.user_id = storable(*message.user_id);
        }
    });
}

void ChannelEventSource::on_cache_miss(const std::string& channel) {
    report(channel, ChannelEventKind::kCacheMiss, kNothing);
}

void ChannelEventSource::on_subscription_count(
    const std::string& channel, std::size_t subscribers
) {
    report(channel, ChannelEventKind::kSubscriptionCount, [&](ChannelEvent& event) {
        event.subscribers = static_cast<std::int64_t>(subscribers);
    });
}

}  // namespace orderpush::realtime

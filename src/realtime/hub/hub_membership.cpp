#include "realtime/hub/hub.hpp"

#include <algorithm>
#include <utility>

/// What the hub tells of who comes and goes, to subscribers and observers. On the channel's home
/// shard.
namespace orderpush::realtime {
namespace {

Deadline now() {
    return std::chrono::steady_clock::now();
}

}  // namespace

void Hub::tell_member_change(const HomeChannel& channel, const MemberChange& change) {
    tell(channel, [&](const ChannelCodec& codec) { return codec.encode(channel.name, change); });
}

void Hub::dismiss(HomeChannel& channel, const std::string& user_id, Deadline latest) {
    if (!channel.presence.dismiss(user_id, latest)) {
        return;
    }
    link_seat(channel, user_id);
    if (!is_elsewhere(channel, user_id)) {
        tell_member_change(
            channel, {MemberChange::Kind::kRemoved, {.user_id = user_id, .info = "null"}}
        );
    }
    notify(channel.name, &HubObserver::on_member_removed, channel.name, user_id);
}

void Hub::occupy(HomeChannel& channel) {
    if (!std::exchange(channel.is_occupied, true)) {
        notify(channel.name, &HubObserver::on_occupied, channel.name);
    }
}

void Hub::vacate_if_empty(HomeChannel& channel, Deadline latest) {
    const bool is_empty = channel.attachments.empty() && channel.presence.seats().empty();
    if (is_empty && channel.vacant_since <= latest && std::exchange(channel.is_occupied, false)) {
        notify(channel.name, &HubObserver::on_vacated, channel.name);
    }
}

void Hub::give_up(HomeChannel& channel) {
    const auto seats = channel.presence.seats();
    for (const Presence::Seat& seat : seats) {
        dismiss(channel, seat.member.user_id, now());
    }
    vacate_if_empty(channel, now());
}

void Hub::count_changed(std::size_t home, HomeChannel& channel) {
    if (channel.subscribers() > options_.counts_at_once_max) {
        states_[home]->uncounted.insert(channel.name);
        return;
    }
    states_[home]->uncounted.erase(channel.name);
    tell_count(channel);
}

void Hub::tell_count(const HomeChannel& channel) {
    const std::size_t subscribers = subscribers_at_home(home_of(channel.name), channel.name);
    tell(channel, [&](const ChannelCodec& codec) {
        return codec.encode_count(channel.name, subscribers);
    });
    notify(channel.name, &HubObserver::on_subscription_count, channel.name, subscribers);
}

void Hub::tell_late_counts(std::size_t home) {
    ShardState& state = *states_[home];
    for (const std::string& name : std::exchange(state.uncounted, {})) {
        if (const HomeChannel* channel = state.homes.find(name)) {
            tell_count(*channel);
        }
    }
}

void Hub::tell_late_departures(std::size_t home) {
    ShardState& state = *states_[home];
    const Deadline latest = now() - options_.departure_grace;
    for (const PendingLeave& departure : state.late.take_due(latest)) {
        HomeChannel* channel = state.homes.find(departure.channel);
        if (channel == nullptr) {
            continue;
        }
        const Deadline left_by = std::max(latest, departure.left_at);
        if (departure.user_id) {
            dismiss(*channel, *departure.user_id, left_by);
        }
        vacate_if_empty(*channel, left_by);
        const bool is_empty = channel->attachments.empty() && channel->presence.seats().empty();
        if (is_empty && channel->is_occupied) {
            // Somebody else left later, when this one's seat was still kept.
            state.late.add(
                {.channel = channel->name, .user_id = {}, .left_at = channel->vacant_since}
            );
        }
    }
}

}  // namespace orderpush::realtime

#include "base/clock.hpp"
#include "realtime/hub/hub.hpp"

#include <algorithm>
#include <utility>

/// What subscribers and observers get to know of who comes and goes. On the channel's home
/// shard.
namespace orderpush::realtime {
namespace {

const SystemClock machine_clock;

Deadline now() {
    return std::chrono::steady_clock::now();
}

}  // namespace

std::optional<SubscribeRefusal> Hub::join_presence(
    HomeChannel& channel, const Subscription& subscription
) {
    const Clock& clock = options_.clock == nullptr ? machine_clock : *options_.clock;
    const Member& member = *subscription.member;
    const Presence::Join join = channel.presence.join(
        member,
        clock.now(),
        {.elsewhere = members_elsewhere(channel, member.user_id),
         .is_guest = subscription.session.has_value()}
    );
    switch (join) {
        case Presence::Join::kFull:
            return SubscribeRefusal::kPresenceFull;
        case Presence::Join::kGuestsFull:
            return SubscribeRefusal::kGuestsFull;
        case Presence::Join::kConnectionsFull:
            return SubscribeRefusal::kGuestConnectionsFull;
        case Presence::Join::kFirst:
        case Presence::Join::kAnother:
            break;
    }
    mark_occupied(channel);
    if (join == Presence::Join::kFirst) {
        // Before the attachment, so that the newcomer, who gets the list, does not get this.
        if (!is_elsewhere(channel, member.user_id)) {
            send_member_change(channel, {MemberChange::Kind::kAdded, member});
        }
        notify(channel.name, &HubObserver::on_member_added, channel.name, member);
    }
    report_membership(channel, member.user_id);
    return std::nullopt;
}

void Hub::send_member_change(const HomeChannel& channel, const MemberChange& change) {
    send_to_subscribers(channel, [&](const ChannelCodec& codec) {
        return codec.encode(channel.name, change);
    });
}

void Hub::announce_leave(HomeChannel& channel, const std::string& user_id, Deadline latest) {
    const Presence::Membership* membership = channel.presence.find_membership(user_id);
    const bool has_envelopes = membership != nullptr && membership->member.has_envelopes;
    if (!channel.presence.remove_disconnected(user_id, latest)) {
        return;
    }
    report_membership(channel, user_id);
    if (!is_elsewhere(channel, user_id)) {
        send_member_change(
            channel,
            {MemberChange::Kind::kRemoved,
             {.user_id = user_id, .info = "null", .has_envelopes = has_envelopes}}
        );
    }
    notify(channel.name, &HubObserver::on_member_removed, channel.name, user_id);
}

void Hub::mark_occupied(HomeChannel& channel) {
    if (!std::exchange(channel.is_occupied, true)) {
        notify(channel.name, &HubObserver::on_occupied, channel.name);
    }
}

void Hub::mark_vacated(HomeChannel& channel, Deadline latest) {
    // Members whose connection was lost count as there until the grace is over.
    const bool is_empty = channel.attachments.empty() && channel.presence.memberships().empty();
    if (is_empty && channel.vacant_since <= latest && std::exchange(channel.is_occupied, false)) {
        notify(channel.name, &HubObserver::on_vacated, channel.name);
    }
}

void Hub::expire(HomeChannel& channel) {
    // A copy: each announcement changes the list.
    const auto memberships = channel.presence.memberships();
    for (const Presence::Membership& membership : memberships) {
        announce_leave(channel, membership.member.user_id, now());
    }
    mark_vacated(channel, now());
}

void Hub::count_changed(std::size_t home, HomeChannel& channel) {
    // A message to each of n subscribers for each of n arrivals would be n² of them.
    if (channel.subscribers() > options_.counts_at_once_max) {
        states_[home]->counts_due.insert(channel.name);
        return;
    }
    states_[home]->counts_due.erase(channel.name);
    publish_count(channel);
}

void Hub::publish_count(const HomeChannel& channel) {
    const std::size_t subscribers = subscribers_at_home(home_of(channel.name), channel.name);
    send_to_subscribers(channel, [&](const ChannelCodec& codec) {
        return codec.encode_count(channel.name, subscribers);
    });
    notify(channel.name, &HubObserver::on_subscription_count, channel.name, subscribers);
}

void Hub::publish_due_counts(std::size_t home) {
    ShardState& state = *states_[home];
    for (const std::string& name : std::exchange(state.counts_due, {})) {
        if (const HomeChannel* channel = state.homes.find(name)) {
            publish_count(*channel);
        }
    }
}

void Hub::announce_due_leaves(std::size_t home) {
    ShardState& state = *states_[home];
    const Deadline latest = now() - options_.leave_grace;
    for (const PendingLeave& unsubscription : state.pending_leaves.take_due(latest)) {
        HomeChannel* channel = state.homes.find(unsubscription.channel);
        if (channel == nullptr) {
            continue;
        }
        const Deadline left_by = std::max(latest, unsubscription.left_at);
        if (unsubscription.user_id) {
            announce_leave(*channel, *unsubscription.user_id, left_by);
        }
        mark_vacated(*channel, left_by);
        const bool is_empty =
            channel->attachments.empty() && channel->presence.memberships().empty();
        if (is_empty && channel->is_occupied) {
            // Somebody else left later, when this one's membership was still kept.
            state.pending_leaves.add(
                {.channel = channel->name, .user_id = {}, .left_at = channel->vacant_since}
            );
        }
    }
}

}  // namespace orderpush::realtime

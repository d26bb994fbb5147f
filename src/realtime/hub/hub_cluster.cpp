#include "realtime/hub/hub.hpp"

#include <algorithm>
#include <utility>

/// The hub's view of all instances together: what others reported beside its own. On the channel's
/// home shard, but for apply() and the like.
namespace orderpush::realtime {

std::size_t Hub::subscribers_at_home(std::size_t home, std::string_view channel) const {
    const ShardState& state = *states_[home];
    const HomeChannel* own = states_[home]->homes.find(channel);
    return state.remote.subscribers(channel) + (own == nullptr ? 0 : own->subscribers());
}

std::vector<Presence::Membership> Hub::memberships_at_home(
    std::size_t home, std::string_view channel
) const {
    const HomeChannel* own = states_[home]->homes.find(channel);
    return merged_memberships(
        own == nullptr ? std::vector<Presence::Membership>{} : own->presence.memberships(),
        states_[home]->remote.memberships(channel)
    );
}

void Hub::count_subscribers(std::string channel, CountReader reader) {
    const std::size_t home = home_of(channel);
    shards_.run_on(home, [this, home, channel = std::move(channel), reader = std::move(reader)] {
        reader(subscribers_at_home(home, channel));
    });
}

void Hub::read_memberships(std::string channel, MembershipReader reader) {
    const std::size_t home = home_of(channel);
    shards_.run_on(home, [this, home, name = std::move(channel), reader = std::move(reader)] {
        reader(memberships_at_home(home, name));
    });
}

void Hub::read_own_memberships(std::string channel, MembershipReader reader) {
    const std::size_t home = home_of(channel);
    shards_.run_on(home, [this, home, name = std::move(channel), reader = std::move(reader)] {
        const HomeChannel* own = states_[home]->homes.find(name);
        reader(own == nullptr ? std::vector<Presence::Membership>{} : own->presence.memberships());
    });
}

std::size_t Hub::members_elsewhere(const HomeChannel& channel, std::string_view user_id) const {
    const auto others = states_[home_of(channel.name)]->remote.memberships(channel.name);
    return static_cast<std::size_t>(std::ranges::count_if(others, [&](const auto& membership) {
        const std::string& other = membership.member.user_id;
        return other != user_id && channel.presence.find_membership(other) == nullptr;
    }));
}

bool Hub::is_elsewhere(const HomeChannel& channel, std::string_view user_id) const {
    return states_[home_of(channel.name)]->remote.has_member(channel.name, user_id);
}

void Hub::report_subscribers(const HomeChannel& channel) const {
    if (bridge_ != nullptr) {
        bridge_->on_subscribers(channel.name, channel.subscribers());
    }
}

void Hub::report_membership(const HomeChannel& channel, const std::string& user_id) const {
    if (bridge_ == nullptr) {
        return;
    }
    const Presence::Membership* membership = channel.presence.find_membership(user_id);
    const Presence::Membership gone{
        .member = {.user_id = user_id, .info = "null"}, .since = {}, .connections = 0};
    bridge_->on_membership(
        {.channel = channel.name,
         .membership = membership == nullptr ? gone : *membership,
         .is_gone = membership == nullptr}
    );
}

void Hub::apply(const RemoteState& state) {
    std::vector<RemoteState> parts(states_.size());
    for (RemoteState& part : parts) {
        part.instance = state.instance;
        part.begins = state.begins;
        part.ends = state.ends;
    }
    for (const auto& count : state.counts) {
        parts[home_of(count.channel)].counts.push_back(count);
    }
    for (const auto& membership : state.memberships) {
        parts[home_of(membership.channel)].memberships.push_back(membership);
    }
    // Every shard, also those without a change: `begins` and `ends` are for all channels.
    for (std::size_t home = 0; home < parts.size(); ++home) {
        shards_.run_on(home, [this, home, part = std::move(parts[home])] {
            apply_at_home(home, part);
        });
    }
}

void Hub::apply_at_home(std::size_t home, const RemoteState& state) {
    RemoteAudience& remote = states_[home]->remote;
    if (state.begins) {
        remote.begin(state.instance);
    }
    // Members before counts, so that a presence channel is known as one and its count is not
    // published.
    for (const auto& changed : state.memberships) {
        apply_remote_membership(home, state.instance, changed);
    }
    for (const auto& count : state.counts) {
        apply_remote_count(home, state.instance, count);
    }
    if (state.ends) {
        announce_leaves(home, remote.end(state.instance));
    }
}

void Hub::apply_remote_count(
    std::size_t home, const InstanceId& instance, const RemoteState::Count& count
) {
    states_[home]->remote.set_count(instance, count.channel, count.subscribers);
    publish_remote_count(home, count.channel);
}

void Hub::publish_remote_count(std::size_t home, const std::string& channel) {
    ShardState& state = *states_[home];
    const HomeChannel* own = state.homes.find(channel);
    // Presence channels show their members instead.
    const bool is_of_interest = own != nullptr && own->subscribers() > 0 &&
                                own->presence.memberships().empty() &&
                                state.remote.memberships(channel).empty();
    if (!is_of_interest) {
        return;
    }
    const std::size_t subscribers = subscribers_at_home(home, channel);
    if (subscribers > options_.counts_at_once_max) {
        state.counts_due.insert(channel);
        return;
    }
    send_to_subscribers(*own, [&](const ChannelCodec& codec) {
        return codec.encode_count(channel, subscribers);
    });
}

void Hub::apply_remote_membership(
    std::size_t home, const InstanceId& instance, const RemoteState::Membership& changed
) {
    const std::string& user_id = changed.membership.member.user_id;
    ShardState& state = *states_[home];
    const bool was_elsewhere = state.remote.has_member(changed.channel, user_id);
    state.remote.set_membership(instance, changed);
    const bool is_there = state.remote.has_member(changed.channel, user_id);
    const HomeChannel* own = state.homes.find(changed.channel);
    // A member who is connected here, or on a third instance, neither came nor went.
    if (own == nullptr || own->presence.find_membership(user_id) != nullptr ||
        was_elsewhere == is_there) {
        return;
    }
    send_member_change(
        *own,
        is_there ? MemberChange{MemberChange::Kind::kAdded, changed.membership.member}
                 : MemberChange{MemberChange::Kind::kRemoved, {.user_id = user_id, .info = "null"}}
    );
}

void Hub::announce_leaves(std::size_t home, const RemoteAudience::Leaves& leaves) {
    for (const auto& [channel, user_id] : leaves.members) {
        const HomeChannel* own = states_[home]->homes.find(channel);
        if (own != nullptr && own->presence.find_membership(user_id) == nullptr) {
            send_member_change(
                *own, {MemberChange::Kind::kRemoved, {.user_id = user_id, .info = "null"}}
            );
        }
    }
    for (const std::string& channel : leaves.channels) {
        publish_remote_count(home, channel);
    }
}

void Hub::forget(const InstanceId& instance) {
    for (std::size_t home = 0; home < states_.size(); ++home) {
        shards_.run_on(home, [this, home, instance] {
            announce_leaves(home, states_[home]->remote.forget(instance));
        });
    }
}

void Hub::read_local(std::size_t shard, LocalReader reader) {
    shards_.run_on(shard, [this, shard, reader = std::move(reader)] {
        RemoteState own;
        for (const auto& [name, channel] : states_[shard]->homes.all()) {
            if (const std::size_t subscribers = channel.subscribers(); subscribers > 0) {
                own.counts.push_back({name, subscribers});
            }
            for (const Presence::Membership& membership : channel.presence.memberships()) {
                own.memberships.push_back({.channel = name, .membership = membership});
            }
        }
        reader(std::move(own));
    });
}

}  // namespace orderpush::realtime

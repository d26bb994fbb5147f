#include "realtime/hub/hub.hpp"

#include <algorithm>
#include <utility>

/// The hub's view of all instances together: what others told beside its own. On the channel's home
/// shard, but for apply() and the like.
namespace orderpush::realtime {

std::size_t Hub::subscribers_at_home(std::size_t home, std::string_view channel) const {
    const ShardState& state = *states_[home];
    const HomeChannel* own = states_[home]->homes.find(channel);
    return state.remote.subscribers(channel) + (own == nullptr ? 0 : own->subscribers());
}

std::vector<Presence::Seat> Hub::seats_at_home(std::size_t home, std::string_view channel) const {
    const HomeChannel* own = states_[home]->homes.find(channel);
    return merged_seats(
        own == nullptr ? std::vector<Presence::Seat>{} : own->presence.seats(),
        states_[home]->remote.seats(channel)
    );
}

void Hub::count_subscribers(std::string channel, CountReader reader) {
    const std::size_t home = home_of(channel);
    shards_.run_on(home, [this, home, channel = std::move(channel), reader = std::move(reader)] {
        reader(subscribers_at_home(home, channel));
    });
}

void Hub::read_seats(std::string channel, SeatReader reader) {
    const std::size_t home = home_of(channel);
    shards_.run_on(home, [this, home, name = std::move(channel), reader = std::move(reader)] {
        reader(seats_at_home(home, name));
    });
}

void Hub::read_own_seats(std::string channel, SeatReader reader) {
    const std::size_t home = home_of(channel);
    shards_.run_on(home, [this, home, name = std::move(channel), reader = std::move(reader)] {
        const HomeChannel* own = states_[home]->homes.find(name);
        reader(own == nullptr ? std::vector<Presence::Seat>{} : own->presence.seats());
    });
}

std::size_t Hub::members_elsewhere(const HomeChannel& channel, std::string_view user_id) const {
    const auto others = states_[home_of(channel.name)]->remote.seats(channel.name);
    return static_cast<std::size_t>(std::ranges::count_if(others, [&](const auto& seat) {
        const std::string& other = seat.member.user_id;
        return other != user_id && channel.presence.seat_of(other) == nullptr;
    }));
}

bool Hub::is_elsewhere(const HomeChannel& channel, std::string_view user_id) const {
    return states_[home_of(channel.name)]->remote.has_member(channel.name, user_id);
}

void Hub::link_subscribers(const HomeChannel& channel) const {
    if (link_ != nullptr) {
        link_->on_subscribers(channel.name, channel.subscribers());
    }
}

void Hub::link_seat(const HomeChannel& channel, const std::string& user_id) const {
    if (link_ == nullptr) {
        return;
    }
    const Presence::Seat* seat = channel.presence.seat_of(user_id);
    const Presence::Seat gone{
        .member = {.user_id = user_id, .info = "null"}, .since = {}, .connections = 0};
    link_->on_seat(
        {.channel = channel.name,
         .seat = seat == nullptr ? gone : *seat,
         .is_gone = seat == nullptr}
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
    for (const auto& seat : state.seats) {
        parts[home_of(seat.channel)].seats.push_back(seat);
    }
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
    for (const auto& changed : state.seats) {
        seat_remote(home, state.instance, changed);
    }
    for (const auto& count : state.counts) {
        count_remote(home, state.instance, count);
    }
    if (state.ends) {
        sweep_remote(home, remote.end(state.instance));
    }
}

void Hub::count_remote(
    std::size_t home, const InstanceId& instance, const RemoteState::Count& count
) {
    states_[home]->remote.set_count(instance, count.channel, count.subscribers);
    tell_remote_count(home, count.channel);
}

void Hub::tell_remote_count(std::size_t home, const std::string& channel) {
    ShardState& state = *states_[home];
    const HomeChannel* own = state.homes.find(channel);
    const bool is_of_interest = own != nullptr && own->subscribers() > 0 &&
                                own->presence.seats().empty() &&
                                state.remote.seats(channel).empty();
    if (!is_of_interest) {
        return;
    }
    const std::size_t subscribers = subscribers_at_home(home, channel);
    if (subscribers > options_.counts_at_once_max) {
        state.uncounted.insert(channel);
        return;
    }
    tell(*own, [&](const ChannelCodec& codec) { return codec.encode_count(channel, subscribers); });
}

void Hub::seat_remote(
    std::size_t home, const InstanceId& instance, const RemoteState::Seat& changed
) {
    const std::string& user_id = changed.seat.member.user_id;
    ShardState& state = *states_[home];
    const bool was_elsewhere = state.remote.has_member(changed.channel, user_id);
    state.remote.set_seat(instance, changed);
    const bool is_there = state.remote.has_member(changed.channel, user_id);
    const HomeChannel* own = state.homes.find(changed.channel);
    if (own == nullptr || own->presence.seat_of(user_id) != nullptr || was_elsewhere == is_there) {
        return;
    }
    tell_member_change(
        *own,
        is_there ? MemberChange{MemberChange::Kind::kAdded, changed.seat.member}
                 : MemberChange{MemberChange::Kind::kRemoved, {.user_id = user_id, .info = "null"}}
    );
}

void Hub::sweep_remote(std::size_t home, const RemoteAudience::Swept& swept) {
    for (const auto& [channel, user_id] : swept.members) {
        const HomeChannel* own = states_[home]->homes.find(channel);
        if (own != nullptr && own->presence.seat_of(user_id) == nullptr) {
            tell_member_change(
                *own, {MemberChange::Kind::kRemoved, {.user_id = user_id, .info = "null"}}
            );
        }
    }
    for (const std::string& channel : swept.channels) {
        tell_remote_count(home, channel);
    }
}

void Hub::forget(const InstanceId& instance) {
    for (std::size_t home = 0; home < states_.size(); ++home) {
        shards_.run_on(home, [this, home, instance] {
            sweep_remote(home, states_[home]->remote.forget(instance));
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
            for (const Presence::Seat& seat : channel.presence.seats()) {
                own.seats.push_back({.channel = name, .seat = seat});
            }
        }
        reader(std::move(own));
    });
}

}  // namespace orderpush::realtime

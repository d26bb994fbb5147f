// The hub's view of the other instances: their members and subscribers beside its own.

#include "realtime/hub.hpp"

#include <algorithm>
#include <memory>
#include <utility>

namespace orderpush::realtime {

void Hub::tell_observers(const HomeChannel& channel, const std::string& user_id) {
    const Presence::Seat* seat = channel.presence.find(user_id);
    const Presence::Seat gone{
        .member = {.user_id = user_id, .info = "null"}, .since = {}, .connections = 0};
    for (HubObserver* observer : observers_) {
        observer->on_seat(channel.name, seat == nullptr ? gone : *seat);
    }
}

std::vector<Presence::Seat> Hub::seats_at_home(std::size_t home, const std::string& channel) const {
    const HomeChannel* own = states_[home]->homes.find(channel);
    return merged_seats(
        own == nullptr ? std::vector<Presence::Seat>{} : own->presence.seats(),
        states_[home]->remote.seats(channel)
    );
}

std::size_t Hub::members_elsewhere(
    std::size_t home, const HomeChannel& channel, std::string_view user_id
) const {
    const auto others = states_[home]->remote.seats(channel.name);
    return static_cast<std::size_t>(std::ranges::count_if(others, [&](const auto& seat) {
        const std::string& other = seat.member.user_id;
        return other != user_id && channel.presence.find(other) == nullptr;
    }));
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
    for (const auto& [channel, subscribers] : state.counts) {
        remote.set_count(state.instance, channel, subscribers);
    }
    for (const auto& changed : state.seats) {
        seat_remote(home, state.instance, changed);
    }
    if (state.ends) {
        tell_gone(home, remote.end(state.instance));
    }
}

void Hub::seat_remote(
    std::size_t home, const InstanceId& instance, const RemoteState::Seat& changed
) {
    const auto& [channel, seat] = changed;
    const std::string& user_id = seat.member.user_id;
    ShardState& state = *states_[home];
    const HomeChannel* own = state.homes.find(channel);
    const bool was_elsewhere = state.remote.has_member(channel, user_id);
    state.remote.set_seat(instance, channel, seat);
    const bool is_elsewhere = state.remote.has_member(channel, user_id);
    const bool is_here = own != nullptr && own->presence.find(user_id) != nullptr;
    if (own == nullptr || is_here || was_elsewhere == is_elsewhere) {
        return;
    }
    tell_member_change(
        *own,
        is_elsewhere
            ? MemberChange{MemberChange::Kind::kAdded, seat.member}
            : MemberChange{MemberChange::Kind::kRemoved, {.user_id = user_id, .info = "null"}}
    );
}

void Hub::tell_gone(std::size_t home, const std::vector<RemoteAudience::Gone>& gone) {
    for (const auto& [channel, user_id] : gone) {
        const HomeChannel* own = states_[home]->homes.find(channel);
        if (own != nullptr && own->presence.find(user_id) == nullptr) {
            tell_member_change(
                *own, {MemberChange::Kind::kRemoved, {.user_id = user_id, .info = "null"}}
            );
        }
    }
}

void Hub::forget(const InstanceId& instance) {
    for (std::size_t home = 0; home < states_.size(); ++home) {
        shards_.run_on(home, [this, home, instance] {
            tell_gone(home, states_[home]->remote.forget(instance));
        });
    }
}

void Hub::read_local(std::size_t shard, LocalReader reader) {
    shards_.run_on(shard, [this, shard, reader = std::move(reader)] {
        RemoteState own;
        for (const auto& [name, channel] : states_[shard]->homes.all()) {
            std::size_t subscribers = 0;
            for (const Attachment& attachment : channel.attachments) {
                subscribers += attachment.subscribers;
            }
            if (subscribers > 0) {
                own.counts.push_back({name, subscribers});
            }
            for (const Presence::Seat& seat : channel.presence.seats()) {
                own.seats.push_back({name, seat});
            }
        }
        reader(std::move(own));
    });
}

}  // namespace orderpush::realtime

#include "realtime/hub/remote_audience.hpp"

#include <algorithm>
#include <limits>

namespace orderpush::realtime {
namespace {

void add_to(std::vector<Presence::Seat>& seats, const Presence::Seat& seat) {
    const auto known = std::ranges::find_if(seats, [&](const Presence::Seat& s) {
        return s.member.user_id == seat.member.user_id;
    });
    if (known == seats.end()) {
        seats.push_back(seat);
        return;
    }
    known->connections += seat.connections;
    if (seat.since < known->since) {
        known->since = seat.since;
        known->member.info = seat.member.info;
    }
}

void sort_by_time(std::vector<Presence::Seat>& seats) {
    std::ranges::stable_sort(seats, {}, &Presence::Seat::since);
}

}  // namespace

std::vector<Presence::Seat> merged_seats(
    std::vector<Presence::Seat> own, const std::vector<Presence::Seat>& others
) {
    if (others.empty()) {
        return own;
    }
    for (const Presence::Seat& seat : others) {
        add_to(own, seat);
    }
    sort_by_time(own);
    return own;
}

void RemoteAudience::begin(const InstanceId& instance) {
    ++rounds_[instance];
}

void RemoteAudience::set_count(
    const InstanceId& instance, const std::string& channel, std::size_t subscribers
) {
    auto& counts = channels_[channel].counts;
    const auto known = std::ranges::find(counts, instance, &Count::instance);
    if (subscribers == 0) {
        if (known != counts.end()) {
            counts.erase(known);
        }
        drop_if_empty(channel);
        return;
    }
    const Count count{instance, subscribers, rounds_[instance]};
    if (known == counts.end()) {
        counts.push_back(count);
    } else {
        *known = count;
    }
}

void RemoteAudience::set_seat(const InstanceId& instance, const RemoteState::Seat& changed) {
    const auto& [channel, seat, is_gone] = changed;
    const std::string& user_id = seat.member.user_id;
    auto& seats = channels_[channel].seats;
    const auto known = std::ranges::find_if(seats, [&](const Seat& s) {
        return s.instance == instance && s.seat.member.user_id == user_id;
    });
    if (is_gone) {
        if (known != seats.end()) {
            seats.erase(known);
        }
        drop_if_empty(channel);
        return;
    }
    const Seat told{instance, seat, rounds_[instance]};
    if (known == seats.end()) {
        seats.push_back(told);
    } else {
        *known = told;
    }
}

RemoteAudience::Swept RemoteAudience::end(const InstanceId& instance) {
    return sweep(instance, rounds_[instance]);
}

RemoteAudience::Swept RemoteAudience::forget(const InstanceId& instance) {
    auto swept = sweep(instance, std::numeric_limits<std::uint64_t>::max());
    rounds_.erase(instance);
    return swept;
}

RemoteAudience::Swept RemoteAudience::sweep(const InstanceId& instance, std::uint64_t round) {
    Swept swept;
    const auto is_over = [&](const auto& entry) {
        return entry.instance == instance && entry.round < round;
    };
    for (auto it = channels_.begin(); it != channels_.end();) {
        auto& [name, channel] = *it;
        if (std::erase_if(channel.counts, is_over) > 0) {
            swept.channels.push_back(name);
        }
        std::vector<std::string> left;
        std::erase_if(channel.seats, [&](const Seat& seat) {
            if (is_over(seat)) {
                left.push_back(seat.seat.member.user_id);
                return true;
            }
            return false;
        });
        for (std::string& user_id : left) {
            if (!has_member(channel, user_id)) {
                swept.members.push_back({name, std::move(user_id)});
            }
        }
        const bool is_empty = channel.counts.empty() && channel.seats.empty();
        it = is_empty ? channels_.erase(it) : std::next(it);
    }
    return swept;
}

void RemoteAudience::drop_if_empty(const std::string& channel) {
    const auto found = channels_.find(channel);
    if (found->second.counts.empty() && found->second.seats.empty()) {
        channels_.erase(found);
    }
}

std::vector<std::string> RemoteAudience::channels() const {
    std::vector<std::string> names;
    names.reserve(channels_.size());
    for (const auto& [name, channel] : channels_) {
        names.push_back(name);
    }
    return names;
}

std::size_t RemoteAudience::subscribers(std::string_view channel) const {
    const auto found = channels_.find(channel);
    std::size_t subscribers = 0;
    if (found != channels_.end()) {
        for (const Count& count : found->second.counts) {
            subscribers += count.subscribers;
        }
    }
    return subscribers;
}

bool RemoteAudience::has_member(const Channel& channel, std::string_view user_id) {
    return std::ranges::any_of(channel.seats, [&](const Seat& seat) {
        return seat.seat.member.user_id == user_id;
    });
}

bool RemoteAudience::has_member(std::string_view channel, std::string_view user_id) const {
    const auto found = channels_.find(channel);
    return found != channels_.end() && has_member(found->second, user_id);
}

std::vector<Presence::Seat> RemoteAudience::seats(std::string_view channel) const {
    std::vector<Presence::Seat> seats;
    const auto found = channels_.find(channel);
    if (found != channels_.end()) {
        for (const Seat& seat : found->second.seats) {
            add_to(seats, seat.seat);
        }
    }
    sort_by_time(seats);
    return seats;
}

}  // namespace orderpush::realtime

#include "realtime/hub/remote_audience.hpp"

#include <algorithm>
#include <limits>

namespace orderpush::realtime {
namespace {

void add_to(
    std::vector<Presence::Membership>& memberships, const Presence::Membership& membership
) {
    const auto known = std::ranges::find_if(memberships, [&](const Presence::Membership& s) {
        return s.member.user_id == membership.member.user_id;
    });
    if (known == memberships.end()) {
        memberships.push_back(membership);
        return;
    }
    // As if the user had all connections on one instance: the first to join names the info.
    known->connections += membership.connections;
    if (membership.since < known->since) {
        known->since = membership.since;
        known->member.info = membership.member.info;
    }
}

void sort_by_time(std::vector<Presence::Membership>& memberships) {
    std::ranges::stable_sort(memberships, {}, &Presence::Membership::since);
}

}  // namespace

std::vector<Presence::Membership> merged_memberships(
    std::vector<Presence::Membership> own, const std::vector<Presence::Membership>& others
) {
    if (others.empty()) {
        return own;
    }
    for (const Presence::Membership& membership : others) {
        add_to(own, membership);
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

void RemoteAudience::set_membership(
    const InstanceId& instance, const RemoteState::Membership& changed
) {
    const auto& [channel, membership, is_gone] = changed;
    const std::string& user_id = membership.member.user_id;
    auto& memberships = channels_[channel].memberships;
    const auto known = std::ranges::find_if(memberships, [&](const Membership& s) {
        return s.instance == instance && s.membership.member.user_id == user_id;
    });
    if (is_gone) {
        if (known != memberships.end()) {
            memberships.erase(known);
        }
        drop_if_empty(channel);
        return;
    }
    const Membership reported{instance, membership, rounds_[instance]};
    if (known == memberships.end()) {
        memberships.push_back(reported);
    } else {
        *known = reported;
    }
}

RemoteAudience::Leaves RemoteAudience::end(const InstanceId& instance) {
    return sweep(instance, rounds_[instance]);
}

RemoteAudience::Leaves RemoteAudience::forget(const InstanceId& instance) {
    auto leaves = sweep(instance, std::numeric_limits<std::uint64_t>::max());
    rounds_.erase(instance);
    return leaves;
}

/// Marks instead of deletes: between begin() and end() the old view stays, so that nobody seems to
/// leave and come back while an instance reports everything anew.
RemoteAudience::Leaves RemoteAudience::sweep(const InstanceId& instance, std::uint64_t round) {
    Leaves leaves;
    const auto is_over = [&](const auto& entry) {
        return entry.instance == instance && entry.round < round;
    };
    for (auto it = channels_.begin(); it != channels_.end();) {
        auto& [name, channel] = *it;
        if (std::erase_if(channel.counts, is_over) > 0) {
            leaves.channels.push_back(name);
        }
        std::vector<std::string> left;
        std::erase_if(channel.memberships, [&](const Membership& membership) {
            if (is_over(membership)) {
                left.push_back(membership.membership.member.user_id);
                return true;
            }
            return false;
        });
        for (std::string& user_id : left) {
            if (!has_member(channel, user_id)) {
                leaves.members.push_back({name, std::move(user_id)});
            }
        }
        const bool is_empty = channel.counts.empty() && channel.memberships.empty();
        it = is_empty ? channels_.erase(it) : std::next(it);
    }
    return leaves;
}

void RemoteAudience::drop_if_empty(const std::string& channel) {
    const auto found = channels_.find(channel);
    if (found->second.counts.empty() && found->second.memberships.empty()) {
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
    return std::ranges::any_of(channel.memberships, [&](const Membership& membership) {
        return membership.membership.member.user_id == user_id;
    });
}

bool RemoteAudience::has_member(std::string_view channel, std::string_view user_id) const {
    const auto found = channels_.find(channel);
    return found != channels_.end() && has_member(found->second, user_id);
}

std::vector<Presence::Membership> RemoteAudience::memberships(std::string_view channel) const {
    std::vector<Presence::Membership> memberships;
    const auto found = channels_.find(channel);
    if (found != channels_.end()) {
        for (const Membership& membership : found->second.memberships) {
            add_to(memberships, membership.membership);
        }
    }
    sort_by_time(memberships);
    return memberships;
}

}  // namespace orderpush::realtime

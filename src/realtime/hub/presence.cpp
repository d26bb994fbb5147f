#include "realtime/hub/presence.hpp"

#include <algorithm>
#include <cassert>

namespace orderpush::realtime {

Presence::Join Presence::join(const Member& member, Timestamp now, const JoinTerms& terms) {
    const auto membership = find(member.user_id);
    if (membership != memberships_.end()) {
        if (terms.is_guest && membership->connections >= kGuestConnectionsMax) {
            return Join::kConnectionsFull;
        }
        ++membership->connections;
        return Join::kAnother;
    }
    // Those elsewhere are counted as last reported: two who join at the same moment on two
    // instances may both be let in.
    if (memberships_.size() + terms.elsewhere >= kPresenceMembersMax) {
        return Join::kFull;
    }
    if (terms.is_guest && guests() + terms.elsewhere >= kPresenceGuestsMax) {
        return Join::kGuestsFull;
    }
    memberships_.push_back({.member = member, .since = now, .is_guest = terms.is_guest});
    return Join::kFirst;
}

std::size_t Presence::guests() const {
    return static_cast<std::size_t>(std::ranges::count_if(memberships_, &Membership::is_guest));
}

bool Presence::leave(std::string_view user_id) {
    const auto membership = find(user_id);
    assert(membership != memberships_.end());
    if (--membership->connections > 0) {
        return false;
    }
    memberships_.erase(membership);
    return true;
}

bool Presence::disconnect(std::string_view user_id, Deadline now) {
    const auto membership = find(user_id);
    assert(membership != memberships_.end());
    membership->left_at = now;
    return --membership->connections == 0;
}

bool Presence::remove_disconnected(std::string_view user_id, Deadline latest) {
    const auto membership = find(user_id);
    if (membership == memberships_.end() || membership->connections > 0 ||
        membership->left_at > latest) {
        return false;
    }
    memberships_.erase(membership);
    return true;
}

std::vector<Presence::Membership>::iterator Presence::find(std::string_view user_id) {
    return std::ranges::find(memberships_, user_id, [](const Membership& s) -> std::string_view {
        return s.member.user_id;
    });
}

const Presence::Membership* Presence::find_membership(std::string_view user_id) const {
    const auto membership =
        std::ranges::find(memberships_, user_id, [](const Membership& s) -> std::string_view {
            return s.member.user_id;
        });
    return membership == memberships_.end() ? nullptr : &*membership;
}

std::vector<Member> Presence::members() const {
    std::vector<Member> members;
    members.reserve(memberships_.size());
    for (const Membership& membership : memberships_) {
        members.push_back(membership.member);
    }
    return members;
}

}  // namespace orderpush::realtime

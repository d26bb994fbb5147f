#include "realtime/presence.hpp"

#include <algorithm>
#include <cassert>

namespace orderpush::realtime {

Presence::Join Presence::join(const Member& member, Timestamp now) {
    const auto seat = std::ranges::find(
        seats_, member.user_id, [](const Seat& s) -> const std::string& { return s.member.user_id; }
    );
    if (seat != seats_.end()) {
        ++seat->connections;
        return Join::kAnother;
    }
    if (seats_.size() >= kPresenceMembersMax) {
        return Join::kFull;
    }
    seats_.push_back({.member = member, .since = now});
    return Join::kFirst;
}

bool Presence::leave(std::string_view user_id) {
    const auto seat = std::ranges::find(seats_, user_id, [](const Seat& s) -> std::string_view {
        return s.member.user_id;
    });
    assert(seat != seats_.end());
    if (--seat->connections > 0) {
        return false;
    }
    seats_.erase(seat);
    return true;
}

std::vector<Member> Presence::members() const {
    std::vector<Member> members;
    members.reserve(seats_.size());
    for (const Seat& seat : seats_) {
        members.push_back(seat.member);
    }
    return members;
}

}  // namespace orderpush::realtime

#include "realtime/presence.hpp"

#include <algorithm>
#include <cassert>

namespace orderpush::realtime {

Presence::Join Presence::join(const Member& member, Timestamp now, std::size_t elsewhere) {
    const auto seat = std::ranges::find(
        seats_, member.user_id, [](const Seat& s) -> const std::string& { return s.member.user_id; }
    );
    if (seat != seats_.end()) {
        ++seat->connections;
        return Join::kAnother;
    }
    if (seats_.size() + elsewhere >= kPresenceMembersMax) {
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

const Presence::Seat* Presence::find(std::string_view user_id) const {
    const auto seat =
        std::ranges::find_if(seats_, [&](const Seat& s) { return s.member.user_id == user_id; });
    return seat == seats_.end() ? nullptr : &*seat;
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

#include "realtime/hub/presence.hpp"

#include <algorithm>
#include <cassert>

namespace orderpush::realtime {

Presence::Join Presence::join(const Member& member, Timestamp now, std::size_t elsewhere) {
    const auto seat = find(member.user_id);
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
    const auto seat = find(user_id);
    assert(seat != seats_.end());
    if (--seat->connections > 0) {
        return false;
    }
    seats_.erase(seat);
    return true;
}

bool Presence::step_out(std::string_view user_id, Deadline now) {
    const auto seat = find(user_id);
    assert(seat != seats_.end());
    seat->left_at = now;
    return --seat->connections == 0;
}

bool Presence::dismiss(std::string_view user_id, Deadline latest) {
    const auto seat = find(user_id);
    if (seat == seats_.end() || seat->connections > 0 || seat->left_at > latest) {
        return false;
    }
    seats_.erase(seat);
    return true;
}

std::vector<Presence::Seat>::iterator Presence::find(std::string_view user_id) {
    return std::ranges::find(seats_, user_id, [](const Seat& s) -> std::string_view {
        return s.member.user_id;
    });
}

const Presence::Seat* Presence::seat_of(std::string_view user_id) const {
    const auto seat = std::ranges::find(seats_, user_id, [](const Seat& s) -> std::string_view {
        return s.member.user_id;
    });
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

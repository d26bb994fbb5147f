#pragma once

#include "base/clock.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace orderpush::realtime {

/// Users in one presence channel: what hosted services allow, and clients expect.
inline constexpr std::size_t kPresenceMembersMax = 100;

/// One user of a presence channel, over all connections.
struct Member {
    std::string user_id;
    /// A JSON object, or "null" if the user gave none.
    std::string info;

    bool operator==(const Member&) const = default;
};

/// Who is present in one channel: one member per user id, however many connections the user has
/// there. Not synchronised.
class Presence {
  public:
    enum class Join {
        kFirst,    ///< a new member
        kAnother,  ///< one more connection of a member; the info of the first one stays
        kFull,     ///< kPresenceMembersMax users are present; nothing changed
    };
    /// `elsewhere` members are present that are not here.
    Join join(const Member& member, Timestamp now, std::size_t elsewhere = 0);
    /// One connection of the user leaves. True if it was the last: the member is gone. The user
    /// must be present.
    bool leave(std::string_view user_id);
    /// The same, but without the last one the member keeps its seat until dismiss(); join() takes
    /// it again as kAnother.
    bool step_out(std::string_view user_id, Deadline now);
    /// Takes the seat of a member whose last connection stepped out by `latest`. False if there is
    /// no such member.
    bool dismiss(std::string_view user_id, Deadline latest);
    /// In the order of joining.
    std::vector<Member> members() const;

    /// A member with all its connections.
    struct Seat {
        Member member;
        /// When the first of them joined.
        Timestamp since;
        /// 0 for one that stepped out.
        std::size_t connections = 1;
        /// When it did.
        Deadline left_at = {};
    };
    /// In the order of joining.
    const std::vector<Seat>& seats() const noexcept { return seats_; }
    /// Null if the user is not here.
    const Seat* seat_of(std::string_view user_id) const;

  private:
    std::vector<Seat>::iterator find(std::string_view user_id);

    std::vector<Seat> seats_;
};

}  // namespace orderpush::realtime

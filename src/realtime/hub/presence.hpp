#pragma once

#include "base/timestamp.hpp"

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
    /// The same, but without the last one the membership stays until remove_disconnected(); join()
    /// takes it up again as kAnother.
    bool disconnect(std::string_view user_id, Deadline now);
    /// Removes a member whose last connection was gone by `latest`. False if there is no such
    /// member.
    bool remove_disconnected(std::string_view user_id, Deadline latest);
    /// In the order of joining.
    std::vector<Member> members() const;

    /// A member with all its connections.
    struct Membership {
        Member member;
        /// When the first of them joined.
        Timestamp since;
        /// 0 once the last one was lost.
        std::size_t connections = 1;
        /// When that was.
        Deadline left_at = {};
    };
    /// In the order of joining.
    const std::vector<Membership>& memberships() const noexcept { return memberships_; }
    /// Null if the user is not here.
    const Membership* find_membership(std::string_view user_id) const;

  private:
    std::vector<Membership>::iterator find(std::string_view user_id);

    std::vector<Membership> memberships_;
};

}  // namespace orderpush::realtime

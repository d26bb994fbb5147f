#pragma once

#include "base/timestamp.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace orderpush::realtime {

/// Users in one presence channel: what hosted services allow, and clients expect.
inline constexpr std::size_t kPresenceMembersMax = 100;
/// How many of them may be guests of a table session. Anybody who sees a table's QR code can be
/// one, under any number of names: the rest is for staff, who always get in.
inline constexpr std::size_t kPresenceGuestsMax = 50;
/// Connections of one guest in one channel. One phone has a few, counting those that the network
/// lost and nobody has missed yet.
inline constexpr std::size_t kGuestConnectionsMax = 20;

/// One user of a presence channel, over all connections.
struct Member {
    std::string user_id;
    /// A JSON object, or "null" if the user gave none.
    std::string info;
    /// Whether the protocol that it came by tells its own clients of it in a message of its own, so
    /// that its codecs (ChannelCodec::reads_envelopes) write no MemberChange for it.
    bool has_envelopes = false;

    bool operator==(const Member&) const = default;
};

/// Besides the member itself.
struct JoinTerms {
    /// Members that are present and not here. They count as guests as well: which are is known
    /// where they are connected.
    std::size_t elsewhere = 0;
    /// Of a table session.
    bool is_guest = false;
};

/// Who is present in one channel: one member per user id, however many connections the user has
/// there. Not synchronised.
class Presence {
  public:
    enum class Join {
        kFirst,    ///< a new member
        kAnother,  ///< one more connection of a member; the info of the first one stays
        // Nothing changed:
        kFull,             ///< kPresenceMembersMax users are present
        kGuestsFull,       ///< kPresenceGuestsMax guests are
        kConnectionsFull,  ///< the guest has kGuestConnectionsMax connections
    };
    Join join(const Member& member, Timestamp now, const JoinTerms& terms = {});
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
        bool is_guest = false;
    };
    /// In the order of joining.
    const std::vector<Membership>& memberships() const noexcept { return memberships_; }
    /// Null if the user is not here.
    const Membership* find_membership(std::string_view user_id) const;

  private:
    std::vector<Membership>::iterator find(std::string_view user_id);
    std::size_t guests() const;

    std::vector<Membership> memberships_;
};

}  // namespace orderpush::realtime

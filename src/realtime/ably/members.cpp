#include "realtime/ably/members.hpp"

#include "base/clock.hpp"
#include "realtime/ably/access/refusal.hpp"
#include "realtime/ably/channel_codec.hpp"
#include "realtime/ably/publishing.hpp"

#include <algorithm>
#include <utility>

namespace orderpush::realtime::ably {
namespace {

/// Of what a member takes besides its text.
constexpr std::size_t kFixedBytes = sizeof(PresenceMessage);

bool is_same(const PresenceMessage& a, const PresenceMessage& b) {
    return a.connection_id == b.connection_id && a.client_id == b.client_id;
}

std::size_t bytes_of(const PresenceMessage& member) {
    return kFixedBytes + size_of(member) + member.id.size() + member.connection_id.size();
}

}  // namespace

void MemberSets::put(Sets& sets, Set& set, PresenceMessage member) {
    member.action = PresenceMessage::Action::kPresent;
    const std::size_t bytes = bytes_of(member);
    const auto known = std::ranges::find_if(set.members, [&](const PresenceMessage& other) {
        return is_same(other, member);
    });
    set.bytes += bytes;
    sets.bytes += bytes;
    if (known == set.members.end()) {
        set.members.push_back(std::move(member));
        return;
    }
    set.bytes -= bytes_of(*known);
    sets.bytes -= bytes_of(*known);
    *known = std::move(member);
}

void MemberSets::remove(Sets& sets, Set& set, const PresenceMessage& member) {
    const auto known = std::ranges::find_if(set.members, [&](const PresenceMessage& other) {
        return is_same(other, member);
    });
    if (known != set.members.end()) {
        set.bytes -= bytes_of(*known);
        sets.bytes -= bytes_of(*known);
        set.members.erase(known);
    }
}

void MemberSets::on_envelope(const ChannelMessage& message) {
    auto changes = presence_of(message);
    if (changes.empty()) {
        return;
    }
    sets_.with([&](Sets& sets) {
        Set& set = sets.by_channel[message.channel];
        for (PresenceMessage& change : changes) {
            if (change.action == PresenceMessage::Action::kLeave) {
                remove(sets, set, change);
            } else {
                put(sets, set, std::move(change));
            }
        }
        if (set.members.empty()) {
            sets.by_channel.erase(message.channel);
        }
    });
}

std::vector<PresenceMessage> MemberSets::find(std::string_view hub_key) const {
    return sets_.with([&](const Sets& sets) {
        const auto found = sets.by_channel.find(hub_key);
        return found == sets.by_channel.end() ? std::vector<PresenceMessage>{}
                                              : found->second.members;
    });
}

std::optional<PresenceMessage> MemberSets::find(
    std::string_view hub_key, std::string_view connection_id, std::string_view client_id
) const {
    return sets_.with([&](const Sets& sets) -> std::optional<PresenceMessage> {
        const auto found = sets.by_channel.find(hub_key);
        if (found == sets.by_channel.end()) {
            return std::nullopt;
        }
        for (const PresenceMessage& member : found->second.members) {
            if (member.connection_id == connection_id && member.client_id == client_id) {
                return member;
            }
        }
        return std::nullopt;
    });
}

std::optional<ErrorInfo> MemberSets::check_room(
    std::string_view hub_key, const PresenceMessage& member
) const {
    return sets_.with([&](const Sets& sets) -> std::optional<ErrorInfo> {
        const std::size_t bytes = bytes_of(member);
        const auto found = sets.by_channel.find(hub_key);
        const std::size_t own = found == sets.by_channel.end() ? 0 : found->second.bytes;
        if (own + bytes > kChannelMembersBytesMax || sets.bytes + bytes > kMembersBytesMax) {
            return ErrorInfo{
                .code = 91006, .status = 400, .message = "The presence set is too big"};
        }
        if (found != sets.by_channel.end() && found->second.members.size() >= kChannelMembersMax) {
            return ErrorInfo{
                .code = 91003,
                .status = 400,
                .message = "The channel has as many members as it may have"};
        }
        return std::nullopt;
    });
}

std::vector<PresenceMessage> present_members(
    const std::vector<PresenceMessage>& entries, const std::vector<Member>& members
) {
    static const SystemClock clock;
    const auto now = clock.now().time_since_epoch().count();
    std::vector<PresenceMessage> present;
    for (const Member& member : members) {
        const std::size_t before = present.size();
        for (const PresenceMessage& entry : entries) {
            if (entry.client_id == member.user_id) {
                present.push_back(entry);
            }
        }
        if (present.size() == before) {
            present.push_back(member_of(member, PresenceMessage::Action::kPresent, now));
        }
    }
    return present;
}

void read_members(Hub& hub, const MemberSets& sets, std::string hub_key, MembersReply reply) {
    std::string channel = hub_key;
    hub.read_memberships(
        std::move(channel),
        [&sets,
         key = std::move(hub_key),
         reply = std::move(reply)](const std::vector<Presence::Membership>& memberships) {
            std::vector<Member> members;
            members.reserve(memberships.size());
            for (const Presence::Membership& membership : memberships) {
                members.push_back(membership.member);
            }
            reply(present_members(sets.find(key), members));
        }
    );
}

}  // namespace orderpush::realtime::ably

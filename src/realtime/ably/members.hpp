#pragma once

#include "base/guarded.hpp"
#include "realtime/ably/messages/message.hpp"
#include "realtime/hub/hub.hpp"
#include "realtime/hub/hub_observer.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace orderpush::realtime::ably {

/// What the members of one channel may say of themselves, in bytes, and those of all channels: who
/// would pass it is not let in (91006).
inline constexpr std::size_t kChannelMembersBytesMax = 512U * 1024U;
inline constexpr std::size_t kMembersBytesMax = 64U * 1024U * 1024U;
/// Members of one channel, each a client on a connection.
inline constexpr std::size_t kChannelMembersMax = 500;

/// What Ably's clients say of themselves, in each channel: data, and by which connection. That they
/// are there at all is the hub's to know, which has one member for all connections of a client, and
/// those of other protocols besides. Learns it from what is published, of this instance or another,
/// in its order. Any thread.
class MemberSets final : public HubObserver {
  public:
    void on_envelope(const ChannelMessage& message) override;

    /// In the order of entering, with action 1.
    std::vector<PresenceMessage> find(std::string_view hub_key) const;
    std::optional<PresenceMessage> find(
        std::string_view hub_key, std::string_view connection_id, std::string_view client_id
    ) const;
    /// 91003, 91006: there is no room for it.
    std::optional<ErrorInfo> check_room(std::string_view hub_key, const PresenceMessage& member)
        const;

  private:
    struct Set {
        std::vector<PresenceMessage> members;
        std::size_t bytes = 0;
    };
    struct Sets {
        std::map<std::string, Set, std::less<>> by_channel;
        std::size_t bytes = 0;
    };
    static void put(Sets& sets, Set& set, PresenceMessage member);
    static void remove(Sets& sets, Set& set, const PresenceMessage& member);

    Guarded<Sets> sets_;
};

/// Who is present: of `sets` those whom the hub has as members, and the hub's other members, with a
/// connectionId of their own (kOtherConnection).
std::vector<PresenceMessage> present_members(
    const std::vector<PresenceMessage>& entries, const std::vector<Member>& members
);

/// Who is present in a channel, whatever SDK they use: action 1. Any thread; `reply` once, on any
/// thread, unless the hub stopped before.
using MembersReply = std::function<void(std::vector<PresenceMessage> members)>;
void read_members(Hub& hub, const MemberSets& sets, std::string hub_key, MembersReply reply);

}  // namespace orderpush::realtime::ably

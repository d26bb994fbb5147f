#pragma once

#include "core/ids.hpp"
#include "realtime/hub/local_subscribers.hpp"
#include "realtime/hub/presence.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace orderpush::realtime {

/// What another instance reported of its subscribers: changes, or a part of all there is.
struct RemoteState {
    struct Count {
        std::string channel;
        /// Now; 0: nobody.
        std::size_t subscribers = 0;
    };
    struct Membership {
        std::string channel;
        /// As it is now. One without connections is kept for a user who may be back in a moment.
        Presence::Membership membership;
        /// The member is gone.
        bool is_gone = false;
    };
    InstanceId instance = {};
    /// It asks the others to report everything in their turn.
    bool asks = false;
    /// From here on it reports everything anew.
    bool begins = false;
    std::vector<Count> counts;
    std::vector<Membership> memberships;
    /// It has reported everything: what it did not name since `begins` is no more.
    bool ends = false;
};

/// Who listens to the channels of one home shard on other instances, as these reported. Touched by
/// that shard's thread only.
class RemoteAudience {
  public:
    /// From here on that instance reports everything anew.
    void begin(const InstanceId& instance);
    void set_count(const InstanceId& instance, const std::string& channel, std::size_t subscribers);
    void set_membership(const InstanceId& instance, const RemoteState::Membership& changed);

    struct MemberLeave {
        std::string channel;
        std::string user_id;
    };
    struct Leaves {
        /// Members that none of the instances has any more.
        std::vector<MemberLeave> members;
        /// Channels with fewer subscribers than before.
        std::vector<std::string> channels;
    };
    /// Forgets what the instance has not reported since begin().
    Leaves end(const InstanceId& instance);
    /// Forgets the instance.
    Leaves forget(const InstanceId& instance);

    /// On all other instances together.
    std::size_t subscribers(std::string_view channel) const;
    bool has_member(std::string_view channel, std::string_view user_id) const;
    /// One membership per member, in the order of joining: the earliest time, the connections of
    /// all instances, the info of the one who was there first.
    std::vector<Presence::Membership> memberships(std::string_view channel) const;
    std::size_t channel_count() const noexcept { return channels_.size(); }
    std::vector<std::string> channels() const;

  private:
    struct Count {
        InstanceId instance;
        std::size_t subscribers = 0;
        std::uint64_t round = 0;
    };
    struct Membership {
        InstanceId instance;
        Presence::Membership membership;
        std::uint64_t round = 0;
    };
    struct Channel {
        std::vector<Count> counts;
        std::vector<Membership> memberships;
    };
    /// Forgets of the instance what is of an earlier round than this.
    Leaves sweep(const InstanceId& instance, std::uint64_t round);
    void drop_if_empty(const std::string& channel);
    static bool has_member(const Channel& channel, std::string_view user_id);

    NameMap<Channel> channels_;
    /// How often each instance began to report everything.
    std::map<InstanceId, std::uint64_t> rounds_;
};

/// `own` and `others` as one list, one membership per member, in the order of joining.
std::vector<Presence::Membership> merged_memberships(
    std::vector<Presence::Membership> own, const std::vector<Presence::Membership>& others
);

}  // namespace orderpush::realtime

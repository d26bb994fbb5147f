#pragma once

#include "app/channel_access.hpp"
#include "base/result.hpp"
#include "core/caller.hpp"
#include "core/menu_store.hpp"
#include "core/presence.hpp"

#include <string_view>
#include <vector>

namespace orderpush::app {

/// Who is in one channel, the longest there first.
struct ChannelPresence {
    Channel channel;
    std::vector<PresentMember> members;
};

/// Says who is online. Any thread of the HTTP pool; blocks on the stores and on the provider.
class PresenceService {
  public:
    PresenceService(Presence& presence, ChannelAccess& access, MenuStore& menus)
        : presence_(presence), access_(access), menus_(menus) {}

    /// The kitchen displays of a branch: who is in its kitchen channel. Errors as authorize() for
    /// kReadKitchen and as Presence::members() have them; kNotFound for a branch that is not there.
    Result<std::vector<PresentMember>> displays(const Caller& caller, const BranchId& branch);
    /// `channel_name` is the logical name. For whoever may join the channel, and the restaurant's
    /// API clients. kNotFound "channel_unknown" alike for what is no channel, of nothing and of
    /// another restaurant; kInvalid "channel_without_presence" for one that has no members.
    Result<ChannelPresence> read(const Caller& caller, std::string_view channel_name);

  private:
    Presence& presence_;
    ChannelAccess& access_;
    MenuStore& menus_;
};

}  // namespace orderpush::app

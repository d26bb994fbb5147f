#pragma once

#include "base/result.hpp"
#include "core/access/caller.hpp"
#include "core/restaurant/menu_store.hpp"
#include "usecases/access/channel_access.hpp"
#include "usecases/presence/presence_view.hpp"

#include <string_view>
#include <vector>

namespace orderpush::usecases {

struct ChannelPresence {
    Channel channel;
    ChannelRoster members;
};

/// The kitchen displays of a branch.
struct KitchenDisplays {
    ChannelRoster online;
    /// As PresenceView::read_recently_left().
    std::vector<DepartedMember> silent;
};

/// Says who is online. Any thread of the HTTP pool; blocks on the stores.
class PresenceService {
  public:
    PresenceService(PresenceView& presence, ChannelAccess& access, MenuStore& menus)
        : presence_(presence), access_(access), menus_(menus) {}

    /// Who is in the kitchen channel of a branch, and who was. Errors as authorize() for
    /// kReadKitchen and as PresenceView::read() have them; kNotFound for a branch that is not
    /// there.
    Result<KitchenDisplays> displays(const Caller& caller, const BranchId& branch);
    /// `channel_name` is the logical name. For whoever may join the channel, and the restaurant's
    /// API clients. kNotFound "channel_unknown" alike for what is no channel, of nothing and of
    /// another restaurant; kInvalid "channel_without_presence" for one that has no members.
    Result<ChannelPresence> read(const Caller& caller, std::string_view channel_name);

  private:
    PresenceView& presence_;
    ChannelAccess& access_;
    MenuStore& menus_;
};

}  // namespace orderpush::usecases

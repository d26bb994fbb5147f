#include "usecases/presence/presence_service.hpp"

#include "core/access/policy.hpp"
#include "usecases/access/branch_access.hpp"

#include <utility>

namespace orderpush::usecases {

Result<KitchenDisplays> PresenceService::displays(const Caller& caller, const BranchId& branch_id) {
    const auto branch =
        ORDERPUSH_TRY(find_allowed_branch(menus_, caller, Action::kReadKitchen, branch_id));
    const Channel channel = Channel::kitchen(branch.id);
    auto online = ORDERPUSH_TRY(presence_.read(channel));
    auto silent = ORDERPUSH_TRY(presence_.read_recently_left(channel));
    return KitchenDisplays{.online = std::move(online), .silent = std::move(silent)};
}

Result<ChannelPresence> PresenceService::read(const Caller& caller, std::string_view channel_name) {
    const auto channel = Channel::parse(channel_name);
    if (!channel) {
        return channel_unknown();
    }
    if (channel->kind() != ChannelKind::kPresence) {
        return Error{
            .kind = ErrorKind::kInvalid,
            .code = "channel_without_presence",
            .message = "This channel has no members: only kitchen, waiters and session have."};
    }
    if (auto allowed = access_.check_presence(caller, *channel); !allowed) {
        const bool is_unknown = allowed.error().kind == ErrorKind::kNotFound;
        return is_unknown ? channel_unknown() : std::move(allowed).error();
    }
    auto members = ORDERPUSH_TRY(presence_.read(*channel));
    return ChannelPresence{.channel = *channel, .members = std::move(members)};
}

}  // namespace orderpush::usecases

#include "usecases/access/channel_access.hpp"

namespace orderpush::usecases {

Result<void> ChannelAccess::check(const std::optional<Caller>& caller, const Channel& channel) {
    const auto action = join_action(channel);
    // A public channel needs no caller, but a branch: or every UUID would make a channel.
    if (!action) {
        const auto branch = menus_.find_branch(BranchId{channel.subject()});
        return branch ? Result<void>{} : branch.error();
    }
    if (!caller) {
        return Error{
            .kind = ErrorKind::kUnauthenticated,
            .code = "credential_missing",
            .message = "This channel is not public: send a token."};
    }
    const auto scope = ORDERPUSH_TRY(scope_of(*caller, channel));
    return authorize(*caller, *action, scope);
}

Result<void> ChannelAccess::check_presence(const Caller& caller, const Channel& channel) {
    // A server joins no channel, so it has none of the actions that joining needs; but it may see
    // who is there, as whoever reads the kitchen.
    if (!std::holds_alternative<ApiClient>(caller)) {
        return check(caller, channel);
    }
    const auto scope = ORDERPUSH_TRY(scope_of(caller, channel));
    return authorize(caller, Action::kReadKitchen, scope);
}

Result<std::optional<Timestamp>> ChannelAccess::seen_from(
    const std::optional<Caller>& caller, const Channel& channel
) {
    const auto* guest = caller ? std::get_if<Guest>(&*caller) : nullptr;
    // A table's channel outlives its sessions: what was published to the guests before is not for
    // those who sit there now.
    if (guest == nullptr || channel.audience() != Audience::kTable) {
        return std::optional<Timestamp>{};
    }
    const auto session = ORDERPUSH_TRY(sessions_.find(guest->session));
    return std::optional{session.opened_at};
}

Error channel_unknown() {
    return {
        .kind = ErrorKind::kNotFound,
        .code = "channel_unknown",
        .message = "There is no such channel."};
}

Result<Scope> ChannelAccess::scope_of(const Caller& caller, const Channel& channel) {
    switch (channel.audience()) {
        case Audience::kSession:
            return scope_of_session(SessionId{channel.subject()});
        case Audience::kTable:
            return scope_of_table(TableId{channel.subject()});
        case Audience::kOrder:
            return scope_of_order(OrderId{channel.subject()});
        case Audience::kKitchen:
        case Audience::kWaiters:
        case Audience::kTables:
        case Audience::kMenu:
            break;
    }
    return scope_of_branch(caller, BranchId{channel.subject()});
}

Result<Scope> ChannelAccess::scope_of_session(const SessionId& id) {
    const auto session = ORDERPUSH_TRY(sessions_.find(id));
    const Branch& branch = session.table.branch;
    return Scope{.restaurant = branch.restaurant, .branch = branch.id, .session = session.id};
}

Result<Scope> ChannelAccess::scope_of_table(const TableId& id) {
    const auto found = ORDERPUSH_TRY(sessions_.find_table(id));
    const auto& [table, open_session] = found;
    // The session that is open now: a guest of an earlier one no longer belongs to the table.
    return Scope{
        .restaurant = table.branch.restaurant, .branch = table.branch.id, .session = open_session};
}

Result<Scope> ChannelAccess::scope_of_order(const OrderId& id) {
    const auto order = ORDERPUSH_TRY(orders_.find(id));
    return Scope{.restaurant = order.restaurant, .branch = order.branch, .session = order.session};
}

Result<Scope> ChannelAccess::scope_of_branch(const Caller& caller, const BranchId& branch_id) {
    const auto* staff = std::get_if<StaffMember>(&caller);
    if (staff != nullptr && staff->branch == branch_id) {
        return Scope{.restaurant = staff->restaurant, .branch = branch_id};  // the token says it
    }
    const auto branch = ORDERPUSH_TRY(menus_.find_branch(branch_id));
    return Scope{.restaurant = branch.restaurant, .branch = branch.id};
}

}  // namespace orderpush::usecases

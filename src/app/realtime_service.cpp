#include "app/realtime_service.hpp"

#include <nlohmann/json.hpp>

namespace orderpush::app {
namespace {

using Json = nlohmann::ordered_json;

Error refused(std::string reason, std::string message) {
    return {
        .code = ErrorCode::kForbidden, .reason = std::move(reason), .message = std::move(message)};
}

/// The protocols know one refusal: whatever speaks against joining becomes kForbidden, with its
/// reason. A store that is away stays that.
Error as_refusal(Error error) {
    const bool is_verdict =
        error.code == ErrorCode::kNotFound || error.code == ErrorCode::kConflict;
    if (is_verdict) {
        error.code = ErrorCode::kForbidden;
    }
    return error;
}

PresenceMember member_of(const Caller& caller) {
    if (const auto* staff = std::get_if<StaffMember>(&caller)) {
        Json info{{"name", staff->name}, {"role", to_word(staff->role)}};
        if (staff->station) {
            info["station"] = to_string(*staff->station);
        }
        return {.id = "staff-" + to_string(staff->id), .info = info.dump()};
    }
    if (const auto* guest = std::get_if<Guest>(&caller)) {
        Json info = Json::object();
        if (guest->name) {
            info["name"] = *guest->name;
        }
        return {.id = "guest-" + guest->device_id, .info = info.dump()};
    }
    return {};
}

std::vector<Channel> channels_of(const StaffMember& staff) {
    std::vector<Channel> channels;
    if (staff.role != Role::kWaiter) {
        channels.push_back(Channel::kitchen(staff.branch));
    }
    if (staff.role != Role::kKitchen) {
        channels.push_back(Channel::waiters(staff.branch));
    }
    channels.push_back(Channel::tables(staff.branch));
    channels.push_back(Channel::menu(staff.branch));
    return channels;
}

std::vector<Channel> channels_of(const Caller& caller) {
    if (const auto* staff = std::get_if<StaffMember>(&caller)) {
        return channels_of(*staff);
    }
    if (const auto* guest = std::get_if<Guest>(&caller)) {
        return {
            Channel::session(guest->session),
            Channel::table(guest->table),
            Channel::menu(guest->branch)};
    }
    return {};
}

}  // namespace

RealtimeDescription RealtimeService::describe(const Caller& caller) const {
    RealtimeDescription description{.endpoint = deps_.endpoint, .channels = {}};
    for (const Channel& channel : channels_of(caller)) {
        description.channels.push_back({channel, deps_.authorizer.provider_name(channel)});
    }
    return description;
}

Result<ChannelGrant> RealtimeService::authorize_channel(
    const Caller& caller, std::string_view socket_id, std::string_view provider_channel
) {
    const auto channel = deps_.authorizer.channel_of(provider_channel);
    if (!channel) {
        return refused("channel_unknown", "There is no such channel.");
    }
    const auto action = join_action(*channel);
    if (!action) {
        return refused("channel_public", "This channel is public and needs no authorization.");
    }
    auto scope = scope_of(caller, *channel);
    if (!scope) {
        return as_refusal(std::move(scope).error());
    }
    if (auto allowed = authorize(caller, *action, *scope); !allowed) {
        return as_refusal(std::move(allowed).error());
    }
    return deps_.authorizer.grant(socket_id, *channel, member_of(caller));
}

Result<Scope> RealtimeService::scope_of(const Caller& caller, const Channel& channel) {
    switch (channel.audience()) {
        case Audience::kSession: {
            const auto session = deps_.sessions.find(SessionId{channel.subject()});
            if (!session) {
                return session.error();
            }
            const Branch& branch = session->table.branch;
            return Scope{
                .restaurant = branch.restaurant, .branch = branch.id, .session = session->id};
        }
        case Audience::kTable: {
            const auto found = deps_.sessions.find_table(TableId{channel.subject()});
            if (!found) {
                return found.error();
            }
            const auto& [table, open_session] = *found;
            return Scope{
                .restaurant = table.branch.restaurant,
                .branch = table.branch.id,
                .session = open_session};
        }
        case Audience::kOrder: {
            const auto order = deps_.orders.find(OrderId{channel.subject()});
            if (!order) {
                return order.error();
            }
            return Scope{
                .restaurant = order->restaurant,
                .branch = order->branch,
                .session = order->session};
        }
        case Audience::kKitchen:
        case Audience::kWaiters:
        case Audience::kTables:
        case Audience::kMenu:
            break;
    }
    return scope_of_branch(caller, BranchId{channel.subject()});
}

Result<Scope> RealtimeService::scope_of_branch(const Caller& caller, const BranchId& branch_id) {
    const auto* staff = std::get_if<StaffMember>(&caller);
    if (staff != nullptr && staff->branch == branch_id) {
        return Scope{.restaurant = staff->restaurant, .branch = branch_id};  // the token says it
    }
    const auto branch = deps_.menus.find_branch(branch_id);
    if (!branch) {
        return branch.error();
    }
    return Scope{.restaurant = branch->restaurant, .branch = branch->id};
}

}  // namespace orderpush::app

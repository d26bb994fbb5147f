#include "app/realtime_service.hpp"

#include "app/channel_joiner.hpp"

namespace orderpush::app {
namespace {

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

RealtimeProvider RealtimeService::provider() const {
    const std::size_t place = deps_.in_force();
    if (place == 0 || place > deps_.others.size()) {
        return {deps_.authorizer, deps_.endpoint};
    }
    return deps_.others[place - 1];
}

RealtimeDescription RealtimeService::describe(const Caller& caller) const {
    RealtimeProvider in_force = provider();
    RealtimeDescription description{.endpoint = std::move(in_force.endpoint), .channels = {}};
    for (const Channel& channel : channels_of(caller)) {
        description.channels.push_back({channel, in_force.authorizer.provider_name(channel)});
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
    if (channel->kind() == ChannelKind::kPublic) {
        return refused("channel_public", "This channel is public and needs no authorization.");
    }
    if (auto allowed = deps_.access.check(caller, *channel); !allowed) {
        return as_refusal(std::move(allowed).error());
    }
    return deps_.authorizer.grant(socket_id, *channel, joiner_of(caller));
}

}  // namespace orderpush::app

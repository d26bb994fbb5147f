#include "usecases/access/realtime_service.hpp"

#include "usecases/access/channel_joiner.hpp"

#include <algorithm>

namespace orderpush::usecases {
namespace {

Error refused(std::string code, std::string message) {
    return {.kind = ErrorKind::kForbidden, .code = std::move(code), .message = std::move(message)};
}

Error unknown_provider() {
    return refused("provider_unknown", "Nothing is signed for this provider here.");
}

/// The protocols know one refusal: whatever speaks against joining becomes kForbidden, with its
/// reason. A store that is away stays that.
Error as_refusal(Error error) {
    const bool is_verdict =
        error.kind == ErrorKind::kNotFound || error.kind == ErrorKind::kConflict;
    if (is_verdict) {
        error.kind = ErrorKind::kForbidden;
    }
    return error;
}

}  // namespace

RealtimeProvider RealtimeService::provider() const {
    const std::size_t place = deps_.in_force();
    if (place == 0 || place > deps_.others.size()) {
        return {deps_.authorizer, deps_.endpoint};
    }
    return deps_.others[place - 1];
}

Result<RealtimeDescription> RealtimeService::describe(const Caller& caller) const {
    const auto epoch = ORDERPUSH_TRY(deps_.epoch());
    RealtimeProvider in_force = provider();
    RealtimeDescription description{
        .endpoint = std::move(in_force.endpoint), .epoch = epoch, .channels = {}};
    for (const Channel& channel : usual_channels(caller)) {
        if (outlives_session(caller, channel) && !in_force.authorizer.ends_with_session()) {
            continue;
        }
        description.channels.push_back({channel, in_force.authorizer.provider_name(channel)});
    }
    return description;
}

std::vector<RealtimeEndpoint> RealtimeService::endpoints() const {
    std::vector<RealtimeEndpoint> all{deps_.endpoint};
    for (const RealtimeProvider& other : deps_.others) {
        all.push_back(other.endpoint);
    }
    return all;
}

Result<ChannelGrant> RealtimeService::authorize_channel(
    const Caller& caller,
    std::string_view socket_id,
    std::string_view provider_channel,
    std::string_view provider
) {
    const ChannelAuthorizer* const authorizer = authorizer_of(provider);
    if (authorizer == nullptr) {
        return unknown_provider();
    }
    const auto channel = authorizer->channel_of(provider_channel);
    if (!channel) {
        return refused("channel_unknown", "There is no such channel.");
    }
    if (channel->kind() == ChannelKind::kPublic) {
        return refused("channel_public", "This channel is public and needs no authorization.");
    }
    if (auto allowed = deps_.access.check(caller, *channel); !allowed) {
        return as_refusal(std::move(allowed).error());
    }
    if (outlives_session(caller, *channel) && !authorizer->ends_with_session()) {
        return refused(
            "forbidden",
            "This provider cannot end a subscription with the session: listen to session: instead."
        );
    }
    return authorizer->grant(socket_id, *channel, joiner_of(caller));
}

Result<UserGrant> RealtimeService::authorize_user(
    const Caller& caller, std::string_view socket_id, std::string_view provider
) {
    const ChannelAuthorizer* const authorizer = authorizer_of(provider);
    if (authorizer == nullptr) {
        return unknown_provider();
    }
    if (std::holds_alternative<ApiClient>(caller)) {
        return refused("forbidden", "An API key is nobody; ask with the token of the person.");
    }
    return authorizer->grant_user(socket_id, joiner_of(caller).member);
}

const ChannelAuthorizer* RealtimeService::authorizer_of(std::string_view name) const {
    const auto is_meant = [&](const RealtimeEndpoint& endpoint) {
        return name.empty() ? endpoint.protocol == "pusher" : endpoint.provider == name;
    };
    // Not only the provider in force: clients that have not moved after a failover still join
    // channels of the one before.
    const auto in_force = provider();
    if (is_meant(in_force.endpoint)) {
        return &in_force.authorizer;
    }
    if (is_meant(deps_.endpoint)) {
        return &deps_.authorizer;
    }
    const auto found = std::ranges::find_if(deps_.others, is_meant, &RealtimeProvider::endpoint);
    if (found != deps_.others.end()) {
        return &found->authorizer;
    }
    return name.empty() ? &in_force.authorizer : nullptr;  // which says why it signs nothing
}

}  // namespace orderpush::usecases

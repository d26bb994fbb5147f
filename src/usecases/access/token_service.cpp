#include "usecases/access/token_service.hpp"

#include "base/clock.hpp"
#include "usecases/access/channel_joiner.hpp"

#include <algorithm>
#include <utility>

namespace orderpush::usecases {
namespace {

using std::chrono::seconds;

Error refused(std::string code, std::string message) {
    return {.kind = ErrorKind::kForbidden, .code = std::move(code), .message = std::move(message)};
}

/// A verdict on the caller, as opposed to a store that is away.
bool is_verdict(const Error& error) {
    return error.kind == ErrorKind::kForbidden || error.kind == ErrorKind::kNotFound ||
           error.kind == ErrorKind::kConflict;
}

seconds lifetime_of(const TokenRequest& request) {
    const auto lifetime = std::chrono::floor<seconds>(
        request.lifetime.value_or(std::chrono::milliseconds{TokenService::kLifetimeMax})
    );
    return std::clamp<seconds>(lifetime, TokenService::kLifetimeMin, TokenService::kLifetimeMax);
}

}  // namespace

Result<std::string> TokenService::issue(const Caller& caller, const TokenRequest& request) {
    const ChannelJoiner joiner = joiner_of(caller);
    const std::string& client_id = joiner.member.id;
    // A provider's token is for whoever holds it: without a client id it could take any name.
    if (client_id.empty()) {
        return refused("forbidden", "An API key is nobody; ask with the token of the person.");
    }
    if (request.client_id && *request.client_id != client_id) {
        return refused("client_id_foreign", "This caller can only be " + client_id + '.');
    }
    auto capabilities = ORDERPUSH_TRY(allowed(caller, ORDERPUSH_TRY(requested(caller, request))));
    if (capabilities.empty()) {
        return refused("capability_empty", "Nothing of what was asked for is allowed.");
    }
    const TokenGrant grant{
        .client_id = client_id,
        .capabilities = std::move(capabilities),
        .lifetime = lifetime_of(request),
        .session = joiner.session};
    return request.is_request ? issuer_.token_request(grant, clock_.now())
                              : issuer_.token(grant, clock_.now());
}

Result<std::vector<ChannelCapability>> TokenService::requested(
    const Caller& caller, const TokenRequest& request
) const {
    CapabilityRequest wished{.is_for_all = true};
    if (request.capability) {
        auto read = ORDERPUSH_TRY(issuer_.read_capability(*request.capability));
        wished = std::move(read);
    }
    if (wished.is_for_all) {
        for (const Channel& channel : usual_channels(caller)) {
            wished.channels.push_back(
                {.channel = channel, .may_subscribe = true, .may_be_present = true}
            );
        }
    }
    return std::move(wished.channels);
}

Result<std::vector<ChannelCapability>> TokenService::allowed(
    const Caller& caller, std::vector<ChannelCapability> capabilities
) {
    std::vector<ChannelCapability> permitted;
    for (ChannelCapability& capability : capabilities) {
        capability.may_be_present =
            capability.may_be_present && capability.channel.kind() == ChannelKind::kPresence;
        const bool is_wanted = capability.may_subscribe || capability.may_be_present;
        const bool is_lasting =
            outlives_session(caller, capability.channel) && !issuer_.ends_with_session();
        if (!is_wanted || is_lasting) {
            continue;
        }
        const auto verdict = access_.check(caller, capability.channel);
        if (verdict) {
            permitted.push_back(capability);
        } else if (!is_verdict(verdict.error())) {
            // Leaving a channel out because a store is away would hand out a token that looks
            // whole.
            return verdict.error();
        }
    }
    return permitted;
}

}  // namespace orderpush::usecases

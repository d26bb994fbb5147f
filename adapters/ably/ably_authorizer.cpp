#include "adapters/ably/ably_authorizer.hpp"

namespace orderpush::adapters {
namespace {

Error token_needed() {
    return {
        .kind = ErrorKind::kForbidden,
        .code = "token_needed",
        .message = "Ably takes tokens: ask at /v1/realtime/ably/auth."};
}

}  // namespace

std::optional<Channel> AblyAuthorizer::channel_of(std::string_view provider_name) const {
    return Channel::parse(provider_name);
}

std::string AblyAuthorizer::provider_name(const Channel& channel) const {
    return channel.name();
}

Result<ChannelGrant> AblyAuthorizer::grant(std::string_view, const Channel&, const ChannelJoiner&)
    const {
    return token_needed();
}

Result<UserGrant> AblyAuthorizer::grant_user(std::string_view, const PresenceMember&) const {
    return token_needed();
}

}  // namespace orderpush::adapters

#include "adapters/builtin/builtin_authorizer.hpp"

#include "protocol/pusher_names.hpp"
#include "protocol/pusher_presence.hpp"

namespace orderpush::adapters {

std::optional<Channel> BuiltinAuthorizer::channel_of(std::string_view provider_name) const {
    return protocol::from_pusher_name(provider_name);
}

std::string BuiltinAuthorizer::provider_name(const Channel& channel) const {
    return protocol::to_pusher_name(channel);
}

Result<ChannelGrant> BuiltinAuthorizer::grant(
    std::string_view socket_id, const Channel& channel, const ChannelJoiner& joiner
) const {
    return protocol::grant_pusher_channel(app_, socket_id, channel, joiner);
}

Result<UserGrant> BuiltinAuthorizer::grant_user(
    std::string_view socket_id, const PresenceMember& member
) const {
    return protocol::grant_pusher_user(app_, socket_id, member);
}

}  // namespace orderpush::adapters

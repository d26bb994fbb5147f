#include "adapters/pusher/pusher_authorizer.hpp"

#include "protocol/pusher_names.hpp"
#include "protocol/pusher_presence.hpp"

namespace orderpush::adapters {

std::optional<Channel> PusherAuthorizer::channel_of(std::string_view provider_name) const {
    return protocol::from_pusher_name(provider_name);
}

std::string PusherAuthorizer::provider_name(const Channel& channel) const {
    return protocol::to_pusher_name(channel);
}

Result<ChannelGrant> PusherAuthorizer::grant(
    std::string_view socket_id, const Channel& channel, const ChannelJoiner& joiner
) const {
    if (!protocol::is_socket_id(socket_id)) {
        return protocol::socket_id_invalid();
    }
    ChannelGrant grant;
    if (channel.kind() == ChannelKind::kPresence) {
        grant.channel_data = protocol::pusher_channel_data(joiner.member);
    }
    const std::string text = protocol::channel_string_to_sign(
        socket_id, protocol::to_pusher_name(channel), grant.channel_data.value_or("")
    );
    grant.auth = protocol::sign_pusher_auth(app_, text);
    return grant;
}

Result<UserGrant> PusherAuthorizer::grant_user(
    std::string_view socket_id, const PresenceMember& member
) const {
    return protocol::grant_pusher_user(app_, socket_id, member);
}

}  // namespace orderpush::adapters

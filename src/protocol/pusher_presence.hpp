#pragma once

#include "base/result.hpp"
#include "core/access/channel_authorizer.hpp"
#include "protocol/pusher_signature.hpp"

#include <string>
#include <string_view>

namespace orderpush::protocol {

/// Signs for a private or presence channel what the joiner may: to a guest for its session, see
/// sign_guest_auth(). kInvalid "socket_id_invalid".
Result<ChannelGrant> grant_pusher_channel(
    const PusherApp& app,
    std::string_view socket_id,
    const Channel& channel,
    const ChannelJoiner& joiner
);

/// Signs a member in: user_data is {"id", "user_info"} (Pusher Channels, "User authentication").
/// kInvalid "socket_id_invalid", and "user_id_invalid" for an id that cannot be part of a channel's
/// name, which "#server-to-user-{id}" makes it.
Result<UserGrant> grant_pusher_user(
    const PusherApp& app, std::string_view socket_id, const PresenceMember& member
);

}  // namespace orderpush::protocol

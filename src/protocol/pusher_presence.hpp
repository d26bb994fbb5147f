#pragma once

#include "base/result.hpp"
#include "core/channel_authorizer.hpp"
#include "protocol/pusher_signature.hpp"

#include <string>
#include <string_view>

namespace orderpush::protocol {

/// kInvalid "socket_id_invalid".
Error socket_id_invalid();

/// The channel_data of a presence channel: {"user_id", "user_info"}. Signed and sent as this very
/// text. `member.info` is a JSON object and goes in as it is.
std::string pusher_channel_data(const PresenceMember& member);

/// Signs a member in: user_data is {"id", "user_info"} (Pusher Channels, "User authentication").
/// kInvalid "socket_id_invalid", and "user_id_invalid" for an id that cannot be part of a channel's
/// name, which "#server-to-user-{id}" makes it.
Result<UserGrant> grant_pusher_user(
    const PusherApp& app, std::string_view socket_id, const PresenceMember& member
);

}  // namespace orderpush::protocol

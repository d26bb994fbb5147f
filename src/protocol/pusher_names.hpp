#pragma once

#include "core/channel.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace orderpush::protocol {

/// Channel names as Pusher spells them (Pusher Channels protocol, "Channel naming conventions").

/// What a name's prefix asks for. Prefixes end with their hyphen: `private` and `presence` alone
/// are public names.
ChannelKind pusher_kind(std::string_view pusher_name) noexcept;
/// 1 to 200 characters of A-Za-z0-9_-=@,.; (the limit of 200 is what the SDKs check; the hosted
/// service documents 164).
bool is_pusher_channel_name(std::string_view pusher_name) noexcept;

/// What the channel of a user's own events begins with; the user's id follows.
inline constexpr std::string_view kPusherUserChannelPrefix = "#server-to-user-";
/// Whether the last event is kept for those who come later.
bool is_pusher_cache_channel(std::string_view pusher_name) noexcept;

/// "presence-kitchen-{branchId}" for kitchen:{branchId}, and so on; the menu has no prefix.
std::string to_pusher_name(const Channel& channel);
/// The inverse; nothing for a name that is not one of the restaurant's channels, or whose prefix is
/// not that channel's.
std::optional<Channel> from_pusher_name(std::string_view pusher_name);

}  // namespace orderpush::protocol

#pragma once

#include "core/events/channel.hpp"

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

/// Whether the channel keeps its last event for who comes later: cache-, private-cache-,
/// private-encrypted-cache-, presence-cache-.
bool is_pusher_cache_channel(std::string_view pusher_name) noexcept;
/// Whether only its subscribers can read it: private-encrypted-, private-encrypted-cache-.
bool is_pusher_encrypted_channel(std::string_view pusher_name) noexcept;

/// The id in "#server-to-user-{id}": what is published there reaches every connection that is
/// signed in as that user, and nobody else can join it. Nothing for any other name.
std::optional<std::string_view> user_of_pusher_channel(std::string_view pusher_name) noexcept;

/// "presence-kitchen-{branchId}" for kitchen:{branchId}, and so on; the menu has no prefix.
std::string to_pusher_name(const Channel& channel);
/// The inverse; nothing for a name that is not one of the restaurant's channels, or whose prefix is
/// not that channel's.
std::optional<Channel> from_pusher_name(std::string_view pusher_name);

}  // namespace orderpush::protocol

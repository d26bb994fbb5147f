#pragma once

#include "core/events/channel.hpp"
#include "protocol/pusher_names.hpp"
#include "realtime/hub/channel_rules.hpp"

#include <string_view>

namespace orderpush::realtime {

/// The application's part of a hub's key, "{appId}/"; empty for keys of the default application. No
/// channel name has a slash but those that begin with '#' and end in a user's id.
inline std::string_view app_prefix_of(std::string_view hub_key) noexcept {
    const auto slash = hub_key.starts_with('#') ? std::string_view::npos : hub_key.find('/');
    return slash == std::string_view::npos ? std::string_view{} : hub_key.substr(0, slash + 1);
}

/// The rest of it: the key that the channel would have in the default application, but for the
/// restaurant's channels, which only that has.
inline std::string_view without_app(std::string_view hub_key) noexcept {
    return hub_key.substr(app_prefix_of(hub_key).size());
}

/// Whether it is a user's own channel, such as "#server-to-user-7": no application can publish
/// there by its name, and no list shows it.
inline bool is_user_channel(std::string_view hub_key) noexcept {
    return without_app(hub_key).starts_with('#');
}

/// What Pusher's names say, for the hub that serves them.
inline constexpr ChannelRules kPusherChannelRules{
    .is_cache = [](std::string_view hub_key
                ) noexcept { return protocol::is_pusher_cache_channel(without_app(hub_key)); },
    .is_internal = is_user_channel,
    .is_reserved = [](std::string_view hub_key
                   ) noexcept { return Channel::parse(hub_key).has_value(); },
    .app_of = app_prefix_of};

}  // namespace orderpush::realtime

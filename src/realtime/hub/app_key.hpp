#pragma once

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

}  // namespace orderpush::realtime

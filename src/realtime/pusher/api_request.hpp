#pragma once

#include <string_view>

/// Which requests are the Pusher HTTP API's.
namespace orderpush::realtime {

/// The path as it is here: a proxy may forward "/realtime/apps/1/events" as it came, or without
/// "/realtime".
inline std::string_view without_prefix(
    std::string_view path, std::string_view path_prefix
) noexcept {
    const bool is_below = !path_prefix.empty() && path.starts_with(path_prefix) &&
                          path.substr(path_prefix.size()).starts_with('/');
    return is_below ? path.substr(path_prefix.size()) : path;
}

/// Whether a request is one for the Pusher HTTP API. The Python SDK asks for terminate_connections
/// at a path of its own.
inline bool is_api_request(std::string_view method, std::string_view path) noexcept {
    return (method == "POST" || method == "GET") &&
           (path.starts_with("/apps/") ||
            (path.starts_with("/users/") && path.ends_with("/terminate_connections")));
}

}  // namespace orderpush::realtime

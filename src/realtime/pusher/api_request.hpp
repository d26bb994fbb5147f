#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace orderpush::realtime {

/// A request to the Pusher HTTP API as it stood on the wire.
struct ApiRequest {
    /// In upper case.
    std::string_view method;
    /// Without the query, not decoded.
    std::string_view path;
    std::string_view query;
    std::string_view body;
    /// See without_prefix(); the path may begin with it.
    std::string_view path_prefix = {};
};

/// The path as it is here: a proxy may forward "/realtime/apps/1/events" as it came, or without
/// "/realtime".
inline std::string_view without_prefix(
    std::string_view path, std::string_view path_prefix
) noexcept {
    const bool is_below = !path_prefix.empty() && path.starts_with(path_prefix) &&
                          path.substr(path_prefix.size()).starts_with('/');
    return is_below ? path.substr(path_prefix.size()) : path;
}

struct ApiAnswer {
    int status = 200;
    /// A JSON object if the status is 200, else plain text that ends in a line feed.
    std::string body;
};

/// To be called exactly once, on any thread; never if the shards stop before.
using ApiReply = std::function<void(ApiAnswer answer)>;

/// Whether a request is one for the Pusher HTTP API. The Python SDK asks for terminate_connections
/// at a path of its own.
inline bool is_api_request(std::string_view method, std::string_view path) noexcept {
    return (method == "POST" || method == "GET") &&
           (path.starts_with("/apps/") ||
            (path.starts_with("/users/") && path.ends_with("/terminate_connections")));
}

}  // namespace orderpush::realtime

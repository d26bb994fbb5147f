#pragma once

#include "base/timestamp.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace orderpush::net {

using Headers = std::vector<std::pair<std::string, std::string>>;

/// One request of ours.
struct HttpRequest {
    std::string method = "POST";
    /// Absolute, http or https, already percent-encoded. May hold a signature: it never reaches a
    /// log or an error.
    std::string url;
    Headers headers = {};
    std::string body = {};
};

struct HttpResponse {
    int status = 0;
    /// Names in lower case.
    Headers headers = {};
    std::string body = {};

    /// The first header of this name (in lower case); empty if there is none.
    std::string_view header(std::string_view name) const;
};

/// How long the other side asks us to wait (RFC 9110, section 10.2.3: seconds, or a date), an hour
/// at most; nothing if it asks for nothing that can be understood.
std::optional<std::chrono::milliseconds> retry_after(const HttpResponse& response, Timestamp now);

/// 2xx.
bool is_success(int status) noexcept;

/// Whether a refusal with this status may be about what was in the request, as filters and limits
/// on the way answer too, rather than about its address, its time or its sender.
bool is_maybe_about_content(int status) noexcept;

/// Everything but RFC 3986's unreserved characters as %XX: for one segment of a path, or a value of
/// a query.
std::string percent_encode(std::string_view text);

/// The first `bytes_max` bytes of what the other side said, for people and logs: ASCII, with '?'
/// for every byte that is not, and no control characters.
std::string excerpt(std::string_view text, std::size_t bytes_max = 200);

}  // namespace orderpush::net

#pragma once

#include "protocol/http_message.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace orderpush::http_server {

/// What the connection adds to a response.
struct ResponseFraming {
    /// HEAD: the head that GET would get, and no body (RFC 9110, section 9.3.2).
    bool is_head = false;
    /// The value of Strict-Transport-Security (RFC 6797); empty: it is not sent.
    std::string_view strict_transport = {};
    /// How long the connection waits for the next request; nothing: it closes behind this response.
    std::optional<std::chrono::seconds> keep_alive = {};
};

/// The response as it goes onto the wire, in HTTP/1.1. The only place that writes one, but for the
/// interim response 100 and the switch to WebSocket.
std::string write_response(const protocol::HttpResponse& response, const ResponseFraming& framing);

}  // namespace orderpush::http_server

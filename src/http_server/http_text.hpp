#pragma once

#include "realtime/pusher/api_request.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace orderpush::http_server {

/// The few HTTP texts that the door writes itself. Pure functions, except for the random request
/// id.

/// An error of the door's own.
struct Problem {
    int status = 500;
    /// Stable machine word, e.g. "body_too_large".
    std::string_view code;
    /// A sentence for whoever reads the answer. Plain text that JSON need not escape.
    std::string_view detail;
    /// Further header lines, each ending in CRLF.
    std::string_view headers = "";
};

inline constexpr Problem kInternalProblem{
    .status = 500, .code = "internal", .detail = "The service failed to answer this request."};

/// A whole response with an RFC 9457 document and a new request id, which closes the connection.
/// `more_headers` are lines as Problem::headers.
std::string problem_response(const Problem& problem, std::string_view more_headers = "");

/// A whole response with a new request id. `more_headers` are lines as Problem::headers.
std::string api_response(
    const realtime::ApiAnswer& answer,
    bool is_kept_alive,
    std::chrono::seconds idle_timeout,
    std::string_view more_headers
);

/// The response with its Connection and Keep-Alive headers replaced by the door's own; nothing
/// changed in the body. Empty if `response` has no end of headers.
std::string with_connection_headers(
    std::string_view response, bool is_kept_alive, std::chrono::seconds idle_timeout
);

}  // namespace orderpush::http_server

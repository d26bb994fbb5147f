#pragma once

#include "base/result.hpp"
#include "protocol/http_message.hpp"

#include <chrono>
#include <string>
#include <utility>

/// Why the Pusher HTTP API refuses requests.
namespace orderpush::realtime::pusher_api {

/// As the hosted service has them.
inline int status_of(const Error& error) {
    switch (error.kind) {
        case ErrorKind::kUnauthenticated:
            return 401;
        case ErrorKind::kForbidden:
            return 403;
        case ErrorKind::kNotFound:
            return 404;
        case ErrorKind::kTooLarge:
            return 413;
        case ErrorKind::kUnavailable:
            return 503;
        default:
            return 400;
    }
}

/// The hosted service refuses in plain text, without a problem document.
inline void refuse(const protocol::HttpReply& reply, const Error& error) {
    protocol::HttpResponse response{
        .status = status_of(error),
        .body = error.message + '\n',
        .content_type = "text/plain; charset=utf-8"};
    if (error.retry_after) {
        response.headers.emplace_back("Retry-After", std::to_string(error.retry_after->count()));
    }
    reply(std::move(response));
}

inline Error bad_request(std::string message) {
    return {.kind = ErrorKind::kInvalid, .code = "request_invalid", .message = std::move(message)};
}

inline Error unauthenticated(std::string message) {
    return {
        .kind = ErrorKind::kUnauthenticated,
        .code = "request_auth_invalid",
        .message = std::move(message)};
}

inline Error not_found() {
    return {.kind = ErrorKind::kNotFound, .code = "not_found", .message = "404 NOT FOUND"};
}

inline Error disabled() {
    return {
        .kind = ErrorKind::kForbidden,
        .code = "app_disabled",
        .message = "The application is disabled"};
}

inline Error overloaded() {
    return {
        .kind = ErrorKind::kUnavailable,
        .code = "overloaded",
        .message = "The server cannot take the request now, try again",
        .retry_after = std::chrono::seconds{1}};
}

}  // namespace orderpush::realtime::pusher_api

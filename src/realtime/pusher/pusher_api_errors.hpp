#pragma once

#include "base/result.hpp"
#include "realtime/pusher/api_request.hpp"

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

inline void refuse(const ApiReply& reply, const Error& error) {
    reply({.status = status_of(error), .body = error.message + '\n'});
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
        .message = "The server cannot take the request now, try again"};
}

}  // namespace orderpush::realtime::pusher_api

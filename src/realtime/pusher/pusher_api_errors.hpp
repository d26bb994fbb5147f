#pragma once

#include "base/result.hpp"
#include "realtime/pusher/api_request.hpp"

#include <string>
#include <utility>

/// Why the Pusher HTTP API refuses requests.
namespace orderpush::realtime::pusher_api {

/// As the hosted service has them.
inline int status_of(const Error& error) {
    switch (error.code) {
        case ErrorCode::kUnauthenticated:
            return 401;
        case ErrorCode::kForbidden:
            return 403;
        case ErrorCode::kNotFound:
            return 404;
        case ErrorCode::kTooLarge:
            return 413;
        case ErrorCode::kUnavailable:
            return 503;
        default:
            return 400;
    }
}

inline void refuse(const ApiReply& reply, const Error& error) {
    reply({.status = status_of(error), .body = error.message + '\n'});
}

inline Error bad_request(std::string message) {
    return {
        .code = ErrorCode::kInvalid, .reason = "request_invalid", .message = std::move(message)};
}

inline Error unauthenticated(std::string message) {
    return {
        .code = ErrorCode::kUnauthenticated,
        .reason = "request_auth_invalid",
        .message = std::move(message)};
}

inline Error not_found() {
    return {.code = ErrorCode::kNotFound, .reason = "not_found", .message = "404 NOT FOUND"};
}

inline Error disabled() {
    return {
        .code = ErrorCode::kForbidden,
        .reason = "app_disabled",
        .message = "The application is disabled"};
}

inline Error overloaded() {
    return {
        .code = ErrorCode::kUnavailable,
        .reason = "overloaded",
        .message = "The server cannot take the request now, try again"};
}

}  // namespace orderpush::realtime::pusher_api

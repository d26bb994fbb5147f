#include "realtime/ably/access/refusal.hpp"

#include <utility>

namespace orderpush::realtime::ably {
namespace {

/// Codes are grouped by their first three digits, which are the status; these apart.
int status_of(int code) noexcept {
    switch (code) {
        case code::kMessageTooLarge:
            return 413;
        case code::kTimeout:
        case code::kUnavailable:
            return 503;
        default:
            return code / 100;
    }
}

}  // namespace

ErrorInfo refusal(int code, std::string message) {
    return {.code = code, .status = status_of(code), .message = std::move(message)};
}

}  // namespace orderpush::realtime::ably

#include "realtime/socketio/engine_io/polling_answers.hpp"

#include <array>
#include <string_view>
#include <utility>

namespace orderpush::realtime {
namespace {

constexpr int kOk = 200;
constexpr int kBadRequest = 400;
constexpr int kForbidden = 403;
constexpr int kUnavailable = 503;

/// By the number of the code.
constexpr std::array<std::string_view, 6> kMessages{
    "Transport unknown",
    "Session ID unknown",
    "Bad handshake method",
    "Bad request",
    "Forbidden",
    "Unsupported protocol version"};

/// Browsers would show a poll's answer to the next poll.
const protocol::HttpHeaders& uncached() {
    static const protocol::HttpHeaders kHeaders{{"Cache-Control", "no-store"}};
    return kHeaders;
}

protocol::HttpResponse refusal_of(int status, EngineRefusal refusal, std::string_view message) {
    return {
        .status = status,
        .body = R"({"code":)" + std::to_string(static_cast<int>(refusal)) + R"(,"message":")" +
                std::string{message} + R"("})",
        .headers = uncached()};
}

}  // namespace

protocol::HttpResponse engine_refusal(EngineRefusal refusal) {
    return refusal_of(
        refusal == EngineRefusal::kForbidden ? kForbidden : kBadRequest,
        refusal,
        kMessages.at(static_cast<std::size_t>(refusal))
    );
}

protocol::HttpResponse engine_overloaded() {
    return refusal_of(kUnavailable, EngineRefusal::kForbidden, "Too many sessions");
}

protocol::HttpResponse engine_packets(std::string packets) {
    return {
        .status = kOk,
        .body = std::move(packets),
        .content_type = "text/plain; charset=UTF-8",
        .headers = uncached()};
}

protocol::HttpResponse engine_accepted() {
    return {.status = kOk, .body = "ok", .content_type = "text/html", .headers = uncached()};
}

protocol::HttpResponse engine_status(int status) {
    return {.status = status, .body = {}, .headers = uncached()};
}

}  // namespace orderpush::realtime

#include "protocol/pusher_signature.hpp"

#include "base/crypto/crypto.hpp"

#include <algorithm>

namespace orderpush::protocol {
namespace {

bool is_decimal(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

/// Between the parts of a guest's auth, and of what is signed for it.
std::string with_session(std::string_view text, const SessionId& session) {
    return std::string{text} + ':' + to_string(session);
}

Error refused(std::string message) {
    return {
        .kind = ErrorKind::kForbidden,
        .code = "channel_auth_invalid",
        .message = std::move(message)};
}

Result<void> verify_signature(
    const PusherApp& app,
    std::string_view key,
    std::string_view signature,
    std::string_view string_to_sign
) {
    if (key != app.key) {
        return refused("Invalid key in subscription auth data: '" + std::string{key} + "'");
    }
    if (!is_hmac_sha256_hex(signature, app.secret, string_to_sign)) {
        return refused(
            "Invalid signature: Expected HMAC SHA256 hex digest of " + std::string{string_to_sign} +
            ", but got " + std::string{signature}
        );
    }
    return {};
}

}  // namespace

bool is_socket_id(std::string_view text) noexcept {
    const auto dot = text.find('.');
    return dot != std::string_view::npos && is_decimal(text.substr(0, dot)) &&
           is_decimal(text.substr(dot + 1));
}

std::string channel_string_to_sign(
    std::string_view socket_id, std::string_view channel, std::string_view channel_data
) {
    std::string text{socket_id};
    text.push_back(':');
    text += channel;
    if (!channel_data.empty()) {
        text.push_back(':');
        text += channel_data;
    }
    return text;
}

std::string user_string_to_sign(std::string_view socket_id, std::string_view user_data) {
    return std::string{socket_id}.append("::user::").append(user_data);
}

std::string sign_pusher_auth(const PusherApp& app, std::string_view string_to_sign) {
    return app.key + ':' + hmac_sha256_hex(app.secret, string_to_sign);
}

std::string sign_guest_auth(
    const PusherApp& app, std::string_view string_to_sign, const SessionId& session
) {
    return with_session(sign_pusher_auth(app, with_session(string_to_sign, session)), session);
}

std::optional<SessionId> session_of_auth(std::string_view auth) {
    if (std::ranges::count(auth, ':') != 2) {
        return std::nullopt;
    }
    return parse_id<SessionId>(auth.substr(auth.rfind(':') + 1));
}

Result<void> verify_pusher_auth(
    const PusherApp& app,
    std::string_view auth,
    std::string_view string_to_sign,
    std::string_view channel
) {
    const std::string name{channel};
    if (auth.empty()) {
        return refused("Auth info required to subscribe to " + name);
    }
    if (const auto session = session_of_auth(auth)) {
        return verify_pusher_auth(
            app, auth.substr(0, auth.rfind(':')), with_session(string_to_sign, *session), channel
        );
    }
    const auto colon = auth.find(':');
    if (colon == std::string_view::npos) {
        return refused(
            "Auth value for subscription to " + name +
            " is invalid: should be of format 'key:signature'"
        );
    }
    return verify_signature(app, auth.substr(0, colon), auth.substr(colon + 1), string_to_sign);
}

Result<void> verify_pusher_signin(
    const PusherApp& app, std::string_view auth, std::string_view string_to_sign
) {
    const auto colon = auth.find(':');
    if (colon == std::string_view::npos) {
        return refused("Invalid format: auth must have the format key:signature");
    }
    return verify_signature(app, auth.substr(0, colon), auth.substr(colon + 1), string_to_sign);
}

}  // namespace orderpush::protocol

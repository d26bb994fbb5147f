#pragma once

#include "base/result.hpp"

#include <string>
#include <string_view>

namespace orderpush::protocol {

/// The credentials of one Pusher application.
struct PusherApp {
    /// Decimal digits: some SDKs parse it as a number.
    std::string id;
    /// No ':', which separates key and signature.
    std::string key;
    std::string secret;
};

/// `^\d+\.\d+$`, whole: anything else could make a signature that is valid for something else.
bool is_socket_id(std::string_view text) noexcept;

/// What is signed for a channel: "{socket_id}:{channel}", and ":{channel_data}" behind it if that
/// is not empty. `channel_data` counts as opaque bytes (Pusher Channels, "Authentication
/// signatures").
std::string channel_string_to_sign(
    std::string_view socket_id, std::string_view channel, std::string_view channel_data
);

/// "key:hex(HMAC-SHA256(secret, text))".
std::string sign_pusher_auth(const PusherApp& app, std::string_view string_to_sign);

/// Whether `auth` is app.key and the right signature, compared in constant time. kForbidden with
/// the hosted service's texts otherwise, naming `channel`; they show the string that should have
/// been signed, never the expected digest.
Result<void> verify_pusher_auth(
    const PusherApp& app,
    std::string_view auth,
    std::string_view string_to_sign,
    std::string_view channel
);

}  // namespace orderpush::protocol

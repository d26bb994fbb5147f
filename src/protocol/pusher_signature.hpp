#pragma once

#include "base/result.hpp"
#include "core/ids.hpp"

#include <optional>
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

/// What is signed for a sign-in: "{socket_id}::user::{user_data}".
std::string user_string_to_sign(std::string_view socket_id, std::string_view user_data);

/// "key:hex(HMAC-SHA256(secret, text))".
std::string sign_pusher_auth(const PusherApp& app, std::string_view string_to_sign);

/// The built-in server's addition, for guests: "key:signature:session", signed over
/// "{text}:{session}". The SDKs pass it on as it is; what it grants ends with the table session.
/// The added part cannot be taken for another: no channel name and no socket id has a colon, and
/// JSON followed by one is not JSON.
std::string sign_guest_auth(
    const PusherApp& app, std::string_view string_to_sign, const SessionId& session
);
/// The session at the end of such an `auth`; nothing for the ordinary form.
std::optional<SessionId> session_of_auth(std::string_view auth);

/// Whether `auth`, in either form, is app.key and the right signature, compared in constant time.
/// kForbidden with the hosted service's texts otherwise, naming `channel`; they show the string
/// that should have been signed, never the expected digest.
Result<void> verify_pusher_auth(
    const PusherApp& app,
    std::string_view auth,
    std::string_view string_to_sign,
    std::string_view channel
);

/// The same for a sign-in, with the texts for that; a guest's form is none here.
Result<void> verify_pusher_signin(
    const PusherApp& app, std::string_view auth, std::string_view string_to_sign
);

}  // namespace orderpush::protocol

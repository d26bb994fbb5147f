#pragma once

#include "base/timestamp.hpp"
#include "core/ids.hpp"
#include "protocol/ably_key.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace orderpush::protocol {

/// The claim with the table session of a guest. Hosted Ably passes over claims that it does not
/// know; on the built-in server what the token is good for ends with the session.
inline constexpr const char* kAblySessionClaim = "orderpush-session";

/// What the bearer of an Ably token is allowed.
struct AblyClaims {
    std::string client_id;
    /// A JSON object of resource to operations, in the canonical form: keys and operations sorted,
    /// no spaces. It is signed as this very text.
    std::string capability;
    /// From a second to a day.
    std::chrono::seconds lifetime{};
    std::optional<SessionId> session = {};
};

/// The mac of a TokenRequest: base64 of HMAC-SHA256 over its six values, each with a newline behind
/// it (Ably, "Token request spec").
std::string token_request_mac(
    const AblyKey& key, const AblyClaims& claims, Timestamp timestamp, const std::string& nonce
);

/// A nonce that was never used. It is the one field of a TokenRequest in which the table session of
/// a guest can be signed too.
std::string token_request_nonce(const std::optional<SessionId>& session);
/// The session in such a nonce; nothing for any other.
std::optional<SessionId> session_of_nonce(std::string_view nonce);

/// A signed TokenRequest as JSON, good for one token at the service that knows the key. `nonce` has
/// at least 16 characters and is used once.
std::string token_request(
    const AblyKey& key, const AblyClaims& claims, Timestamp now, const std::string& nonce
);

/// An Ably JWT (HS256, `kid` is the key's name), valid from now.
std::string ably_jwt(const AblyKey& key, const AblyClaims& claims, Timestamp now);

}  // namespace orderpush::protocol

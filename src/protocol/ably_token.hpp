#pragma once

#include "base/timestamp.hpp"
#include "protocol/ably_key.hpp"

#include <chrono>
#include <string>

namespace orderpush::protocol {

/// What the bearer of an Ably token is allowed.
struct AblyClaims {
    std::string client_id;
    /// A JSON object of resource to operations, in the canonical form: keys and operations sorted,
    /// no spaces. It is signed as this very text.
    std::string capability;
    /// From a second to a day.
    std::chrono::seconds lifetime{};
};

/// The mac of a TokenRequest: base64 of HMAC-SHA256 over its six values, each with a newline behind
/// it (Ably, "Token request spec").
std::string token_request_mac(
    const AblyKey& key, const AblyClaims& claims, Timestamp timestamp, const std::string& nonce
);

/// A signed TokenRequest as JSON, good for one token at the service that knows the key. `nonce` has
/// at least 16 characters and is used once.
std::string token_request(
    const AblyKey& key, const AblyClaims& claims, Timestamp now, const std::string& nonce
);

/// An Ably JWT (HS256, `kid` is the key's name), valid from now.
std::string ably_jwt(const AblyKey& key, const AblyClaims& claims, Timestamp now);

}  // namespace orderpush::protocol

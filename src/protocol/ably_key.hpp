#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace orderpush::protocol {

/// An Ably API key, "appId.keyId:secret".
struct AblyKey {
    /// "appId.keyId": public, it stands in every token.
    std::string name;
    std::string secret;
};

/// Nothing if it is not of that form.
std::optional<AblyKey> parse_ably_key(std::string_view text);

/// The value of the header Authorization: "Basic …" (RFC 7617).
std::string basic_authorization(const AblyKey& key);

}  // namespace orderpush::protocol

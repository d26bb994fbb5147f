#pragma once

#include "base/result.hpp"
#include "base/timestamp.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace orderpush {

/// One signing secret. `kid` (RFC 7515, section 4.1.4) names it in the token's header.
struct JwtKey {
    std::string kid;
    std::string secret;
};

/// Signs and verifies JSON Web Tokens with HS256 only (RFC 7519). The first key signs, all of them
/// verify: that is rotation. Immutable; any thread.
class JwtKeyring {
  public:
    /// Requires at least one key.
    explicit JwtKeyring(std::vector<JwtKey> keys);

    /// `claims_json` is a JSON object.
    std::string sign(const std::string& claims_json) const;
    /// The claims of a token that one of the keys signed, that has not expired (`exp`, required)
    /// and is valid already (`nbf`, with a minute for clocks that differ), as a JSON object.
    /// kUnauthenticated otherwise: "token_expired" or "token_invalid", which is also said of a time
    /// that is no finite number.
    Result<std::string> verify(const std::string& token, Timestamp now) const;

  private:
    std::vector<JwtKey> keys_;
};

}  // namespace orderpush

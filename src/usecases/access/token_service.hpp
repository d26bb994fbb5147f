#pragma once

#include "core/access/caller.hpp"
#include "core/access/token_issuer.hpp"
#include "usecases/access/channel_access.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace orderpush {
class Clock;
}

namespace orderpush::usecases {

/// What a browser asks for with a token.
struct TokenRequest {
    /// As whom it wants to be known.
    std::optional<std::string> client_id = {};
    std::optional<std::chrono::milliseconds> lifetime = {};
    /// In the provider's form. Nothing: what the caller would usually join.
    std::optional<std::string> capability = {};
    /// A token request instead of a token.
    bool is_request = false;
};

/// Issues tokens that let a browser listen at the provider, for what the policy lets the caller
/// subscribe to and nothing else. They are short-lived, because nobody can take them back: the SDK
/// asks for the next. Any thread; blocks on the stores.
class TokenService {
  public:
    static constexpr std::chrono::minutes kLifetimeMax{15};
    static constexpr std::chrono::seconds kLifetimeMin{60};

    /// All outlive it.
    TokenService(const TokenIssuer& issuer, ChannelAccess& access, const Clock& clock)
        : issuer_(issuer), access_(access), clock_(clock) {}

    /// The token, or the token request as JSON. What is asked for and not allowed is left out.
    /// kForbidden if nothing is left ("capability_empty"), for another's name ("client_id_foreign")
    /// and for API clients; kInvalid for a capability that is none. A lifetime out of bounds is
    /// brought into them.
    Result<std::string> issue(const Caller& caller, const TokenRequest& request);

  private:
    Result<std::vector<ChannelCapability>> requested(
        const Caller& caller, const TokenRequest& request
    ) const;
    /// Of these, what the caller may do.
    Result<std::vector<ChannelCapability>> allowed(
        const Caller& caller, std::vector<ChannelCapability> capabilities
    );

    const TokenIssuer& issuer_;
    ChannelAccess& access_;
    const Clock& clock_;
};

}  // namespace orderpush::usecases

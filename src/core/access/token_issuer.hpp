#pragma once

#include "base/result.hpp"
#include "base/timestamp.hpp"
#include "core/events/channel.hpp"
#include "core/ids.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace orderpush {

/// What a bearer of a token may do on one channel.
struct ChannelCapability {
    Channel channel;
    bool may_subscribe = false;
    /// Be seen by the others in a presence channel.
    bool may_be_present = false;
};

/// What a browser asks for.
struct CapabilityRequest {
    /// Of whatever the caller would usually join, not only of `channels`.
    bool is_for_all = false;
    /// What is not one of the restaurant's channels is left out.
    std::vector<ChannelCapability> channels = {};
};

struct TokenGrant {
    /// The bearer's identity at the provider, as in presence channels; nobody can take another.
    std::string client_id;
    /// Not empty.
    std::vector<ChannelCapability> capabilities;
    std::chrono::seconds lifetime{};
    /// Guests: the table session that what the token is good for ends with, where the provider can
    /// do that.
    std::optional<SessionId> session = {};
};

/// Issues tokens for a provider that checks what they allow by itself, instead of asking for a
/// signature per channel. Stands beside that provider's adapter. Any thread; never blocks.
class TokenIssuer {
  public:
    TokenIssuer() = default;
    TokenIssuer(const TokenIssuer&) = delete;
    TokenIssuer& operator=(const TokenIssuer&) = delete;
    virtual ~TokenIssuer() = default;

    /// As ChannelAuthorizer::ends_with_session().
    virtual bool ends_with_session() const noexcept = 0;
    /// What a request in the provider's own form asks for; kInvalid "capability_invalid" for what
    /// is none.
    virtual Result<CapabilityRequest> read_capability(std::string_view text) const = 0;
    /// A signed token, good at the provider as it is.
    virtual std::string token(const TokenGrant& grant, Timestamp now) const = 0;
    /// A JSON document that the provider's SDK exchanges for a token, once.
    virtual std::string token_request(const TokenGrant& grant, Timestamp now) const = 0;
};

}  // namespace orderpush

#pragma once

#include "core/access/token_issuer.hpp"
#include "protocol/ably_key.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace orderpush::protocol {

/// Issues Ably JWTs and TokenRequests. Channels have their logical names there; operations are
/// `subscribe` and `presence`, never `publish`: only the service does that. A guest's token names
/// its table session.
class AblyTokenIssuer final : public TokenIssuer {
  public:
    /// Resources of one request.
    static constexpr std::size_t kResourcesMax = 50;

    /// `ends_with_session`: whether every service that takes tokens of this key does so.
    AblyTokenIssuer(AblyKey key, bool ends_with_session)
        : key_(std::move(key)), ends_with_session_(ends_with_session) {}

    bool ends_with_session() const noexcept override { return ends_with_session_; }
    /// Ably's capability JSON: {"order:…":["subscribe"],"*":["*"]}; "*" is for all, a leading
    /// "[?rewind=1]" is a parameter and no part of the name.
    Result<CapabilityRequest> read_capability(std::string_view text) const override;
    std::string token(const TokenGrant& grant, Timestamp now) const override;
    std::string token_request(const TokenGrant& grant, Timestamp now) const override;

  private:
    const AblyKey key_;
    const bool ends_with_session_;
};

}  // namespace orderpush::protocol

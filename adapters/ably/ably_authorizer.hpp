#pragma once

#include "core/access/channel_authorizer.hpp"
#include "core/access/token_issuer.hpp"
#include "protocol/ably_key.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace orderpush::adapters {

/// Issues Ably JWTs and TokenRequests. Channels have their logical names there; operations are
/// `subscribe` and `presence`, never `publish`: only the service does that. Ably asks for no
/// signature per channel or user, so that it grants none: kForbidden "token_needed".
class AblyAuthorizer final : public ChannelAuthorizer, public TokenIssuer {
  public:
    /// Resources of one request.
    static constexpr std::size_t kResourcesMax = 50;

    explicit AblyAuthorizer(protocol::AblyKey key) : key_(std::move(key)) {}

    std::optional<Channel> channel_of(std::string_view provider_name) const override;
    std::string provider_name(const Channel& channel) const override;
    bool ends_with_session() const noexcept override { return false; }
    Result<ChannelGrant> grant(
        std::string_view socket_id, const Channel& channel, const ChannelJoiner& joiner
    ) const override;
    Result<UserGrant> grant_user(std::string_view socket_id, const PresenceMember& member)
        const override;

    /// Ably's capability JSON: {"order:…":["subscribe"],"*":["*"]}; "*" is for all, a leading
    /// "[?rewind=1]" is a parameter and no part of the name.
    Result<CapabilityRequest> read_capability(std::string_view text) const override;
    std::string token(const TokenGrant& grant, Timestamp now) const override;
    std::string token_request(const TokenGrant& grant, Timestamp now) const override;

  private:
    const protocol::AblyKey key_;
};

}  // namespace orderpush::adapters

#pragma once

#include "core/access/channel_authorizer.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace orderpush::adapters {

/// Ably asks for no signature per channel or user, so that it grants none: kForbidden
/// "token_needed" (protocol::AblyTokenIssuer has the tokens). Channels have their logical names
/// there.
class AblyAuthorizer final : public ChannelAuthorizer {
  public:
    std::optional<Channel> channel_of(std::string_view provider_name) const override;
    std::string provider_name(const Channel& channel) const override;
    bool ends_with_session() const noexcept override { return false; }
    Result<ChannelGrant> grant(
        std::string_view socket_id, const Channel& channel, const ChannelJoiner& joiner
    ) const override;
    Result<UserGrant> grant_user(std::string_view socket_id, const PresenceMember& member)
        const override;
};

}  // namespace orderpush::adapters

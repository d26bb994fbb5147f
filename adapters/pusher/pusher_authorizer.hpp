#pragma once

#include "core/access/channel_authorizer.hpp"
#include "protocol/pusher_signature.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace orderpush::adapters {

/// Signs for the hosted Pusher Channels (or a server that speaks its protocol exactly). What a
/// guest was granted lasts as long as its connection: the service knows no table sessions.
class PusherAuthorizer final : public ChannelAuthorizer {
  public:
    explicit PusherAuthorizer(protocol::PusherApp app) : app_(std::move(app)) {}

    std::optional<Channel> channel_of(std::string_view provider_name) const override;
    std::string provider_name(const Channel& channel) const override;
    bool ends_with_session() const noexcept override { return false; }
    /// The member's info must be a JSON object.
    Result<ChannelGrant> grant(
        std::string_view socket_id, const Channel& channel, const ChannelJoiner& joiner
    ) const override;
    Result<UserGrant> grant_user(std::string_view socket_id, const PresenceMember& member)
        const override;

  private:
    const protocol::PusherApp app_;
};

}  // namespace orderpush::adapters

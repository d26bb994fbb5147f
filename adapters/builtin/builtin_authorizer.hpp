#pragma once

#include "core/access/channel_authorizer.hpp"
#include "protocol/pusher_signature.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace orderpush::adapters {

/// Signs for the built-in server, which speaks the Pusher protocol: its names, its signatures.
class BuiltinAuthorizer final : public ChannelAuthorizer {
  public:
    explicit BuiltinAuthorizer(protocol::PusherApp app) : app_(std::move(app)) {}

    std::optional<Channel> channel_of(std::string_view provider_name) const override;
    std::string provider_name(const Channel& channel) const override;
    bool ends_with_session() const noexcept override { return true; }
    /// The member's info must be a JSON object. What is granted to a guest ends with its session;
    /// for others it is exactly what the hosted service takes.
    Result<ChannelGrant> grant(
        std::string_view socket_id, const Channel& channel, const ChannelJoiner& joiner
    ) const override;
    Result<UserGrant> grant_user(std::string_view socket_id, const PresenceMember& member)
        const override;

  private:
    protocol::PusherApp app_;
};

}  // namespace orderpush::adapters

#pragma once

#include "base/result.hpp"
#include "core/events/channel.hpp"
#include "core/ids.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace orderpush {

/// What the others in a presence channel see of a member. Never an e-mail address, token or other
/// secret.
struct PresenceMember {
    /// "staff-{staffId}" or "guest-{id}".
    std::string id;
    /// A JSON object, e.g. {"name":"Ana","role":"KITCHEN"}.
    std::string info;
};

/// Who joins a channel.
struct ChannelJoiner {
    /// Used for presence channels only, and required there.
    PresenceMember member = {};
    /// What ends what they join, where the provider can do that: the table session of guests, the
    /// log-in of staff.
    std::optional<SessionId> session = {};
};

/// Proof for the provider that one connection may join one channel.
struct ChannelGrant {
    /// "key:signature"; the built-in server's is "key:signature:session".
    std::string auth;
    /// For presence channels: the exact text that was signed.
    std::optional<std::string> channel_data;
};

/// Proof for the provider of who is behind a connection.
struct UserGrant {
    /// "key:signature".
    std::string auth;
    /// The exact text that was signed.
    std::string user_data;
};

/// Signs for one provider what the policy allowed. Stands beside that provider's adapter. Any
/// thread; never blocks.
class ChannelAuthorizer {
  public:
    ChannelAuthorizer() = default;
    ChannelAuthorizer(const ChannelAuthorizer&) = delete;
    ChannelAuthorizer& operator=(const ChannelAuthorizer&) = delete;
    virtual ~ChannelAuthorizer() = default;

    /// The logical channel behind the provider's spelling; nothing for names that are not the
    /// restaurant's.
    virtual std::optional<Channel> channel_of(std::string_view provider_name) const = 0;
    /// The provider's spelling.
    virtual std::string provider_name(const Channel& channel) const = 0;
    /// Whether the provider ends what a guest has joined when its table session closes. Where it
    /// does not, a guest is let into nothing that outlives its session.
    virtual bool ends_with_session() const noexcept = 0;
    /// Signs for a private or presence channel. kInvalid for a malformed `socket_id`: a crafted
    /// one would sign something else.
    virtual Result<ChannelGrant> grant(
        std::string_view socket_id, const Channel& channel, const ChannelJoiner& joiner
    ) const = 0;
    /// Signs who is behind a connection. kInvalid for a malformed `socket_id`, and for a member
    /// whose id cannot be one there.
    virtual Result<UserGrant> grant_user(std::string_view socket_id, const PresenceMember& member)
        const = 0;
};

}  // namespace orderpush

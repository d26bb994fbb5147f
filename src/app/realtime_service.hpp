#pragma once

#include "app/channel_access.hpp"
#include "base/result.hpp"
#include "core/caller.hpp"
#include "core/channel.hpp"
#include "core/channel_authorizer.hpp"

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace orderpush::app {

/// What a browser needs to connect to the provider in force.
struct RealtimeEndpoint {
    /// The adapter's name: "builtin".
    std::string provider;
    /// The protocol its SDK speaks: "pusher".
    std::string protocol;
    /// The application's public key.
    std::string key;
    std::string host;
    int port = 0;
    bool is_tls = false;
    /// Absolute URL of the channel authorization endpoint.
    std::string auth_url;
};

/// One channel of a caller, in both spellings.
struct OfferedChannel {
    Channel channel;
    std::string provider_name;
};

struct RealtimeDescription {
    RealtimeEndpoint endpoint;
    std::vector<OfferedChannel> channels;
};

/// One provider that clients may be told to use.
struct RealtimeProvider {
    ChannelAuthorizer& authorizer;
    RealtimeEndpoint endpoint;
};

struct RealtimeServiceDependencies {
    ChannelAuthorizer& authorizer;
    ChannelAccess& access;
    RealtimeEndpoint endpoint;
    /// Those behind the one above.
    std::vector<RealtimeProvider> others = {};
    /// Which is in force: 0 for the first, then the others. Any thread.
    std::function<std::size_t()> in_force = [] { return std::size_t{0}; };
};

/// Says where to listen, and signs for the provider who may listen to what. Any thread; blocks on
/// the stores where a channel's owner has to be looked up.
class RealtimeService {
  public:
    explicit RealtimeService(RealtimeServiceDependencies dependencies)
        : deps_(std::move(dependencies)) {}

    /// The provider in force and the channels that this caller would usually join.
    RealtimeDescription describe(const Caller& caller) const;
    /// `provider_channel` is the provider's spelling. kForbidden with the reason for every channel
    /// the caller may not join, those of another restaurant and unknown ones included (the protocol
    /// knows no other refusal); kInvalid for a malformed socket id.
    Result<ChannelGrant> authorize_channel(
        const Caller& caller, std::string_view socket_id, std::string_view provider_channel
    );

  private:
    /// The provider in force.
    RealtimeProvider provider() const;

    RealtimeServiceDependencies deps_;
};

}  // namespace orderpush::app

#pragma once

#include "base/result.hpp"
#include "core/caller.hpp"
#include "core/channel.hpp"
#include "core/channel_authorizer.hpp"
#include "core/menu_store.hpp"
#include "core/order_store.hpp"
#include "core/policy.hpp"
#include "core/session_store.hpp"

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

struct RealtimeServiceDependencies {
    ChannelAuthorizer& authorizer;
    MenuStore& menus;
    OrderStore& orders;
    SessionStore& sessions;
    RealtimeEndpoint endpoint;
};

/// Decides who may listen to what, and signs it for the provider. Any thread; blocks on the stores
/// where a channel's owner has to be looked up.
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
    Result<Scope> scope_of(const Caller& caller, const Channel& channel);
    Result<Scope> scope_of_branch(const Caller& caller, const BranchId& branch);

    RealtimeServiceDependencies deps_;
};

}  // namespace orderpush::app

#pragma once

#include "base/result.hpp"
#include "core/access/caller.hpp"
#include "core/access/channel_authorizer.hpp"
#include "core/events/channel.hpp"
#include "core/events/log_epoch.hpp"
#include "usecases/access/channel_access.hpp"

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace orderpush::usecases {

/// What a browser needs to connect to the provider in force.
struct RealtimeEndpoint {
    /// The adapter's name: "builtin", "pusher", "ably".
    std::string provider;
    /// The protocol its SDK speaks: "pusher" or "ably".
    std::string protocol;
    /// The application's public key; Ably's clients need none.
    std::string key = {};
    /// The hosted Pusher's cluster, which determines its hosts; then those below are unused.
    std::string cluster = {};
    /// Empty: the SDK knows the provider's own.
    std::string host = {};
    int port = 0;
    bool is_tls = false;
    /// What stands before the socket's own path on that host; begins with a slash, or is empty.
    std::string path_prefix = {};
    /// Absolute URL of the channel authorization endpoint, or Ably's token endpoint.
    std::string auth_url = {};
    /// Absolute URL of the user authentication endpoint; empty where users do not sign in.
    std::string user_auth_url = {};
    /// Absolute URL of the token endpoint of Ably's clients, where they can connect to the same
    /// host as well; empty: they cannot.
    std::string ably_auth_url = {};
};

/// One channel of a caller, in both spellings.
struct OfferedChannel {
    Channel channel;
    std::string provider_name;
};

struct RealtimeDescription {
    RealtimeEndpoint endpoint;
    /// Of the logs whose events are pushed.
    EpochId epoch;
    std::vector<OfferedChannel> channels;
};

/// One provider that clients may be directed to.
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
    /// Of the logs. Any thread; may block on the store.
    std::function<Result<EpochId>()> epoch = [] { return EpochId{}; };
};

/// Says where to listen, and signs for the provider who may listen to what. Any thread; blocks on
/// the stores where a channel's owner has to be looked up.
class RealtimeService {
  public:
    explicit RealtimeService(RealtimeServiceDependencies dependencies)
        : deps_(std::move(dependencies)) {}

    /// The provider in force, the epoch, and the channels that this caller would usually join.
    /// Errors of the store that has the epoch.
    Result<RealtimeDescription> describe(const Caller& caller) const;
    /// Of every provider that clients may ever be directed to.
    std::vector<RealtimeEndpoint> endpoints() const;
    /// `provider_channel` is the provider's spelling. kForbidden with the reason for every channel
    /// the caller may not join, those of another restaurant and unknown ones included (the protocol
    /// knows no other refusal); kInvalid for a malformed socket id. `provider` is the name of the
    /// adapter whose keys sign: while events go another way, clients of both ways connect. Empty:
    /// of the one in force.
    Result<ChannelGrant> authorize_channel(
        const Caller& caller,
        std::string_view socket_id,
        std::string_view provider_channel,
        std::string_view provider = {}
    );
    /// Signs who the caller is, for the SDK's sign-in. Errors as above.
    Result<UserGrant> authorize_user(
        const Caller& caller, std::string_view socket_id, std::string_view provider = {}
    );

  private:
    /// The provider in force.
    RealtimeProvider provider() const;
    /// Null for a name that is not known. Empty: the one in force, or the first that takes
    /// signatures.
    const ChannelAuthorizer* authorizer_of(std::string_view name) const;

    RealtimeServiceDependencies deps_;
};

}  // namespace orderpush::usecases

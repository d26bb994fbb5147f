#pragma once

#include "base/result.hpp"
#include "protocol/ably_key.hpp"
#include "protocol/pusher_signature.hpp"

#include <optional>
#include <string>

namespace orderpush {

/// Scheme, host and port of a server, without a path.
struct ServerAddress {
    bool is_tls = true;
    std::string host;
    int port = 443;

    /// "https://push.example:8443"; the scheme's own port is left out.
    std::string origin() const;
};

/// What the environment says of the hosted providers, as given: it is checked only for those that
/// are used.
struct ProviderTexts {
    std::string pusher_app_id;
    std::string pusher_key;
    std::string pusher_secret;
    std::string pusher_cluster;
    std::string pusher_host;
    std::string pusher_url;
    std::string ably_api_key;
    std::string ably_rest_host;
};

/// The hosted Pusher Channels, or a server that speaks its protocol.
struct PusherProvider {
    protocol::PusherApp app;
    /// Of the hosted service; empty: `server` is ours.
    std::string cluster = {};
    /// Of the HTTP API.
    ServerAddress server = {};
};

struct AblyProvider {
    protocol::AblyKey key;
    /// Nothing: the hosted service, with its fallbacks.
    std::optional<ServerAddress> server;
};

/// kInvalid with a fault per setting that is missing or wrong. PUSHER_URL
/// ("https://key:secret@api-eu.pusher.com/apps/77001") says what the others do not.
Result<PusherProvider> read_pusher(const ProviderTexts& texts);
Result<AblyProvider> read_ably(const ProviderTexts& texts);

}  // namespace orderpush

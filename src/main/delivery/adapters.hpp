#pragma once

#include "core/access/channel_authorizer.hpp"
#include "core/access/token_issuer.hpp"
#include "core/delivery/push_adapter.hpp"
#include "core/incoming_webhooks/incoming_webhook_source.hpp"
#include "core/presence/presence_source.hpp"
#include "main/settings/settings.hpp"
#include "net/http_client.hpp"
#include "realtime/hub/hub.hpp"
#include "usecases/access/realtime_service.hpp"

#include <functional>
#include <memory>
#include <vector>

namespace orderpush {

class Clock;

/// What an adapter is made of; all of it outlives the adapter.
struct AdapterSources {
    const Settings& settings;
    realtime::Hub& hub;
    net::HttpClient& http;
    const Clock& clock;
};

/// One way to push, whole: the adapter, and what browsers need to listen to it.
struct Adapter {
    std::unique_ptr<PushAdapter> push;
    std::unique_ptr<ChannelAuthorizer> authorizer;
    std::function<usecases::RealtimeEndpoint(const PublicUrl& url)> endpoint;
    /// Null where browsers never need a token.
    std::unique_ptr<TokenIssuer> tokens = {};
    /// Null for the built-in server, whose hub reports members itself.
    std::unique_ptr<PresenceSource> presence = {};
    /// Null where nobody calls us.
    std::unique_ptr<IncomingWebhookSource> webhooks = {};
};

/// Those of the settings, in their order. Requires names out of kAdapterNames, as load_settings()
/// checks.
std::vector<Adapter> make_adapters(const AdapterSources& sources);

/// Whose tokens are good wherever Ably's clients may be directed to: hosted Ably's, which the
/// built-in server takes too, else its own. Null: no client needs any.
const TokenIssuer* token_issuer(const std::vector<Adapter>& adapters);

// The parts of all adapters, in their order; without those that have none.
std::vector<PushAdapter*> push_adapters(const std::vector<Adapter>& adapters);
std::vector<PresenceSource*> presence_sources(const std::vector<Adapter>& adapters);
std::vector<const IncomingWebhookSource*> webhook_sources(const std::vector<Adapter>& adapters);

}  // namespace orderpush

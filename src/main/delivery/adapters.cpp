#include "main/delivery/adapters.hpp"

#include "adapters/ably/ably_adapter.hpp"
#include "adapters/ably/ably_authorizer.hpp"
#include "adapters/ably/ably_presence.hpp"
#include "adapters/builtin/builtin_adapter.hpp"
#include "adapters/builtin/builtin_authorizer.hpp"
#include "adapters/pusher/pusher_adapter.hpp"
#include "adapters/pusher/pusher_authorizer.hpp"
#include "adapters/pusher/pusher_presence.hpp"
#include "main/settings/adapter_names.hpp"
#include "protocol/ably_token_issuer.hpp"
#include "realtime/ably/access/ably_keys.hpp"
#include "webhooks/ably/ably_webhooks.hpp"
#include "webhooks/pusher/pusher_webhooks.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string>
#include <utility>

namespace orderpush {
namespace {

Adapter make_builtin(const AdapterSources& sources) {
    const Settings& settings = sources.settings;
    return {
        .push = std::make_unique<adapters::BuiltinAdapter>(
            sources.hub, adapters::BuiltinOptions{.reconnect_hold = settings.builtin_reconnect_hold}
        ),
        .authorizer = std::make_unique<adapters::BuiltinAuthorizer>(settings.builtin_app),
        .endpoint = [key = settings.builtin_app.key,
                     path_prefix = settings.builtin_path_prefix](const PublicUrl& url
                    ) -> usecases::RealtimeEndpoint {
            // Ably's SDKs know no prefix of paths.
            const bool has_ably = path_prefix.empty();
            return {
                .provider = "builtin",
                .protocol = "pusher",
                .key = key,
                .host = url.host,
                .port = url.port,
                .is_tls = url.is_tls,
                .path_prefix = path_prefix,
                .auth_url = url.origin() + "/v1/realtime/pusher/auth",
                .ably_auth_url = has_ably ? url.origin() + "/v1/realtime/ably/auth" : ""};
        },
        .tokens = std::make_unique<protocol::AblyTokenIssuer>(
            realtime::ably::ably_key_of(settings.builtin_app), true
        )};
}

Adapter make_pusher(const AdapterSources& sources) {
    const PusherProvider& provider = sources.settings.pusher.value();
    const adapters::PusherOptions options{.app = provider.app, .origin = provider.server.origin()};
    return {
        .push = std::make_unique<adapters::PusherAdapter>(sources.http, sources.clock, options),
        .authorizer = std::make_unique<adapters::PusherAuthorizer>(provider.app),
        .endpoint = [provider](const PublicUrl& url) -> usecases::RealtimeEndpoint {
            return {
                .provider = "pusher",
                .protocol = "pusher",
                .key = provider.app.key,
                .cluster = provider.cluster,
                .host = provider.server.host,
                .port = provider.server.port,
                .is_tls = provider.server.is_tls,
                .auth_url = url.origin() + "/v1/realtime/pusher/auth",
                .user_auth_url = url.origin() + "/v1/realtime/pusher/user-auth"};
        },
        .presence =
            std::make_unique<adapters::PusherPresence>(sources.http, sources.clock, options),
        .webhooks = std::make_unique<webhooks::PusherWebhooks>(provider.app)};
}

Adapter make_ably(const AdapterSources& sources) {
    const AblyProvider& provider = sources.settings.ably.value();
    const ServerAddress own = provider.server.value_or(ServerAddress{});
    const adapters::AblyOptions options{
        .key = provider.key,
        .origins = provider.server ? std::vector{own.origin()} : adapters::ably_origins()};
    return {
        .push = std::make_unique<adapters::AblyAdapter>(sources.http, sources.clock, options),
        .authorizer = std::make_unique<adapters::AblyAuthorizer>(),
        .endpoint = [own](const PublicUrl& url) -> usecases::RealtimeEndpoint {
            return {
                .provider = "ably",
                .protocol = "ably",
                .host = own.host,
                .port = own.port,
                .is_tls = own.is_tls,
                .auth_url = url.origin() + "/v1/realtime/ably/auth"};
        },
        .tokens = std::make_unique<protocol::AblyTokenIssuer>(provider.key, false),
        .presence = std::make_unique<adapters::AblyPresence>(sources.http, options),
        .webhooks = std::make_unique<webhooks::AblyWebhooks>(webhooks::AblyWebhooksOptions{
            .key = provider.key, .token = sources.settings.ably_webhook_token})};
}

using Factory = Adapter (*)(const AdapterSources& sources);

// At the places of their names.
constexpr std::array<Factory, kAdapterNames.size()> kFactories{
    make_builtin, make_pusher, make_ably};

}  // namespace

std::vector<Adapter> make_adapters(const AdapterSources& sources) {
    std::vector<Adapter> made;
    for (const std::string& name : sources.settings.push_adapters) {
        const auto found = std::ranges::find(kAdapterNames, name);
        if (found == kAdapterNames.end()) {
            throw std::invalid_argument("no adapter of this name: " + name);
        }
        made.push_back(kFactories.at(static_cast<std::size_t>(found - kAdapterNames.begin())
        )(sources));
    }
    return made;
}

const TokenIssuer* token_issuer(const std::vector<Adapter>& adapters) {
    const TokenIssuer* found = nullptr;
    for (const Adapter& adapter : adapters) {
        if (adapter.tokens && (found == nullptr || adapter.push->name() == "ably")) {
            found = adapter.tokens.get();
        }
    }
    return found;
}

std::vector<PushAdapter*> push_adapters(const std::vector<Adapter>& adapters) {
    std::vector<PushAdapter*> found;
    for (const Adapter& adapter : adapters) {
        found.push_back(adapter.push.get());
    }
    return found;
}

std::vector<PresenceSource*> presence_sources(const std::vector<Adapter>& adapters) {
    std::vector<PresenceSource*> found;
    for (const Adapter& adapter : adapters) {
        if (adapter.presence) {
            found.push_back(adapter.presence.get());
        }
    }
    return found;
}

std::vector<const IncomingWebhookSource*> webhook_sources(const std::vector<Adapter>& adapters) {
    std::vector<const IncomingWebhookSource*> found;
    for (const Adapter& adapter : adapters) {
        if (adapter.webhooks) {
            found.push_back(adapter.webhooks.get());
        }
    }
    return found;
}

}  // namespace orderpush

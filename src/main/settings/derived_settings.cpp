#include "main/settings/derived_settings.hpp"

#include <optional>
#include <string>
#include <vector>

namespace orderpush {

HostedApp default_hosted_app(const Settings& settings) {
    return {
        .id = settings.builtin_app.id,
        .key = settings.builtin_app.key,
        .secret = settings.builtin_app.secret,
        .connections_max = settings.builtin_limits.connections_max > 0
                               ? std::optional{settings.builtin_limits.connections_max}
                               : std::nullopt,
        .event_bytes_max = settings.builtin_limits.event_data_bytes_max,
        .has_client_events = settings.builtin_limits.has_client_events,
        .has_subscription_count = settings.builtin_limits.has_subscription_counts,
        .webhook_urls = settings.builtin_webhooks.targets};
}

std::vector<protocol::AblyKey> further_ably_keys(const Settings& settings) {
    const auto hosted = protocol::parse_ably_key(settings.provider_texts.ably_api_key);
    return hosted ? std::vector{*hosted} : std::vector<protocol::AblyKey>{};
}

SecretBox make_secret_box(const Settings& settings) {
    std::vector<std::string> secrets;
    for (const JwtKey& key : settings.jwt_keys) {
        secrets.push_back(key.secret);
    }
    return SecretBox{secrets};
}

}  // namespace orderpush

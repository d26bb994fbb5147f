#include "main/service/services.hpp"

#include "usecases/metrics_table.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace orderpush {
namespace {

usecases::IncomingWebhookServiceDependencies webhook_dependencies(
    Platform& platform,
    storage::Stores& stores,
    const std::vector<Adapter>& adapters,
    Presence& presence
) {
    return {
        .sources = webhook_sources(adapters),
        .receipts = stores.incoming_webhooks(),
        .clock = platform.clock,
        .on_stored = [&presence] { presence.incoming_webhooks.notify(); },
        .on_verdict =
            [&metrics =
                 platform.metrics](std::string_view provider, usecases::WebhookVerdict verdict) {
                metrics.counter(usecases::figure::kWebhooks, {provider, to_string(verdict)}).add();
            }};
}

/// Of several adapters each has its own keys, so that clients must say whose they want.
usecases::RealtimeEndpoint endpoint_of(
    const Adapter& adapter, const PublicUrl& url, bool is_one_of_several
) {
    usecases::RealtimeEndpoint endpoint = adapter.endpoint(url);
    if (is_one_of_several && endpoint.protocol == "pusher") {
        for (std::string* const address : {&endpoint.auth_url, &endpoint.user_auth_url}) {
            *address += address->empty() ? "" : "?provider=" + endpoint.provider;
        }
    }
    return endpoint;
}

}  // namespace

Services::Services(
    Platform& platform,
    Database& database,
    const std::vector<Adapter>& adapters,
    Presence& presence_part,
    Delivery& delivery,
    usecases::EndedLogins& ended_logins
)
    : platform_(platform),
      stores_(database.stores),
      presence_(presence_part),
      relays_(delivery.relays),
      database_watch_(delivery.database_watch),
      adapters_(adapters),
      ended_logins_(ended_logins),
      ids_(platform.ids),
      clock_(platform.clock),
      incoming_webhooks(
          webhook_dependencies(platform, database.stores, adapters, presence_part),
          {.age_max = platform.settings.webhook_age_max}
      ) {
    receipts.observe(receipt_metrics);
    if (const TokenIssuer* const issuer = token_issuer(adapters)) {
        ably_tokens.emplace(*issuer, channel_access, platform.machine_clock);
    }
}

void Services::set_public_url(const PublicUrl& url) {
    const bool are_several = adapters_.size() > 1;
    const Adapter& first = adapters_.front();
    usecases::RealtimeServiceDependencies dependencies{
        .authorizer = *first.authorizer,
        .access = channel_access,
        .endpoint = endpoint_of(first, url, are_several),
        .in_force = [this] { return relays_.in_force(); },
        .epoch = [this] { return database_watch_.epoch(); }};
    for (std::size_t i = 1; i < adapters_.size(); ++i) {
        dependencies.others.push_back(
            {*adapters_[i].authorizer, endpoint_of(adapters_[i], url, are_several)}
        );
    }
    realtime.emplace(std::move(dependencies));
}

}  // namespace orderpush

#include "main/service/http_api.hpp"

#include "main/http/web_folder.hpp"

#include <utility>

namespace orderpush {

PublicUrl public_url(const Settings& settings, std::uint16_t bound_port) {
    return settings.public_url.value_or(PublicUrl{
        .is_tls = !settings.tls_files.certificate.empty(), .host = "localhost", .port = bound_port}
    );
}

// One line per service.
http::Services http_services(
    Platform& platform, Services& services, OutgoingWebhooks& outgoing_webhooks, ServiceState state
) {
    return {
        .authenticator = services.authenticator,
        .orders = services.orders,
        .tickets = services.tickets,
        .sessions = services.sessions,
        .menus = services.menus,
        .kitchen = services.kitchen,
        .staff = services.staff,
        .api_keys = services.api_keys,
        .restaurants = services.restaurants,
        .branches = services.branches,
        .audit = services.audit,
        .tables = services.tables,
        .payments = services.payments,
        .realtime = services.realtime.value(),
        .catch_up = services.catch_up,
        .presence = services.presence,
        .deliveries = services.deliveries,
        .receipts = services.receipts,
        .timelines = services.timelines,
        .operations = services.operations,
        .outgoing_webhooks = outgoing_webhooks.service(),
        .restaurant_webhooks = outgoing_webhooks.restaurants(),
        .webhooks = services.incoming_webhooks,
        .ids = platform.ids,
        .readiness = std::move(state.readiness),
        .may_write = std::move(state.may_write),
        .ably_tokens = services.ably_tokens ? &*services.ably_tokens : nullptr,
        .metrics = {.registry = &platform.metrics, .token = platform.settings.metrics_token},
        .operator_token = platform.settings.operator_token};
}

http::ApiOptions api_options(const Settings& settings, const OriginPolicy& origins) {
    return {
        .origins = origins,
        .proxies = settings.trusted_proxies,
        .limits =
            {.per_address = settings.rate_limit_address,
             .per_caller = settings.rate_limit_caller,
             .per_session = settings.rate_limit_session,
             .per_api_key = settings.rate_limit_api_key},
        .web = load_web_folder(settings.web_dir)};
}

}  // namespace orderpush

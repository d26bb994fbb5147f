#include "http/json/field_reader.hpp"
#include "http/routing/handlers.hpp"
#include "http/routing/services.hpp"
#include "usecases/outgoing_webhooks/restaurant_webhook_service.hpp"

#include <nlohmann/json.hpp>

namespace orderpush::http {
namespace {

using Json = nlohmann::ordered_json;

void put_time(Json& json, const char* name, const std::optional<Timestamp>& time) {
    if (time) {
        json[name] = to_rfc3339(*time);
    }
}

Response answer_of(const usecases::ShownRestaurantWebhook& shown) {
    const WebhookEndpoint& endpoint = shown.endpoint;
    Json json{
        {"endpointId", to_string(endpoint.id)},
        {"url", endpoint.target},
        {"state", endpoint.disabled_reason ? "disabled" : "enabled"},
        {"failures", endpoint.failures},
        {"pending", endpoint.pending_count}};
    put_time(json, "failingSince", endpoint.failing_since);
    put_time(json, "lastSuccessAt", endpoint.last_success_at);
    put_time(json, "disabledAt", endpoint.disabled_at);
    if (endpoint.disabled_reason) {
        json["disabledReason"] = *endpoint.disabled_reason;
    }
    if (shown.secret) {
        json["secret"] = *shown.secret;
    }
    return {.body = json.dump()};
}

}  // namespace

/// GET /v1/restaurant/webhook → 200, where the caller's restaurant receives its events. 404.
Result<Response> show_restaurant_webhook(const RequestContext& context) {
    const auto shown = ORDERPUSH_TRY(context.services.restaurant_webhooks.show(context.caller()));
    return answer_of(shown);
}

/// PUT /v1/restaurant/webhook {url, renewSecret?} → 200, the webhook, with its secret if that is
/// new.
Result<Response> set_restaurant_webhook(const RequestContext& context) {
    FieldErrorList errors;
    FieldReader fields{context.body, errors};
    usecases::RestaurantWebhookChange change{.url = fields.text("url")};
    change.is_secret_renewed = fields.optional_boolean("renewSecret").value_or(false);
    fields.finish();
    if (!errors.is_empty()) {
        return errors.error();
    }
    const auto shown =
        ORDERPUSH_TRY(context.services.restaurant_webhooks.set(context.caller(), change));
    return answer_of(shown);
}

/// DELETE /v1/restaurant/webhook → 204. 404.
Result<Response> remove_restaurant_webhook(const RequestContext& context) {
    ORDERPUSH_TRY(context.services.restaurant_webhooks.remove(context.caller()));
    return Response{.status = 204};
}

}  // namespace orderpush::http

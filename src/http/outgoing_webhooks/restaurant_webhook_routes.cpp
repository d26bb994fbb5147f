#include "http/outgoing_webhooks/restaurant_webhook_routes.hpp"

#include "http/json/field_reader.hpp"

#include <nlohmann/json.hpp>

namespace orderpush::http {
namespace {

using Json = nlohmann::ordered_json;

void put_time(Json& json, const char* name, const std::optional<Timestamp>& time) {
    if (time) {
        json[name] = to_rfc3339(*time);
    }
}

Answer answer_of(const usecases::ShownRestaurantWebhook& shown) {
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

Result<Answer> show_restaurant_webhook(const RequestContext& call) {
    const auto shown = ORDERPUSH_TRY(call.services.restaurant_webhooks.show(call.caller()));
    return answer_of(shown);
}

Result<Answer> set_restaurant_webhook(const RequestContext& call) {
    FieldErrorList faults;
    FieldReader fields{call.body, faults};
    usecases::RestaurantWebhookChange change{.url = fields.text("url")};
    change.is_secret_renewed = fields.optional_boolean("renewSecret").value_or(false);
    fields.finish();
    if (!faults.is_empty()) {
        return faults.error();
    }
    const auto shown = ORDERPUSH_TRY(call.services.restaurant_webhooks.set(call.caller(), change));
    return answer_of(shown);
}

Result<Answer> remove_restaurant_webhook(const RequestContext& call) {
    ORDERPUSH_TRY(call.services.restaurant_webhooks.remove(call.caller()));
    return Answer{.status = 204};
}

}  // namespace orderpush::http

#include "core/error_codes.hpp"
#include "http/json/field_reader.hpp"
#include "http/json/query_reader.hpp"
#include "http/routing/handlers.hpp"
#include "http/routing/idempotency_key.hpp"
#include "http/routing/services.hpp"
#include "usecases/outgoing_webhooks/outgoing_webhook_service.hpp"

#include <nlohmann/json.hpp>

#include <utility>

namespace orderpush::http {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kLimitMax = 200;

usecases::WebhookKeeper keeper_of(const RequestContext& context) {
    return context.is_operator ? usecases::WebhookKeeper{Operator{}}
                               : usecases::WebhookKeeper{context.caller()};
}

void put_time(Json& json, const char* name, const std::optional<Timestamp>& time) {
    if (time) {
        json[name] = to_rfc3339(*time);
    }
}

/// A restaurant's own webhook is of no application.
void put_app(Json& json, const std::string& app_id) {
    if (!app_id.empty()) {
        json["appId"] = app_id;
    }
}

Json attempt_json(const WebhookAttempt& attempt) {
    Json json{
        {"attempt", attempt.attempt},
        {"at", to_rfc3339(attempt.at)},
        {"durationMs", attempt.duration.count()},
        {"reason", attempt.reason}};
    if (attempt.status) {
        json["status"] = *attempt.status;
        json["answer"] = attempt.answer;
    }
    return json;
}

Json webhook_json(const ListedWebhook& webhook) {
    Json json{
        {"id", to_string(webhook.id)},
        {"endpointId", to_string(webhook.endpoint)},
        {"state", to_string(webhook.state)},
        {"events", webhook.event_count},
        {"attempts", webhook.attempt_count},
        {"createdAt", to_rfc3339(webhook.created_at)}};
    put_app(json, webhook.app_id);
    put_time(json, "nextAttemptAt", webhook.not_before);
    put_time(json, "settledAt", webhook.settled_at);
    json["history"] = Json::array();
    for (const WebhookAttempt& attempt : webhook.attempts) {
        json["history"].push_back(attempt_json(attempt));
    }
    return json;
}

Json endpoint_json(const WebhookEndpoint& endpoint) {
    // What is stored was readable when it was configured.
    const auto target = parse_webhook_target(endpoint.target);
    Json json{
        {"id", to_string(endpoint.id)},
        {"url", target ? shown_url(*target) : std::string{}},
        {"events", Json::array()},
        {"channels", target ? target->channel_prefix : std::string{}},
        {"state", endpoint.disabled_reason ? "disabled" : "enabled"},
        {"failures", endpoint.failures},
        {"pending", endpoint.pending_count}};
    put_app(json, endpoint.app_id);
    if (target) {
        for (const ChannelEventKind kind : target->kinds) {
            json["events"].push_back(to_string(kind));
        }
    }
    put_time(json, "failingSince", endpoint.failing_since);
    put_time(json, "lastSuccessAt", endpoint.last_success_at);
    put_time(json, "disabledAt", endpoint.disabled_at);
    if (endpoint.disabled_reason) {
        json["disabledReason"] = *endpoint.disabled_reason;
    }
    return json;
}

std::optional<WebhookState> read_state(QueryReader& query) {
    const auto word = query.text("state");
    const auto state = word ? parse_webhook_state(*word) : std::nullopt;
    if (word && !state) {
        query.add_error("state", "must be pending, delivered, expired or dropped");
    }
    return state;
}

template <class SomeId>
std::optional<SomeId> read_id(QueryReader& query, const char* name, const char* message) {
    const auto given = query.text(name);
    const auto id = given ? parse_id<SomeId>(*given) : std::nullopt;
    if (given && !id) {
        query.add_error(name, message);
    }
    return id;
}

}  // namespace

/// GET /v1/webhooks?state&endpointId&after&limit → 200 {webhooks, next}: newest first, each with
/// its last attempts.
Result<Response> list_webhooks(const RequestContext& context) {
    FieldErrorList errors;
    QueryReader query{context.query, errors};
    WebhookFilter filter{
        .state = read_state(query),
        .endpoint =
            read_id<WebhookEndpointId>(query, "endpointId", "must be the id of an endpoint"),
        .after = read_id<OutgoingWebhookId>(query, "after", "must be the id of a webhook")};
    filter.limit =
        static_cast<int>(query.integer_within("limit", 1, kLimitMax).value_or(filter.limit));
    if (!errors.is_empty()) {
        return errors.error();
    }
    const auto page =
        ORDERPUSH_TRY(context.services.outgoing_webhooks.list(keeper_of(context), filter));
    Json document{{"webhooks", Json::array()}, {"next", nullptr}};
    for (const ListedWebhook& webhook : page.webhooks) {
        document["webhooks"].push_back(webhook_json(webhook));
    }
    if (page.next) {
        document["next"] = to_string(*page.next);
    }
    return Response{.body = document.dump()};
}

/// POST /v1/webhooks/{id}/replay → 202 {id, state}: the same bytes once more. 404; 409 if its
/// endpoint is no longer configured. This and enabling honour Idempotency-Key.
Result<Response> replay_webhook(const RequestContext& context) {
    const auto id = parse_id<OutgoingWebhookId>(context.captures.at(0));
    if (!id) {
        return make_error("webhook_not_found");
    }
    auto replayed = ORDERPUSH_TRY(context.services.outgoing_webhooks.replay(
        keeper_of(context), *id, read_idempotency(context.request)
    ));
    return created_response(std::move(replayed));
}

/// GET /v1/webhook-endpoints → 200 {endpoints}.
Result<Response> list_webhook_endpoints(const RequestContext& context) {
    const auto endpoints =
        ORDERPUSH_TRY(context.services.outgoing_webhooks.endpoints(keeper_of(context)));
    Json document{{"endpoints", Json::array()}};
    for (const WebhookEndpoint& endpoint : endpoints) {
        document["endpoints"].push_back(endpoint_json(endpoint));
    }
    return Response{.body = document.dump()};
}

/// POST /v1/webhook-endpoints/{id}/enable → 200, the endpoint. 404.
Result<Response> enable_webhook_endpoint(const RequestContext& context) {
    const auto id = parse_id<WebhookEndpointId>(context.captures.at(0));
    if (!id) {
        return make_error("endpoint_not_found");
    }
    const auto enabled = ORDERPUSH_TRY(context.services.outgoing_webhooks.enable(
        keeper_of(context), *id, read_idempotency(context.request)
    ));
    return created_response(
        {.id = {},
         .body = endpoint_json(enabled.endpoint).dump(),
         .status = 200,
         .is_replay = enabled.is_replay}
    );
}

}  // namespace orderpush::http

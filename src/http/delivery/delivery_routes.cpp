#include "core/error_codes.hpp"
#include "http/json/field_reader.hpp"
#include "http/json/query_reader.hpp"
#include "http/routing/handlers.hpp"
#include "http/routing/idempotency_key.hpp"
#include "http/routing/services.hpp"
#include "usecases/delivery/delivery_service.hpp"

#include <nlohmann/json.hpp>

namespace orderpush::http {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kLimitMax = 200;

Json delivery_json(const FailedDelivery& delivery) {
    Json json{
        {"id", to_string(delivery.key)},
        {"adapter", delivery.key.stream},
        {"channel", delivery.key.channel.name()},
        {"seq", delivery.key.seq},
        {"eventId", to_string(delivery.event)},
        {"event", delivery.event_name},
        {"state", to_string(delivery.state)},
        {"attempts", delivery.attempts},
        {"reason", delivery.reason},
        {"updatedAt", to_rfc3339(delivery.updated_at)},
        {"occurredAt", to_rfc3339(delivery.occurred_at)}};
    if (delivery.via) {
        json["via"] = *delivery.via;
    }
    return json;
}

Json adapter_json(const usecases::AdapterReport& report) {
    const auto& circuit = report.state.circuit;
    Json json{
        {"name", report.state.name},
        {"stream", report.state.stream},
        {"inForce", report.state.is_in_force},
        {"circuit",
         {{"state", usecases::to_string(circuit.state)}, {"since", to_rfc3339(circuit.since)}}},
        {"backlog", {{"events", report.backlog.entry_count}}}};
    if (circuit.last_failure && circuit.last_failure_at) {
        json["lastFailure"] = {
            {"reason", *circuit.last_failure}, {"at", to_rfc3339(*circuit.last_failure_at)}};
    }
    if (report.backlog.oldest_at) {
        json["backlog"]["oldestAt"] = to_rfc3339(*report.backlog.oldest_at);
    }
    return json;
}

std::optional<DeliveryState> read_state(QueryReader& query) {
    const auto word = query.text("state");
    const auto state = word ? parse_delivery_state(*word) : std::nullopt;
    if (word && !state) {
        query.add_error("state", "must be dead or retry");
    }
    return state;
}

std::optional<std::string> read_adapter(std::optional<std::string> given, FieldErrorList& errors) {
    if (given && !is_stream_name(*given)) {
        errors.add("adapter", "must be the name of an adapter");
    }
    return given;
}

std::optional<DeliveryKey> read_after(QueryReader& query) {
    const auto given = query.text("after");
    auto key = given ? parse_delivery_key(*given) : std::nullopt;
    if (given && !key) {
        query.add_error("after", "must be the id of a delivery");
    }
    return key;
}

}  // namespace

/// GET /v1/deliveries?state&adapter&after&limit → 200 {deliveries, next}: what was not delivered,
/// `state` "dead" (the default) or "retry".
Result<Response> list_deliveries(const RequestContext& context) {
    FieldErrorList errors;
    QueryReader query{context.query, errors};
    usecases::DeliveryQuery wanted{
        .adapter = read_adapter(query.text("adapter"), errors), .after = read_after(query)};
    wanted.state = read_state(query).value_or(wanted.state);
    wanted.limit =
        static_cast<int>(query.integer_within("limit", 1, kLimitMax).value_or(wanted.limit));
    if (!errors.is_empty()) {
        return errors.error();
    }
    const auto page = ORDERPUSH_TRY(context.services.deliveries.list(context.caller(), wanted));
    Json document{{"deliveries", Json::array()}, {"next", nullptr}};
    for (const FailedDelivery& delivery : page.deliveries) {
        document["deliveries"].push_back(delivery_json(delivery));
    }
    if (page.next) {
        document["next"] = to_string(*page.next);
    }
    return Response{.body = document.dump()};
}

/// POST /v1/deliveries/{delivery}/retry → 202 {id, state}: it is sent again, with its own id and
/// `seq`, behind what followed it. 404; 409 if it is settled or its adapter is no longer in use.
/// This and the next honour Idempotency-Key.
Result<Response> retry_delivery(const RequestContext& context) {
    const auto key = parse_delivery_key(context.captures.at(0));
    if (!key) {
        return make_error("delivery_not_found");
    }
    auto retried = ORDERPUSH_TRY(
        context.services.deliveries.retry(context.caller(), *key, read_idempotency(context.request))
    );
    return created_response(std::move(retried));
}

/// POST /v1/deliveries/retry {adapter?, state: "dead"} → 202 {count, more}: at most 1,000 at a
/// time.
Result<Response> retry_deliveries(const RequestContext& context) {
    FieldErrorList errors;
    FieldReader fields{context.body, errors};
    const auto adapter = read_adapter(fields.optional_text("adapter"), errors);
    const std::string state = fields.text("state");
    if (errors.is_empty() && state != to_string(DeliveryState::kDead)) {
        errors.add("state", "must be dead: what waits for its retry is sent anyway");
    }
    fields.finish();
    if (!errors.is_empty()) {
        return errors.error();
    }
    auto retried = ORDERPUSH_TRY(context.services.deliveries.retry_dead(
        context.caller(), adapter, read_idempotency(context.request)
    ));
    return created_response(std::move(retried));
}

/// GET /v1/adapters → 200 {mode, adapters}: circuits as this instance sees them, and what of the
/// caller's own events waits.
Result<Response> list_adapters(const RequestContext& context) {
    const auto reports = ORDERPUSH_TRY(context.services.deliveries.adapters(context.caller()));
    Json document{{"mode", reports.mode}, {"adapters", Json::array()}};
    for (const usecases::AdapterReport& report : reports.adapters) {
        document["adapters"].push_back(adapter_json(report));
    }
    return Response{.body = document.dump()};
}

}  // namespace orderpush::http

#include "http/delivery/delivery_routes.hpp"

#include "http/json/field_reader.hpp"
#include "http/json/query_reader.hpp"

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
        query.fault("state", "must be dead or retry");
    }
    return state;
}

std::optional<std::string> read_adapter(std::optional<std::string> given, FieldErrorList& faults) {
    if (given && !is_stream_name(*given)) {
        faults.add("adapter", "must be the name of an adapter");
    }
    return given;
}

std::optional<DeliveryKey> read_after(QueryReader& query) {
    const auto given = query.text("after");
    auto key = given ? parse_delivery_key(*given) : std::nullopt;
    if (given && !key) {
        query.fault("after", "must be the id of a delivery");
    }
    return key;
}

Error delivery_not_found() {
    return {
        .kind = ErrorKind::kNotFound,
        .code = "delivery_not_found",
        .message = "There is no such delivery."};
}

}  // namespace

Result<Answer> list_deliveries(const RequestContext& call) {
    FieldErrorList faults;
    QueryReader query{call.query, faults};
    usecases::DeliveryQuery wanted{
        .adapter = read_adapter(query.text("adapter"), faults), .after = read_after(query)};
    wanted.state = read_state(query).value_or(wanted.state);
    wanted.limit =
        static_cast<int>(query.integer_within("limit", 1, kLimitMax).value_or(wanted.limit));
    if (!faults.is_empty()) {
        return faults.error();
    }
    const auto page = ORDERPUSH_TRY(call.services.deliveries.list(call.caller(), wanted));
    Json document{{"deliveries", Json::array()}, {"next", nullptr}};
    for (const FailedDelivery& delivery : page.deliveries) {
        document["deliveries"].push_back(delivery_json(delivery));
    }
    if (page.next) {
        document["next"] = to_string(*page.next);
    }
    return Answer{.body = document.dump()};
}

Result<Answer> retry_delivery(const RequestContext& call) {
    const auto key = parse_delivery_key(call.captures.at(0));
    if (!key) {
        return delivery_not_found();
    }
    if (auto retried = call.services.deliveries.retry(call.caller(), *key); !retried) {
        return std::move(retried).error();
    }
    const Json document{{"id", to_string(*key)}, {"state", "retry"}};
    return Answer{.status = 202, .body = document.dump()};
}

Result<Answer> retry_deliveries(const RequestContext& call) {
    FieldErrorList faults;
    FieldReader fields{call.body, faults};
    const auto adapter = read_adapter(fields.optional_text("adapter"), faults);
    const std::string state = fields.text("state");
    if (faults.is_empty() && state != to_string(DeliveryState::kDead)) {
        faults.add("state", "must be dead: what waits for its retry is sent anyway");
    }
    fields.finish();
    if (!faults.is_empty()) {
        return faults.error();
    }
    const auto retried = ORDERPUSH_TRY(call.services.deliveries.retry_dead(call.caller(), adapter));
    const Json document{{"count", retried.count}, {"more", retried.has_more}};
    return Answer{.status = 202, .body = document.dump()};
}

Result<Answer> list_adapters(const RequestContext& call) {
    const auto reports = ORDERPUSH_TRY(call.services.deliveries.adapters(call.caller()));
    Json document{{"mode", reports.mode}, {"adapters", Json::array()}};
    for (const usecases::AdapterReport& report : reports.adapters) {
        document["adapters"].push_back(adapter_json(report));
    }
    return Answer{.body = document.dump()};
}

}  // namespace orderpush::http

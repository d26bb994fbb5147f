#include "http/json/field_reader.hpp"
#include "http/routing/handlers.hpp"
#include "http/routing/services.hpp"
#include "usecases/kitchen/receipt_service.hpp"
#include "usecases/operations/timeline_service.hpp"

#include <nlohmann/json.hpp>

namespace orderpush::http {
namespace {

using Json = nlohmann::ordered_json;

template <class Value>
void put(Json& json, const char* name, const std::optional<Value>& value) {
    if (value) {
        json[name] = *value;
    }
}

Json entry_json(const usecases::TimelineEntry& entry) {
    Json json{{"at", to_rfc3339(entry.at)}, {"kind", entry.kind}};
    if (entry.event) {
        json["eventId"] = to_string(*entry.event);
    }
    if (entry.channel) {
        json["channel"] = entry.channel->name();
    }
    put(json, "seq", entry.seq);
    put(json, "adapter", entry.adapter);
    put(json, "attempt", entry.attempt);
    put(json, "outcome", entry.outcome);
    put(json, "detail", entry.detail);
    put(json, "deviceId", entry.device);
    put(json, "actor", entry.actor);
    return json;
}

}  // namespace

/// POST /v1/receipts {deviceId, kind, eventIds} → 200 {recorded, ignored}.
Result<Response> report_receipts(const RequestContext& context) {
    FieldErrorList errors;
    FieldReader fields{context.body, errors};
    usecases::NewReceipts receipts{.device = fields.text("deviceId")};
    const std::string word = fields.text("kind");
    const auto kind = parse_receipt_kind(word);
    auto events = fields.optional_ids<EventId>("eventIds");
    fields.finish();
    if (errors.is_empty() && !kind) {
        errors.add("kind", "must be received or seen");
    }
    if (errors.is_empty() && !events) {
        errors.add("eventIds", "is required");
    }
    if (!errors.is_empty()) {
        return errors.error();
    }
    receipts.kind = *kind;
    receipts.events = std::move(*events);
    const auto count =
        ORDERPUSH_TRY(context.services.receipts.report(context.caller(), std::move(receipts)));
    const Json document{{"recorded", count.recorded}, {"ignored", count.ignored}};
    return Response{.body = document.dump()};
}

/// GET /v1/orders/{id}/timeline → 200 {orderId, orderNumber, entries, truncated}, oldest first.
Result<Response> show_timeline(const RequestContext& context) {
    const auto timeline =
        ORDERPUSH_TRY(context.services.timelines.show(context.caller(), context.id<OrderId>()));
    Json document{
        {"orderId", to_string(timeline.order)},
        {"orderNumber", timeline.order_number},
        {"entries", Json::array()},
        {"truncated", timeline.is_truncated}};
    for (const usecases::TimelineEntry& entry : timeline.entries) {
        document["entries"].push_back(entry_json(entry));
    }
    return Response{.body = document.dump()};
}

}  // namespace orderpush::http

#include "http/kitchen/receipt_routes.hpp"

#include "http/json/field_reader.hpp"

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

Result<Answer> report_receipts(const RequestContext& call) {
    FieldErrorList faults;
    FieldReader fields{call.body, faults};
    usecases::NewReceipts receipts{.device = fields.text("deviceId")};
    const std::string word = fields.text("kind");
    const auto kind = parse_receipt_kind(word);
    auto events = fields.optional_ids<EventId>("eventIds");
    fields.finish();
    if (faults.is_empty() && !kind) {
        faults.add("kind", "must be received or seen");
    }
    if (faults.is_empty() && !events) {
        faults.add("eventIds", "is required");
    }
    if (!faults.is_empty()) {
        return faults.error();
    }
    receipts.kind = *kind;
    receipts.events = std::move(*events);
    const auto count =
        ORDERPUSH_TRY(call.services.receipts.report(call.caller(), std::move(receipts)));
    const Json document{{"recorded", count.recorded}, {"ignored", count.ignored}};
    return Answer{.body = document.dump()};
}

Result<Answer> show_timeline(const RequestContext& call) {
    const auto timeline =
        ORDERPUSH_TRY(call.services.timelines.show(call.caller(), call.id<OrderId>()));
    Json document{
        {"orderId", to_string(timeline.order)},
        {"orderNumber", timeline.order_number},
        {"entries", Json::array()},
        {"truncated", timeline.is_truncated}};
    for (const usecases::TimelineEntry& entry : timeline.entries) {
        document["entries"].push_back(entry_json(entry));
    }
    return Answer{.body = document.dump()};
}

}  // namespace orderpush::http

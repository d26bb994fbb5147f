#include "core/orders/order_status.hpp"
#include "core/payments/payment.hpp"
#include "core/restaurant/restaurant.hpp"
#include "usecases/events/event_table.hpp"

#include <nlohmann/json.hpp>

#include <stdexcept>

namespace orderpush::usecases {
namespace {

using Json = nlohmann::ordered_json;

template <class Status>
Json enum_schema(Status last) {
    Json list = Json::array();
    for (int i = 0; i <= static_cast<int>(last); ++i) {
        list.push_back(to_string(static_cast<Status>(i)));
    }
    return {{"enum", std::move(list)}};
}

Json uuid_schema() {
    return {{"type", "string"}, {"format", "uuid"}};
}

Json count_schema() {
    return {{"type", "integer"}, {"minimum", 0}};
}

Json time_schema() {
    return {
        {"type", "string"},
        {"format", "date-time"},
        {"pattern", R"(^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$)"}};
}

/// For the kinds that are one of a few names.
Json names_schema(FieldKind kind) {
    switch (kind) {
        case FieldKind::kOrderStatus:
            return enum_schema(OrderStatus::kCancelled);
        case FieldKind::kItemStatus:
            return enum_schema(ItemStatus::kCancelled);
        case FieldKind::kTicketStatus:
            return enum_schema(TicketStatus::kCancelled);
        case FieldKind::kTableStatus:
            return enum_schema(TableState::kNeedsCleaning);
        case FieldKind::kPriority:
            return enum_schema(Priority::kVip);
        case FieldKind::kPaymentMethod:
            return enum_schema(PaymentMethod::kOther);
        case FieldKind::kSessionEnd:
            return enum_schema(SessionEnd::kStaff);
        case FieldKind::kMenuItemChange:
            return {{"enum", {"created", "changed", "available", "unavailable"}}};
        default:
            throw std::logic_error("a field of no kind");
    }
}

Json schema_of(FieldKind kind) {
    switch (kind) {
        case FieldKind::kUuid:
            return uuid_schema();
        case FieldKind::kUuids:
            return {{"type", "array"}, {"items", uuid_schema()}};
        case FieldKind::kText:
            return {{"type", "string"}};
        case FieldKind::kCount:
        case FieldKind::kAmount:
            return count_schema();
        case FieldKind::kMinutes:
            return {{"type", "number"}, {"minimum", 0}};
        case FieldKind::kTruth:
            return {{"type", "boolean"}};
        case FieldKind::kTime:
            return time_schema();
        case FieldKind::kCurrency:
            return {{"type", "string"}, {"pattern", "^[A-Z]{3}$"}};
        case FieldKind::kItems:
            return {{"type", "array"}, {"items", {{"$ref", "#/$defs/item"}}}};
        default:
            return names_schema(kind);
    }
}

Json item_schema() {
    return {
        {"type", "object"},
        {"required", {"itemId", "menuItemId", "name", "quantity", "unitPrice", "status"}},
        {"additionalProperties", false},
        {"properties",
         {{"itemId", uuid_schema()},
          {"menuItemId", uuid_schema()},
          {"name", {{"type", "string"}}},
          {"quantity", {{"type", "integer"}, {"minimum", 1}}},
          {"unitPrice", count_schema()},
          {"note", {{"type", "string"}}},
          {"status", schema_of(FieldKind::kItemStatus)},
          {"stationId", uuid_schema()}}}};
}

/// What is left of a payload that passed an adapter's limit: see cut_payload().
Json cut_schema(const EventRow& row) {
    return {
        {"properties",
         {{"type", {{"const", row.name}}},
          {"truncated", {{"const", true}}},
          {"href", {{"type", "string"}, {"format", "uri-reference"}}}}},
        {"required", {"id", "seq", "type", "occurredAt", "truncated"}}};
}

Json whole_schema(const EventRow& row) {
    Json properties{
        {"id", uuid_schema()},
        {"seq", {{"type", "integer"}, {"minimum", 1}}},
        {"type", {{"const", row.name}}},
        {"occurredAt", time_schema()}};
    Json required{"id", "seq", "type", "occurredAt"};
    for (const EventField& field : row.fields) {
        properties[std::string{field.name}] = schema_of(field.kind);
        if (field.presence == FieldPresence::kRequired) {
            required.push_back(field.name);
        }
    }
    return {
        {"properties", std::move(properties)},
        {"required", std::move(required)},
        {"additionalProperties", false}};
}

Json event_schema(const EventRow& row) {
    return {
        {"title", row.name},
        {"description", row.when},
        {"type", "object"},
        {"oneOf", {whole_schema(row), cut_schema(row)}}};
}

}  // namespace

std::string event_schema_json() {
    Json definitions{{"item", item_schema()}};
    Json any = Json::array();
    for (const EventRow& row : event_table()) {
        const std::string name{row.name};
        definitions[name] = event_schema(row);
        any.push_back({{"$ref", "#/$defs/" + name}});
    }
    const Json document{
        {"$schema", "https://json-schema.org/draft/2020-12/schema"},
        {"title", "Events of orderpush"},
        {"description",
         "What is pushed to a channel. A payload beyond the provider's message limit is cut to "
         "what identifies it, with "
         "`truncated` and `href`, the path that has the whole."},
        {"oneOf", std::move(any)},
        {"$defs", std::move(definitions)}};
    return document.dump();
}

}  // namespace orderpush::usecases

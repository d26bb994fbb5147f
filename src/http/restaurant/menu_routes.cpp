#include "http/json/field_reader.hpp"
#include "http/routing/handlers.hpp"
#include "http/routing/idempotency_key.hpp"
#include "http/routing/services.hpp"
#include "usecases/json/restaurant_json.hpp"
#include "usecases/restaurant/menu_service.hpp"

#include <nlohmann/json.hpp>

#include <utility>

namespace orderpush::http {
namespace {

using Json = nlohmann::ordered_json;

Json item_json(const MenuItem& item) {
    Json json{
        {"id", to_string(item.id)},
        {"name", item.name},
        {"price", item.price_minor},
        {"available", item.is_available},
    };
    if (item.station) {
        json["stationId"] = to_string(*item.station);
    }
    if (item.category) {
        json["category"] = *item.category;
    }
    json["position"] = item.position;
    return json;
}

}  // namespace

/// GET /v1/branches/{id}/menu → 200.
Result<Response> show_menu(const RequestContext& context) {
    const auto menu = ORDERPUSH_TRY(context.services.menus.find(context.id<BranchId>()));
    Json items = Json::array();
    for (const MenuItem& item : menu.items) {
        items.push_back(item_json(item));
    }
    const Json document{
        {"branchId", to_string(menu.branch.id)},
        {"branchName", menu.branch.name},
        {"currency", menu.branch.currency},
        {"taxRateBp", menu.branch.tax_rate_bp},
        {"items", std::move(items)},
    };
    return Response{.body = document.dump()};
}

/// POST /v1/branches/{id}/menu/items {name, price, stationId?, available?, category?, position?} →
/// 201; honours Idempotency-Key.
Result<Response> create_menu_item(const RequestContext& context) {
    FieldErrorList errors;
    FieldReader fields{context.body, errors};
    const usecases::CreateMenuItem request{
        .name = fields.text("name"),
        .price_minor = fields.integer("price"),
        .station = fields.optional_id<StationId>("stationId"),
        .is_available = fields.optional_boolean("available").value_or(true),
        .category = fields.optional_text("category"),
        .position = fields.optional_integer("position")};
    fields.finish();
    const auto idempotency = read_idempotency(context.request);
    if (!errors.is_empty()) {
        return errors.error();
    }
    auto created = ORDERPUSH_TRY(context.services.menus.create_item(
        context.caller(), context.id<BranchId>(), request, idempotency
    ));
    return created_response(std::move(created));
}

/// PATCH /v1/menu/items/{id} {name?, price?, available?, stationId?} → 200; a stationId of null
/// takes the station away.
Result<Response> change_menu_item(const RequestContext& context) {
    FieldErrorList errors;
    FieldReader fields{context.body, errors};
    const usecases::ChangeMenuItem request{
        .name = fields.optional_text("name"),
        .price_minor = fields.optional_integer("price"),
        .is_available = fields.optional_boolean("available"),
        .station = fields.clearable_id<StationId>("stationId"),
        .category = fields.clearable_text("category"),
        .position = fields.optional_integer("position")};
    fields.finish();
    if (!errors.is_empty()) {
        return errors.error();
    }
    const auto item = ORDERPUSH_TRY(
        context.services.menus.change_item(context.caller(), context.id<MenuItemId>(), request)
    );
    return Response{.body = usecases::menu_item_json(item)};
}

}  // namespace orderpush::http

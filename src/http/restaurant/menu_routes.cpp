#include "http/restaurant/menu_routes.hpp"

#include "http/json/field_reader.hpp"
#include "http/routing/idempotency_key.hpp"
#include "usecases/json/restaurant_json.hpp"

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

Result<Answer> show_menu(const RequestContext& call) {
    const auto menu = ORDERPUSH_TRY(call.services.menus.find(call.id<BranchId>()));
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
    return Answer{.body = document.dump()};
}

Result<Answer> create_menu_item(const RequestContext& call) {
    FieldErrorList faults;
    FieldReader fields{call.body, faults};
    const usecases::CreateMenuItem request{
        .name = fields.text("name"),
        .price_minor = fields.integer("price"),
        .station = fields.optional_id<StationId>("stationId"),
        .is_available = fields.optional_boolean("available").value_or(true),
        .category = fields.optional_text("category"),
        .position = fields.optional_integer("position").value_or(0)};
    fields.finish();
    const auto idempotency = read_idempotency(call.request, faults);
    if (!faults.is_empty()) {
        return faults.error();
    }
    auto created = ORDERPUSH_TRY(
        call.services.menus.create_item(call.caller(), call.id<BranchId>(), request, idempotency)
    );
    return created_answer(std::move(created));
}

Result<Answer> change_menu_item(const RequestContext& call) {
    FieldErrorList faults;
    FieldReader fields{call.body, faults};
    const usecases::ChangeMenuItem request{
        .name = fields.optional_text("name"),
        .price_minor = fields.optional_integer("price"),
        .is_available = fields.optional_boolean("available"),
        .station = fields.clearable_id<StationId>("stationId"),
        .category = fields.clearable_text("category"),
        .position = fields.optional_integer("position")};
    fields.finish();
    if (!faults.is_empty()) {
        return faults.error();
    }
    const auto item =
        ORDERPUSH_TRY(call.services.menus.change_item(call.caller(), call.id<MenuItemId>(), request)
        );
    return Answer{.body = usecases::menu_item_json(item)};
}

}  // namespace orderpush::http

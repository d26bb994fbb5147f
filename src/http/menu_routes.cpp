#include "http/menu_routes.hpp"

#include <nlohmann/json.hpp>

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
    return json;
}

}  // namespace

Result<Answer> show_menu(const Call& call) {
    const auto menu = call.services.menus.find(call.id<BranchId>());
    if (!menu) {
        return menu.error();
    }
    Json items = Json::array();
    for (const MenuItem& item : menu->items) {
        items.push_back(item_json(item));
    }
    const Json document{
        {"branchId", to_string(menu->branch.id)},
        {"branchName", menu->branch.name},
        {"currency", menu->branch.currency},
        {"taxRateBp", menu->branch.tax_rate_bp},
        {"items", std::move(items)},
    };
    return Answer{.body = document.dump()};
}

}  // namespace orderpush::http

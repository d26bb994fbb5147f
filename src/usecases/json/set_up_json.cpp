#include "usecases/json/set_up_json.hpp"

#include <nlohmann/json.hpp>

namespace orderpush::usecases {
namespace {

using Json = nlohmann::ordered_json;

Json restaurant_value(const Restaurant& restaurant) {
    Json json{
        {"id", to_string(restaurant.id)},
        {"name", restaurant.name},
        {"currency", restaurant.currency},
        {"isDisabled", restaurant.disabled_at.has_value()},
        {"createdAt", to_rfc3339(restaurant.created_at)},
        {"version", restaurant.version},
    };
    if (restaurant.disabled_at) {
        json["disabledAt"] = to_rfc3339(*restaurant.disabled_at);
    }
    return json;
}

Json settings_value(const BranchSettings& branch) {
    return {
        {"id", to_string(branch.id)},
        {"name", branch.name},
        {"timeZone", branch.time_zone},
        {"taxRateBp", branch.tax_rate_bp},
        {"closeSessions", to_string(branch.close_sessions)},
        {"warnAfterSeconds", branch.warn_after_seconds},
        {"lateAfterSeconds", branch.late_after_seconds},
        {"unseenAfterSeconds", branch.unseen_after_seconds},
        {"unattendedAfterSeconds", branch.unattended_after_seconds},
        {"guestUnservedOrdersMax", branch.guest_unserved_orders_max},
        {"version", branch.version},
    };
}

}  // namespace

std::string restaurant_json(const Restaurant& restaurant) {
    return restaurant_value(restaurant).dump();
}

std::string branch_settings_json(const BranchSettings& branch) {
    return settings_value(branch).dump();
}

std::string branch_part_json(const BranchPart& part) {
    const Json json{
        {"id", to_string(part.id)}, {"branchId", to_string(part.branch)}, {"name", part.name}};
    return json.dump();
}

std::string new_restaurant_json(const ShownNewRestaurant& created) {
    Json json = restaurant_value(created.restaurant);
    json["branch"] = settings_value(created.branch);
    json["admin"] = Json{
        {"id", to_string(created.admin.id)},
        {"name", created.admin.name},
        {"email", created.admin.email},
        {"oneTimePassword", created.one_time_password}};
    json["apiKey"] = Json{{"id", to_string(created.key)}, {"key", created.key_secret}};
    return json.dump();
}

}  // namespace orderpush::usecases

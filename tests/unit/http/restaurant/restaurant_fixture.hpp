#pragma once

#include "tests/support/manual_clock.hpp"
#include "tests/unit/http/api_fixture.hpp"
#include "usecases/access/authenticator.hpp"

#include <nlohmann/json.hpp>

#include <string>

namespace orderpush::http {

/// People of every role, and what they do to tables, sessions and the menu.
class RestaurantTest : public ApiTest {
  protected:
    using json = nlohmann::json;

    /// The token of someone with that role, in the fixture's branch.
    std::string token_of(Role role) {
        const StaffMember staff{
            .id = ids_.make<StaffId>(),
            .restaurant = branch_.restaurant,
            .branch = branch_.id,
            .role = role,
            .name = "Kim",
            .station = {}};
        return keyring_.sign(
            usecases::staff_claims(staff, world_.clock.now() + std::chrono::hours{1})
        );
    }
    /// Of somebody who may do everything, in another restaurant.
    std::string stranger() {
        const StaffMember staff{
            .id = ids_.make<StaffId>(),
            .restaurant = ids_.make<RestaurantId>(),
            .branch = ids_.make<BranchId>(),
            .role = Role::kAdmin,
            .name = "Sam",
            .station = {}};
        return keyring_.sign(
            usecases::staff_claims(staff, world_.clock.now() + std::chrono::hours{1})
        );
    }
    Reply send_keyed(
        const std::string& target,
        const std::string& token,
        const json& body,
        const std::string& key
    ) {
        HeaderLines headers{"Content-Type: application/json", "Idempotency-Key: " + key};
        if (!token.empty()) {
            headers.push_back("Authorization: Bearer " + token);
        }
        return send("POST", target, headers, body.dump());
    }
    std::string tables_path() const { return "/v1/branches/" + to_string(branch_.id) + "/tables"; }
    std::string menu_path() const {
        return "/v1/branches/" + to_string(branch_.id) + "/menu/items";
    }
    json first_table() { return get(tables_path(), manager).json().at("tables").at(0); }
    std::string table_path() { return "/v1/tables/" + first_table().at("id").get<std::string>(); }
    /// A guest's session with one order of two soups: 1100 with tax.
    json seated_with_order() {
        const auto opened = send_json("POST", "/v1/sessions", "", {{"qrToken", kQrToken}}).json();
        placed_order(opened.at("token"));
        return opened;
    }

    const std::string waiter = token_of(Role::kWaiter);
    const std::string manager = token_of(Role::kManager);
    const std::string admin = token_of(Role::kAdmin);
};

}  // namespace orderpush::http

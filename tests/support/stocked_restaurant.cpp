#include "tests/support/stocked_restaurant.hpp"

#include "base/crypto/crypto.hpp"
#include "core/access/caller.hpp"

namespace orderpush::test {
namespace {

Table table_of(const Branch& branch, const AreaId& area, std::size_t index, IdSource& ids) {
    return {
        .id = ids.make<TableId>(),
        .branch = branch,
        .area = area,
        .area_name = "Terrace",
        .number = 'T' + std::to_string(index + 1)};
}

StockedBranch stock_branch(
    StoreWorld& world, IdSource& ids, const RestaurantId& restaurant, const std::string& name
) {
    StockedBranch stocked;
    stocked.branch = {
        .id = ids.make<BranchId>(),
        .restaurant = restaurant,
        .name = name,
        .currency = "EUR",
        .tax_rate_bp = 825};
    world.add_branch(stocked.branch);
    stocked.station = {.id = ids.make<StationId>(), .branch = stocked.branch.id, .name = "Grill"};
    world.add_station(stocked.station);
    stocked.dish = {
        .id = ids.make<MenuItemId>(),
        .branch = stocked.branch.id,
        .station = stocked.station.id,
        .name = "Burger",
        .price_minor = 1290};
    world.add_menu_item(stocked.dish);
    const auto area = ids.make<AreaId>();
    for (std::size_t i = 0; i < StockedBranch::kTables; ++i) {
        stocked.tables[i] = table_of(stocked.branch, area, i, ids);
        stocked.qr_tokens[i] = "qr-" + to_string(stocked.tables[i].id);
        world.add_table(stocked.tables[i], stocked.qr_tokens[i]);
    }
    for (std::size_t i = 0; i < stocked.staff.size(); ++i) {
        const auto role = static_cast<Role>(i);
        stocked.staff[i] = {
            .id = ids.make<StaffId>(),
            .restaurant = restaurant,
            .branch = stocked.branch.id,
            .name = std::string{to_string(role)} + " of " + name,
            .email = to_string(ids.next()) + "@example.com",
            .role = role,
            .password_hash = "none",
            .station = {}};
        world.add_staff(stocked.staff[i], true);
    }
    return stocked;
}

}  // namespace

StockedRestaurant stock_restaurant(StoreWorld& world, IdSource& ids, std::string_view name) {
    const auto restaurant = ids.make<RestaurantId>();
    const std::string prefix{name};
    StockedRestaurant stocked{
        .branches =
            {stock_branch(world, ids, restaurant, prefix + " Harbor"),
             stock_branch(world, ids, restaurant, prefix + " Old Town")},
        .client = {.key = ids.make<ApiKeyId>(), .restaurant = restaurant},
        .api_key = "opak_" + prefix,
        .revoked_api_key = "opak_revoked_" + prefix};
    world.add_api_key(sha256_hex(stocked.api_key), stocked.client, false);
    world.add_api_key(
        sha256_hex(stocked.revoked_api_key),
        {.key = ids.make<ApiKeyId>(), .restaurant = restaurant},
        true
    );
    return stocked;
}

}  // namespace orderpush::test

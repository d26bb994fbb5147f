#include "tests/contract/store_contract.hpp"

namespace orderpush::test {
namespace {

class MenuStoreContract : public StoreContract {};

TEST_P(MenuStoreContract, ABranchIsFoundWithItsCurrency) {
    const auto found = world->menus().find_branch(sample.branch.id);
    ASSERT_TRUE(found) << found.error().detail;
    EXPECT_EQ(found->restaurant, sample.branch.restaurant);
    EXPECT_EQ(found->currency, "EUR");
    EXPECT_EQ(found->tax_rate_bp, 825);
    EXPECT_EQ(world->menus().find_branch(ids.make<BranchId>()).error().code, ErrorCode::kNotFound);
}

TEST_P(MenuStoreContract, AMenuIsListedByName) {
    world->add_menu_item(
        {.id = ids.make<MenuItemId>(),
         .branch = sample.branch.id,
         .station = {},
         .name = "Bread",
         .price_minor = 0,
         .is_available = false}
    );
    const auto menu = world->menus().list(sample.branch.id);
    ASSERT_TRUE(menu) << menu.error().detail;
    ASSERT_EQ(menu->size(), 3U);
    EXPECT_EQ(menu->at(0).name, "Beer");
    EXPECT_EQ(menu->at(1).name, "Bread");
    EXPECT_EQ(menu->at(1).station, std::nullopt);
    EXPECT_FALSE(menu->at(1).is_available);
    EXPECT_EQ(menu->at(2).name, "Burger");
    EXPECT_TRUE(world->menus().list(ids.make<BranchId>())->empty());
}

TEST_P(MenuStoreContract, AStationIsFoundInItsBranch) {
    const Station grill{.id = ids.make<StationId>(), .branch = sample.branch.id, .name = "Grill"};
    world->add_station(grill);
    const auto found = world->menus().find_station(sample.branch.id, grill.id);
    ASSERT_TRUE(found) << found.error().detail;
    EXPECT_EQ(*found, grill);
    const SampleRestaurant other{*world, ids};
    const auto elsewhere = world->menus().find_station(other.branch.id, grill.id);
    ASSERT_FALSE(elsewhere);
    EXPECT_EQ(elsewhere.error().reason, "station_not_found");
}

ORDERPUSH_CONTRACT_SUITE(MenuStoreContract);

class StaffStoreContract : public StoreContract {
  protected:
    Staff person(const std::string& email) {
        return {
            .id = ids.make<StaffId>(),
            .restaurant = sample.branch.restaurant,
            .branch = sample.branch.id,
            .name = "Kim",
            .email = email,
            .role = Role::kManager,
            .password_hash = "encoded",
            .station = {}};
    }
};

TEST_P(StaffStoreContract, StaffAreFoundByAddressInAnyCase) {
    const Staff kim = person("Kim@Demo.example");
    world->add_staff(kim, true);
    const auto found = world->staff().find_by_email("kIM@demo.EXAMPLE");
    ASSERT_TRUE(found) << found.error().detail;
    EXPECT_EQ(found->id, kim.id);
    EXPECT_EQ(found->role, Role::kManager);
    EXPECT_EQ(found->password_hash, "encoded");
    EXPECT_EQ(found->station, std::nullopt);
    EXPECT_EQ(
        world->staff().find_by_email("other@demo.example").error().code, ErrorCode::kNotFound
    );
}

TEST_P(StaffStoreContract, StaffAreFoundByIdUnlessDeactivated) {
    const Staff kim = person("kim@demo.example");
    const Staff gone = person("gone@demo.example");
    world->add_staff(kim, true);
    world->add_staff(gone, false);
    const auto found = world->staff().find(kim.id);
    ASSERT_TRUE(found) << found.error().detail;
    EXPECT_EQ(found->name, "Kim");
    EXPECT_EQ(found->branch, sample.branch.id);
    EXPECT_EQ(world->staff().find(gone.id).error().reason, "staff_not_found");
    EXPECT_EQ(world->staff().find(ids.make<StaffId>()).error().code, ErrorCode::kNotFound);
}

TEST_P(StaffStoreContract, TheDeactivatedAreNotFound) {
    world->add_staff(person("gone@demo.example"), false);
    EXPECT_EQ(world->staff().find_by_email("gone@demo.example").error().code, ErrorCode::kNotFound);
}

TEST_P(StaffStoreContract, AnApiKeyIsFoundUnlessRevoked) {
    const ApiClient client{.key = ids.make<ApiKeyId>(), .restaurant = sample.branch.restaurant};
    const ApiClient revoked{.key = ids.make<ApiKeyId>(), .restaurant = sample.branch.restaurant};
    world->add_api_key("hash", client, false);
    world->add_api_key("revoked", revoked, true);
    const auto found = world->staff().find_api_client_by_hash("hash");
    ASSERT_TRUE(found) << found.error().detail;
    EXPECT_EQ(found->key, client.key);
    EXPECT_EQ(found->restaurant, sample.branch.restaurant);
    EXPECT_EQ(world->staff().find_api_client_by_hash("revoked").error().code, ErrorCode::kNotFound);
    EXPECT_EQ(world->staff().find_api_client_by_hash("other").error().code, ErrorCode::kNotFound);
}

ORDERPUSH_CONTRACT_SUITE(StaffStoreContract);

}  // namespace
}  // namespace orderpush::test

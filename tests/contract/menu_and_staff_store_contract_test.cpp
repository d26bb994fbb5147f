#include "base/clock.hpp"
#include "core/access/caller.hpp"
#include "core/access/staff_store.hpp"
#include "core/delivery/outbox.hpp"
#include "core/events/event.hpp"
#include "core/restaurant/menu_store.hpp"
#include "tests/contract/store_contract.hpp"
#include "tests/support/manual_clock.hpp"

namespace orderpush::test {
namespace {

class MenuStoreContract : public StoreContract {};

TEST_P(MenuStoreContract, ABranchIsFoundWithItsCurrency) {
    const auto found = world->menus().find_branch(sample.branch.id);
    ASSERT_TRUE(found) << found.error().detail;
    EXPECT_EQ(found->restaurant, sample.branch.restaurant);
    EXPECT_EQ(found->currency, "EUR");
    EXPECT_EQ(found->tax_rate_bp, 825);
    EXPECT_EQ(world->menus().find_branch(ids.make<BranchId>()).error().kind, ErrorKind::kNotFound);
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
    EXPECT_EQ(elsewhere.error().code, "station_not_found");
}

TEST_P(MenuStoreContract, ANewItemIsOnTheMenuAndTold) {
    const MenuItem bread{
        .id = ids.make<MenuItemId>(),
        .branch = sample.branch.id,
        .station = sample.burger.station,
        .name = "Bread",
        .price_minor = 150,
        .is_available = false,
        .category = "Starters",
        .position = 1};
    const NewMenuItem created{
        .item = bread,
        .events = {sample.event("menu:updated", {Channel::menu(sample.branch.id)})},
        .answer = StoredResponse{
            .key = {sample.branch.restaurant, "key", "hash"},
            .body = "{}",
            .at = world->clock.now()}};
    const auto made = world->menus().create_item(created);
    ASSERT_TRUE(made) << made.error().detail;
    const auto found = world->menus().find_item(bread.id);
    ASSERT_TRUE(found) << found.error().detail;
    EXPECT_EQ(found->name, "Bread");
    EXPECT_EQ(found->station, bread.station);
    EXPECT_EQ(found->price_minor, 150);
    EXPECT_FALSE(found->is_available);
    EXPECT_EQ(found->category, "Starters");
    EXPECT_EQ(world->menus().list(sample.branch.id)->back().id, bread.id) << "by position";
    EXPECT_EQ(world->outbox().claim("test", 10, world->clock.now())->size(), 1U);

    auto again = created;
    again.item.id = ids.make<MenuItemId>();
    EXPECT_EQ(world->menus().create_item(again).error().code, "idempotency_key_taken");
    again.answer.reset();
    again.events.clear();
    again.item.station = ids.make<StationId>();
    const auto elsewhere = world->menus().create_item(again);
    ASSERT_FALSE(elsewhere);
    EXPECT_EQ(elsewhere.error().kind, ErrorKind::kInvalid);
    ASSERT_EQ(elsewhere.error().field_errors.size(), 1U);
    EXPECT_EQ(elsewhere.error().field_errors[0].field, "stationId");
    EXPECT_EQ(world->menus().list(sample.branch.id)->size(), 3U);
}

TEST_P(MenuStoreContract, AnItemIsChangedOnlyIfItIsAsItWasSeen) {
    MenuItemChange change{
        .before = sample.burger,
        .after = sample.burger,
        .events = {sample.event("menu:updated", {Channel::menu(sample.branch.id)})}};
    change.after.station.reset();
    change.after.name = "Cheeseburger";
    change.after.price_minor = 1390;
    change.after.is_available = false;
    change.after.category = "Mains";
    change.after.position = 30;
    const auto changed = world->menus().change_item(change);
    ASSERT_TRUE(changed) << changed.error().detail;
    const auto found = world->menus().find_item(sample.burger.id);
    EXPECT_EQ(found->name, "Cheeseburger");
    EXPECT_EQ(found->station, std::nullopt);
    EXPECT_EQ(found->price_minor, 1390);
    EXPECT_FALSE(found->is_available);
    EXPECT_EQ(found->category, "Mains");
    EXPECT_EQ(found->position, 30);
    EXPECT_EQ(world->menus().change_item(change).error().kind, ErrorKind::kPreconditionFailed);
    EXPECT_EQ(world->outbox().claim("test", 10, world->clock.now())->size(), 1U);
    const MenuItemChange back{.before = change.after, .after = change.before, .events = {}};
    EXPECT_TRUE(world->menus().change_item(back));
    auto elsewhere = MenuItemChange{.before = sample.beer, .after = sample.beer, .events = {}};
    elsewhere.after.station = ids.make<StationId>();
    EXPECT_EQ(world->menus().change_item(elsewhere).error().kind, ErrorKind::kInvalid);
    EXPECT_EQ(world->menus().find_item(ids.make<MenuItemId>()).error().code, "menu_item_not_found");
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
    const auto found = world->staff().list_by_email("kIM@demo.EXAMPLE");
    ASSERT_TRUE(found) << found.error().detail;
    ASSERT_EQ(found->size(), 1U);
    EXPECT_EQ(found->at(0).staff.id, kim.id);
    EXPECT_EQ(found->at(0).staff.role, Role::kManager);
    EXPECT_EQ(found->at(0).staff.password_hash, "encoded");
    EXPECT_EQ(found->at(0).staff.station, std::nullopt);
    EXPECT_FALSE(found->at(0).staff.must_change_password);
    EXPECT_EQ(found->at(0).restaurant_name, "R");
    EXPECT_TRUE(world->staff().list_by_email("other@demo.example")->empty());
}

TEST_P(StaffStoreContract, AnAddressMayBelongToPeopleOfSeveralRestaurants) {
    const SampleRestaurant other{*world, ids};
    const Staff kim = person("kim@demo.example");
    Staff namesake = person("KIM@demo.example");
    namesake.restaurant = other.branch.restaurant;
    namesake.branch = other.branch.id;
    namesake.must_change_password = true;
    for (const Staff& each : {kim, namesake}) {
        const auto made = world->staff().create({.staff = each, .at = world->clock.now()});
        ASSERT_TRUE(made) << made.error().detail;
    }
    const auto found = world->staff().list_by_email("kim@demo.example");
    ASSERT_TRUE(found) << found.error().detail;
    ASSERT_EQ(found->size(), 2U);
    EXPECT_EQ(found->at(0).staff.id, kim.id);
    EXPECT_EQ(found->at(1).staff.id, namesake.id);
    EXPECT_TRUE(found->at(1).staff.must_change_password);
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
    EXPECT_EQ(world->staff().find(gone.id).error().code, "staff_not_found");
    EXPECT_EQ(world->staff().find(ids.make<StaffId>()).error().kind, ErrorKind::kNotFound);
}

TEST_P(StaffStoreContract, TheDeactivatedAreNotFound) {
    world->add_staff(person("gone@demo.example"), false);
    EXPECT_TRUE(world->staff().list_by_email("gone@demo.example")->empty());
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
    EXPECT_EQ(world->staff().find_api_client_by_hash("revoked").error().kind, ErrorKind::kNotFound);
    EXPECT_EQ(world->staff().find_api_client_by_hash("other").error().kind, ErrorKind::kNotFound);
}

TEST_P(StaffStoreContract, NewStaffAreFoundAndAnAddressIsTakenOnce) {
    NewStaff created{.staff = person("Kim@Demo.example"), .at = world->clock.now()};
    created.staff.station = sample.burger.station;
    created.answer = StoredResponse{
        .key = {sample.branch.restaurant, "key", "hash"}, .body = "{}", .at = world->clock.now()};
    const auto made = world->staff().create(created);
    ASSERT_TRUE(made) << made.error().detail;
    const auto listed = world->staff().list_by_email("kim@demo.example");
    ASSERT_TRUE(listed) << listed.error().detail;
    ASSERT_EQ(listed->size(), 1U);
    const Staff* const found = &listed->at(0).staff;
    EXPECT_EQ(found->id, created.staff.id);
    EXPECT_EQ(found->restaurant, sample.branch.restaurant);
    EXPECT_EQ(found->branch, sample.branch.id);
    EXPECT_EQ(found->name, "Kim");
    EXPECT_EQ(found->password_hash, "encoded");
    EXPECT_EQ(found->station, sample.burger.station);
    world->add_staff(person("gone@demo.example"), false);
    for (const char* address : {"KIM@demo.example", "Gone@demo.example"}) {
        EXPECT_EQ(
            world->staff()
                .create({.staff = person(address), .at = world->clock.now()})
                .error()
                .code,
            "email_taken"
        );
    }
    auto other = created;
    other.staff.id = ids.make<StaffId>();
    other.staff.email = "other@demo.example";
    EXPECT_EQ(world->staff().create(other).error().code, "idempotency_key_taken");
    other.answer.reset();
    other.staff.station = ids.make<StationId>();
    const auto elsewhere = world->staff().create(other);
    ASSERT_FALSE(elsewhere);
    ASSERT_EQ(elsewhere.error().field_errors.size(), 1U);
    EXPECT_EQ(elsewhere.error().field_errors[0].field, "stationId");
}

TEST_P(StaffStoreContract, EndingLogInsRaisesTheVersionAndChangesWhatItNames) {
    auto& store = world->staff();
    const Staff kim = person("kim@demo.example");
    world->add_staff(kim, true);
    EXPECT_EQ(store.find(kim.id)->token_version, 0);
    const LoginsEnd end{.restaurant = kim.restaurant, .staff = kim.id, .at = world->clock.now()};
    const auto signed_out = store.end_logins(end);
    ASSERT_TRUE(signed_out) << signed_out.error().detail;
    EXPECT_EQ(signed_out->id, kim.id);
    EXPECT_EQ(signed_out->email, kim.email);
    EXPECT_EQ(signed_out->token_version, 1);
    EXPECT_TRUE(signed_out->is_active);
    EXPECT_EQ(signed_out->password_hash, kim.password_hash);
    EXPECT_EQ(store.find(kim.id)->token_version, 1);

    LoginsEnd disabling = end;
    disabling.is_active = false;
    disabling.password_hash = "another";
    disabling.must_change_password = true;
    const auto disabled = store.end_logins(disabling);
    ASSERT_TRUE(disabled) << disabled.error().detail;
    EXPECT_EQ(disabled->token_version, 2);
    EXPECT_FALSE(disabled->is_active);
    EXPECT_EQ(disabled->password_hash, "another");
    EXPECT_EQ(store.find(kim.id).error().code, "staff_not_found");
    EXPECT_TRUE(store.list_by_email(kim.email)->empty());
    LoginsEnd enabling = end;
    enabling.is_active = true;
    const auto enabled = store.end_logins(enabling);
    ASSERT_TRUE(enabled) << enabled.error().detail;
    EXPECT_TRUE(enabled->is_active);
    EXPECT_TRUE(enabled->must_change_password) << "the password is the same";
    EXPECT_EQ(store.find(kim.id)->token_version, 3);

    LoginsEnd foreign = end;
    foreign.restaurant = ids.make<RestaurantId>();
    EXPECT_EQ(store.end_logins(foreign).error().code, "staff_not_found");
    LoginsEnd unknown = end;
    unknown.staff = ids.make<StaffId>();
    EXPECT_EQ(store.end_logins(unknown).error().code, "staff_not_found");
    EXPECT_EQ(store.find(kim.id)->token_version, 3);
}

TEST_P(StaffStoreContract, AChangeWritesWhatItNamesAndEndsLogInsIfItSaysSo) {
    auto& store = world->staff();
    Staff kim = person("kim@demo.example");
    kim.station = sample.burger.station;
    ASSERT_TRUE(store.create({.staff = kim, .at = world->clock.now()}));
    StaffChange change{
        .restaurant = kim.restaurant, .staff = kim.id, .at = world->clock.now(), .name = "Kit"};
    const auto renamed = store.change(change);
    ASSERT_TRUE(renamed) << renamed.error().detail;
    EXPECT_EQ(renamed->name, "Kit");
    EXPECT_EQ(renamed->role, Role::kManager);
    EXPECT_EQ(renamed->station, kim.station);
    EXPECT_EQ(renamed->token_version, 0);
    change.name.reset();
    change.role = Role::kWaiter;
    change.station.emplace(std::nullopt);
    change.is_active = false;
    change.ends_logins = true;
    const auto changed = store.change(change);
    ASSERT_TRUE(changed) << changed.error().detail;
    EXPECT_EQ(changed->name, "Kit");
    EXPECT_EQ(changed->role, Role::kWaiter);
    EXPECT_EQ(changed->station, std::nullopt);
    EXPECT_FALSE(changed->is_active);
    EXPECT_EQ(changed->token_version, 1);
    EXPECT_EQ(store.list_ended_logins(change.at)->size(), 1U);
    EXPECT_EQ(store.find(kim.id).error().code, "staff_not_found");
    EXPECT_FALSE(store.find_known(kim.restaurant, kim.id)->is_active);

    change.station.emplace(ids.make<StationId>());
    const auto elsewhere = store.change(change);
    ASSERT_FALSE(elsewhere);
    ASSERT_EQ(elsewhere.error().field_errors.size(), 1U);
    EXPECT_EQ(elsewhere.error().field_errors[0].field, "stationId");
    change.restaurant = ids.make<RestaurantId>();
    EXPECT_EQ(store.change(change).error().code, "staff_not_found");
    EXPECT_EQ(store.find_known(change.restaurant, kim.id).error().code, "staff_not_found");
}

TEST_P(StaffStoreContract, PeopleAreListedByNameTheDeactivatedIncluded) {
    auto& store = world->staff();
    const SampleRestaurant other{*world, ids};
    Staff zoe = person("zoe@demo.example");
    zoe.name = "Zoe";
    Staff ann = person("ann@demo.example");
    ann.name = "Ann";
    Staff foreign = person("foreign@demo.example");
    foreign.restaurant = other.branch.restaurant;
    foreign.branch = other.branch.id;
    world->add_staff(zoe, true);
    world->add_staff(ann, false);
    world->add_staff(foreign, true);
    const auto listed = store.list(zoe.restaurant, std::nullopt, 10);
    ASSERT_TRUE(listed) << listed.error().detail;
    ASSERT_EQ(listed->size(), 2U);
    EXPECT_EQ(listed->at(0).id, ann.id);
    EXPECT_FALSE(listed->at(0).is_active);
    EXPECT_EQ(listed->at(1).id, zoe.id);
    EXPECT_EQ(store.list(zoe.restaurant, std::nullopt, 1)->size(), 1U);
    EXPECT_EQ(store.list(zoe.restaurant, zoe.branch, 10)->size(), 2U);
    EXPECT_TRUE(store.list(zoe.restaurant, other.branch.id, 10)->empty());
}

TEST_P(StaffStoreContract, EndedLogInsAreListedFromAnInstantOn) {
    auto& store = world->staff();
    const Staff kim = person("kim@demo.example");
    const Staff sam = person("sam@demo.example");
    world->add_staff(kim, true);
    world->add_staff(sam, true);
    const Timestamp before = world->clock.now();
    EXPECT_TRUE(store.list_ended_logins(before)->empty());
    ASSERT_TRUE(store.end_logins({.restaurant = kim.restaurant, .staff = kim.id, .at = before}));
    world->clock.advance(std::chrono::minutes{5});
    const Timestamp later = world->clock.now();
    ASSERT_TRUE(store.end_logins({.restaurant = sam.restaurant, .staff = sam.id, .at = later}));
    const auto recent = store.list_ended_logins(later);
    ASSERT_TRUE(recent) << recent.error().detail;
    ASSERT_EQ(recent->size(), 1U);
    EXPECT_EQ(recent->at(0).staff, sam.id);
    EXPECT_EQ(recent->at(0).version, 1);
    EXPECT_EQ(store.list_ended_logins(before)->size(), 2U);
}

TEST_P(StaffStoreContract, AnApiKeyProvesItsRestaurantUntilItIsRevoked) {
    auto& store = world->staff();
    const auto restaurant = sample.branch.restaurant;
    const auto key = [&](const std::string& name, const std::string& hash) {
        return NewApiKey{
            .key =
                {.id = ids.make<ApiKeyId>(),
                 .restaurant = restaurant,
                 .name = name,
                 .created_at = world->clock.now()},
            .key_hash = hash};
    };
    auto shop = key("shop", "hash-1");
    shop.answer = StoredResponse{
        .key = {restaurant, "key", "hash"}, .body = "sealed", .at = world->clock.now()};
    const auto made = store.create_api_key(shop);
    ASSERT_TRUE(made) << made.error().detail;
    auto again = key("again", "hash-2");
    again.answer = shop.answer;
    EXPECT_EQ(store.create_api_key(again).error().code, "idempotency_key_taken");
    ASSERT_TRUE(store.create_api_key(key("kiosk", "hash-3")));
    EXPECT_EQ(store.find_api_client_by_hash("hash-1")->key, shop.key.id);

    const auto created_at = world->clock.now();
    world->clock.advance(std::chrono::minutes{1});
    const auto revoked_at = world->clock.now();
    ASSERT_TRUE(store.revoke_api_key({restaurant, shop.key.id, revoked_at}));
    world->clock.advance(std::chrono::minutes{1});
    ASSERT_TRUE(store.revoke_api_key({restaurant, shop.key.id, world->clock.now()}));
    EXPECT_EQ(store.find_api_client_by_hash("hash-1").error().kind, ErrorKind::kNotFound);
    EXPECT_TRUE(store.find_api_client_by_hash("hash-3"));
    const auto keys = store.list_api_keys(restaurant, 10);
    ASSERT_TRUE(keys) << keys.error().detail;
    ASSERT_EQ(keys->size(), 2U);
    EXPECT_EQ(keys->at(0).name, "shop");
    EXPECT_EQ(keys->at(0).created_at, created_at);
    EXPECT_EQ(keys->at(0).revoked_at, revoked_at);
    EXPECT_EQ(keys->at(1).revoked_at, std::nullopt);
    EXPECT_EQ(store.list_api_keys(restaurant, 1)->size(), 1U);
    const auto foreign = store.revoke_api_key({ids.make<RestaurantId>(), shop.key.id, revoked_at});
    ASSERT_FALSE(foreign);
    EXPECT_EQ(foreign.error().code, "api_key_not_found");
}

ORDERPUSH_CONTRACT_SUITE(StaffStoreContract);

}  // namespace
}  // namespace orderpush::test

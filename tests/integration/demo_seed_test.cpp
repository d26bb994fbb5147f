#include "storage/demo/demo_seed.hpp"

#include "core/access/staff_store.hpp"
#include "storage/store_factories.hpp"
#include "tests/integration/pg_test.hpp"

#include <gtest/gtest.h>

#include <set>

namespace orderpush::test {
namespace {

class DemoSeedTest : public testing::Test {
  protected:
    storage::DemoRestaurant seed(const storage::DemoOptions& options) {
        auto demo = storage::seed_demo(database.url(), options);
        EXPECT_TRUE(demo) << demo.error().message << demo.error().detail;
        return demo ? *demo : storage::DemoRestaurant{};
    }
    static storage::DemoOptions options(std::optional<std::string> api_key = {}) {
        return {
            .staff_password = "demo-password",
            .api_key = std::move(api_key),
            .cost = PasswordCost::kTest};
    }

    TestDatabase database;
    storage::DbPool pool{{.url = database.url(), .size = 1}};
    std::unique_ptr<StaffStore> staff = storage::make_staff_store(pool);
};

TEST_F(DemoSeedTest, WritesTwoBranchesWithAllTheyNeed) {
    const auto demo = seed(options());
    ASSERT_EQ(demo.branches.size(), 2U);
    EXPECT_EQ(demo.branches[0].name, "Harbor");
    EXPECT_EQ(demo.branches[1].name, "Old Town");
    for (const auto& branch : demo.branches) {
        EXPECT_EQ(branch.tables.size(), 6U);
        EXPECT_EQ(branch.menu_items.size(), 12U);
        EXPECT_EQ(branch.stations.size(), 3U);
        std::set<std::string> roles;
        for (const auto& person : branch.staff) {
            roles.insert(person.role);
        }
        EXPECT_EQ(roles, (std::set<std::string>{"ADMIN", "KITCHEN", "MANAGER", "WAITER"}));
    }
    const auto client = staff->find_api_client_by_hash(sha256_hex(demo.api_key));
    EXPECT_TRUE(client) << client.error().detail;
    const auto kitchen = staff->list_by_email("kitchen.harbor@demo.example");
    ASSERT_TRUE(kitchen) << kitchen.error().detail;
    ASSERT_EQ(kitchen->size(), 1U);
    EXPECT_TRUE(verify_password(kitchen->at(0).staff.password_hash, "demo-password"));
}

TEST_F(DemoSeedTest, ASecondRunChangesNothing) {
    const auto first = seed(options());
    const std::string everything =
        "select md5(string_agg(t::text, ',' order by t::text)) from (select s.id, s.password_hash "
        "from staff s "
        "union all select t.id, t.qr_token from tables t union all select k.id, k.key_hash from "
        "api_keys k) t";
    const std::string before = database.execute(everything).at(0)[0].c_str();
    const auto second = seed(options(first.api_key));
    EXPECT_EQ(second.api_key, first.api_key);
    EXPECT_EQ(second.branches[0].tables[0].qr_token, first.branches[0].tables[0].qr_token);
    EXPECT_EQ(database.execute(everything).at(0)[0].c_str(), before);
}

TEST_F(DemoSeedTest, ALostApiKeyIsReplacedAndRevoked) {
    const auto first = seed(options());
    const auto second = seed(options());
    EXPECT_NE(second.api_key, first.api_key);
    EXPECT_FALSE(staff->find_api_client_by_hash(sha256_hex(first.api_key)));
    EXPECT_TRUE(staff->find_api_client_by_hash(sha256_hex(second.api_key)));
}

TEST_F(DemoSeedTest, AnotherPasswordReplacesTheFormerOne) {
    seed(options());
    auto changed = options();
    changed.staff_password = "another-password";
    seed(changed);
    const auto admin = staff->list_by_email("admin.oldtown@demo.example");
    ASSERT_TRUE(admin) << admin.error().detail;
    ASSERT_EQ(admin->size(), 1U);
    EXPECT_TRUE(verify_password(admin->at(0).staff.password_hash, "another-password"));
}

TEST_F(DemoSeedTest, ADatabaseInUseIsRefused) {
    database.execute("insert into restaurants values (gen_random_uuid(), 'Real', 'EUR', now())");
    const auto demo = storage::seed_demo(database.url(), options());
    ASSERT_FALSE(demo);
    EXPECT_EQ(demo.error().code, "database_in_use");
    EXPECT_EQ(database.execute("select count(*) from branches").at(0)[0].as<int>(), 0);
}

}  // namespace
}  // namespace orderpush::test

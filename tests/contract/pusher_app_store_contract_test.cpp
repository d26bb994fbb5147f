#include "base/clock.hpp"
#include "core/pusher_apps/pusher_app_store.hpp"
#include "tests/contract/store_contract.hpp"
#include "tests/support/manual_clock.hpp"

namespace orderpush::test {
namespace {

class PusherAppStoreContract : public StoreContract {
  protected:
    Result<void> add(const HostedApp& app) { return world->apps().add(app, world->clock.now()); }
    std::vector<HostedApp> list(int limit = 10) {
        const auto found = world->apps().list(limit);
        EXPECT_TRUE(found) << found.error().detail;
        return found ? *found : std::vector<HostedApp>{};
    }

    const HostedApp full{
        .id = "42",
        .key = "key-42",
        .secret = "sealed:text",
        .connections_max = 100,
        .event_bytes_max = 65'536,
        .has_client_events = true,
        .has_subscription_count = true,
        .webhook_urls = {"https://a.example/hook?x={1,2}", "https://b.example/\"quoted\""},
        .subscriptions_max = 20,
        .messages_per_second_max = 30,
        .client_events_per_second_max = 40,
        .is_disabled = true};
    const HostedApp bare{.id = "7", .key = "key-7", .secret = "sealed:other"};
};

TEST_P(PusherAppStoreContract, GivesBackWhatItWasGivenInTheOrderOfIds) {
    ASSERT_TRUE(add(bare));
    ASSERT_TRUE(add(full));
    EXPECT_EQ(list(), (std::vector<HostedApp>{full, bare}));  // "42" before "7": as text
    EXPECT_EQ(list(1), (std::vector<HostedApp>{full}));
}

TEST_P(PusherAppStoreContract, RefusesAnIdOrKeyThatIsTaken) {
    ASSERT_TRUE(add(full));
    HostedApp other = bare;
    other.id = full.id;
    EXPECT_EQ(add(other).error().code, "app_taken");
    other.id = "8";
    other.key = full.key;
    EXPECT_EQ(add(other).error().code, "app_taken");
    EXPECT_EQ(list(), (std::vector<HostedApp>{full}));
}

TEST_P(PusherAppStoreContract, DisablesAndEnablesOne) {
    ASSERT_TRUE(add(bare));
    ASSERT_TRUE(add(full));
    EXPECT_TRUE(world->apps().set_disabled(full.id, false));
    EXPECT_TRUE(world->apps().set_disabled(bare.id, true));
    EXPECT_TRUE(world->apps().set_disabled(bare.id, true));
    EXPECT_FALSE(list().front().is_disabled);
    EXPECT_TRUE(list().back().is_disabled);
    EXPECT_EQ(world->apps().set_disabled("99", true).error().code, "app_unknown");
}

TEST_P(PusherAppStoreContract, RemovesOnce) {
    ASSERT_TRUE(add(full));
    ASSERT_TRUE(add(bare));
    EXPECT_TRUE(world->apps().remove(full.id));
    EXPECT_EQ(world->apps().remove(full.id).error().code, "app_unknown");
    EXPECT_EQ(list(), (std::vector<HostedApp>{bare}));
    EXPECT_TRUE(add(full));
}

ORDERPUSH_CONTRACT_SUITE(PusherAppStoreContract);

}  // namespace
}  // namespace orderpush::test

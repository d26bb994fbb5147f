#include "usecases/pusher_apps/pusher_app_registry.hpp"

#include "tests/support/manual_clock.hpp"
#include "tests/support/memory/memory_pusher_app_store.hpp"
#include "usecases/pusher_apps/pusher_app_sync.hpp"

#include <gtest/gtest.h>

namespace orderpush::usecases {
namespace {

const HostedApp kDefault{.id = "1", .key = "default-key", .secret = "s"};

class PusherAppRegistryTest : public testing::Test {
  protected:
    PusherAppRegistry directory_with(const std::string& secret) {
        return PusherAppRegistry{store_, SecretBox{{secret}}, kDefault, clock_};
    }

    orderpush::test::ManualClock clock_;
    orderpush::test::MemoryPusherAppStore store_;
    PusherAppRegistry directory_{store_, SecretBox{{"first secret"}}, kDefault, clock_};
};

TEST_F(PusherAppRegistryTest, MakesUpWhatIsNotGiven) {
    const auto app = directory_.add({});
    ASSERT_TRUE(app);
    EXPECT_EQ(app->id.size(), 7U);
    EXPECT_EQ(app->id.find_first_not_of("0123456789"), std::string::npos);
    EXPECT_GE(app->key.size(), 20U);
    EXPECT_GE(app->secret.size(), 40U);
    EXPECT_EQ(directory_.list()->apps, (std::vector<HostedApp>{*app}));
}

TEST_F(PusherAppRegistryTest, KeepsSecretsSealed) {
    const auto app = directory_.add({.secret = "a-secret-from-elsewhere"});
    ASSERT_TRUE(app);
    EXPECT_EQ(app->secret, "a-secret-from-elsewhere");
    EXPECT_TRUE(SecretBox::is_sealed(store_.list(1)->front().secret));
}

TEST_F(PusherAppRegistryTest, TellsWhichSecretsCannotBeOpened) {
    const auto app = directory_.add({});
    const auto listed = directory_with("another secret").list();
    EXPECT_TRUE(listed->apps.empty());
    EXPECT_EQ(listed->unreadable, std::vector<std::string>{app->id});
}

TEST_F(PusherAppRegistryTest, RefusesWhatIsTaken) {
    ASSERT_TRUE(directory_.add({.id = "7", .key = "k"}));
    EXPECT_EQ(directory_.add({.id = "7"}).error().code, "app_taken");
    EXPECT_EQ(directory_.add({.key = "k"}).error().code, "app_taken");
    EXPECT_EQ(directory_.add({.id = "1"}).error().code, "app_taken");
    EXPECT_EQ(directory_.add({.key = "default-key"}).error().code, "app_taken");
}

TEST_F(PusherAppRegistryTest, NamesEveryFault) {
    const auto refused = directory_.add(
        {.id = "seven",
         .key = "a:b",
         .secret = "short",
         .connections_max = 0,
         .event_bytes_max = 0,
         .webhook_urls = std::vector<std::string>(11, "ftp://x"),
         .subscriptions_max = 0,
         .messages_per_second_max = 100'001,
         .client_events_per_second_max = 10'001}
    );
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().field_errors.size(), 10U);
}

TEST_F(PusherAppRegistryTest, IsReadAgainAndTellsChangesOnly) {
    std::vector<std::size_t> counts;
    PusherAppSync refresher{
        directory_, [&](const std::vector<HostedApp>& apps) { counts.push_back(apps.size()); }};
    refresher.run_once();
    refresher.run_once();
    const auto app = directory_.add({});
    refresher.run_once();
    refresher.run_once();
    ASSERT_TRUE(directory_.set_disabled(app->id, true));
    refresher.run_once();
    ASSERT_TRUE(directory_.remove(app->id));
    refresher.run_once();
    EXPECT_EQ(counts, (std::vector<std::size_t>{0, 1, 1, 0}));
}

}  // namespace
}  // namespace orderpush::usecases

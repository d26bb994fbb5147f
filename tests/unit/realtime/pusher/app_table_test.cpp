#include "realtime/pusher/app_table.hpp"

#include "realtime/pusher/pusher_protocol.hpp"

#include <gtest/gtest.h>

namespace orderpush::realtime {
namespace {

const HostedApp kDefault{.id = "1", .key = "default-key", .secret = "s"};

HostedApp app(const std::string& id, const std::string& key) {
    return {.id = id, .key = key, .secret = "s"};
}

TEST(AppsTest, AreFoundByKeyAndById) {
    AppTable apps{kDefault};
    apps.set_further({app("2", "second-key")});
    EXPECT_EQ(apps.by_key("default-key"), apps.default_app());
    EXPECT_EQ(apps.by_id("1"), apps.default_app());
    EXPECT_EQ(apps.by_key("second-key"), apps.by_id("2"));
    EXPECT_EQ(apps.by_id("2")->key_prefix, "2/");
    EXPECT_EQ(apps.by_key("nobody"), nullptr);
    EXPECT_EQ(apps.by_id("3"), nullptr);
    EXPECT_EQ(apps.all().size(), 2U);
}

TEST(AppsTest, NeverReplaceTheDefaultOneOrEachOther) {
    AppTable apps{kDefault};
    const std::size_t left_out = apps.set_further(
        {app("1", "x"), app("4", "default-key"), app("2", "k"), app("2", "l"), app("3", "k")}
    );
    EXPECT_EQ(left_out, 4U);
    EXPECT_TRUE(apps.by_key("default-key")->is_default());
    EXPECT_EQ(apps.all().size(), 2U);
}

TEST(AppsTest, KeepCountingWhenTheirSettingsChange) {
    AppTable apps{kDefault};
    apps.set_further({app("2", "k")});
    const AppSlot slot{apps.by_id("2")};
    auto changed = app("2", "k");
    changed.connections_max = 1;
    apps.set_further({changed});
    EXPECT_EQ(*apps.by_id("2")->connections, 1U);
    EXPECT_FALSE(AppSlot{apps.by_id("2")}.is_taken());
    EXPECT_EQ(*apps.by_id("2")->connections, 1U);
}

TEST(AppsTest, HaveAsManyConnectionsAsTheyMay) {
    const AppTable apps{kDefault, {.connections_max = 1}};
    {
        AppSlot first{apps.default_app()};
        const AppSlot moved{std::move(first)};
        EXPECT_TRUE(moved.is_taken());
        EXPECT_FALSE(AppSlot{apps.default_app()}.is_taken());
    }
    EXPECT_TRUE(AppSlot{apps.default_app()}.is_taken());
}

TEST(AppsTest, KeysOfChannelsGoThereAndBack) {
    AppTable apps{kDefault};
    apps.set_further({app("2", "k")});
    const std::string kitchen = "presence-kitchen-0190a5c0-7b1c-7def-8123-456789abcdef";
    EXPECT_EQ(hub_key_of(*apps.by_id("2"), kitchen), "2/" + kitchen);
    EXPECT_EQ(
        hub_key_of(*apps.by_id("1"), kitchen), "kitchen:0190a5c0-7b1c-7def-8123-456789abcdef"
    );
    for (const std::string& name :
         {kitchen, std::string{"news"}, std::string{"#server-to-user-a/b"}}) {
        for (const char* id : {"1", "2"}) {
            EXPECT_EQ(pusher_name_of(hub_key_of(*apps.by_id(id), name)), name);
        }
    }
}

}  // namespace
}  // namespace orderpush::realtime

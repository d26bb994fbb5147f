#include "main/settings/settings.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

namespace orderpush {
namespace {

using Variables = std::map<std::string, std::string>;

Result<Settings> load(Variables variables) {
    variables["DATABASE_URL"] = "postgresql://me:pw@localhost/orders";
    variables["JWT_SECRET"] = std::string(40, 'j');
    variables["BUILTIN_SECRET"] = std::string(40, 'b');
    const auto look_up = [&](const std::string& name) -> std::optional<std::string> {
        const auto found = variables.find(name);
        return found == variables.end() ? std::nullopt : std::optional{found->second};
    };
    return load_settings(look_up, "");
}

std::vector<std::string> faulty(const Result<Settings>& settings) {
    std::vector<std::string> names;
    if (!settings) {
        for (const FieldError& fault : settings.error().field_errors) {
            names.push_back(fault.field);
        }
    }
    std::ranges::sort(names);
    return names;
}

Variables pusher() {
    return {
        {"PUSH_ADAPTERS", "pusher"},
        {"PUSHER_APP_ID", "77001"},
        {"PUSHER_KEY", "relaykey01"},
        {"PUSHER_SECRET", "secret"},
        {"PUSHER_CLUSTER", "eu"}};
}

TEST(ProviderSettingsTest, PusherTakesItsCluster) {
    const auto settings = load(pusher());
    ASSERT_TRUE(settings);
    ASSERT_TRUE(settings->pusher);
    EXPECT_EQ(settings->pusher->app.id, "77001");
    EXPECT_EQ(settings->pusher->app.key, "relaykey01");
    EXPECT_EQ(settings->pusher->app.secret, "secret");
    EXPECT_EQ(settings->pusher->cluster, "eu");
    EXPECT_EQ(settings->pusher->server.origin(), "https://api-eu.pusher.com");
    EXPECT_FALSE(settings->ably);
}

TEST(ProviderSettingsTest, PusherTakesAServerOfOurOwnInstead) {
    Variables variables = pusher();
    variables["PUSHER_HOST"] = "http://localhost:6001";
    auto settings = load(variables);
    ASSERT_TRUE(settings);
    EXPECT_EQ(settings->pusher->cluster, "");
    EXPECT_EQ(settings->pusher->server.origin(), "http://localhost:6001");
    variables["PUSHER_HOST"] = "push.example";
    EXPECT_EQ(load(variables)->pusher->server.origin(), "https://push.example");
    for (const char* host : {"ftp://x", "push.example/path", "push.example:0", "a b", "x:y:1"}) {
        variables["PUSHER_HOST"] = host;
        EXPECT_EQ(faulty(load(variables)), std::vector<std::string>{"PUSHER_HOST"}) << host;
    }
}

TEST(ProviderSettingsTest, OlderNamesMeanTheSameAndLose) {
    Variables variables{
        {"PUSH_ADAPTERS", "pusher"},
        {"PUSHER_APP_ID", "77001"},
        {"PUSHER_APP_KEY", "old"},
        {"PUSHER_APP_SECRET", "old-secret"},
        {"PUSHER_APP_CLUSTER", "us2"}};
    EXPECT_EQ(load(variables)->pusher->app.key, "old");
    EXPECT_EQ(load(variables)->pusher->cluster, "us2");
    variables["PUSHER_KEY"] = "new";
    EXPECT_EQ(load(variables)->pusher->app.key, "new");
    EXPECT_EQ(load(variables)->pusher->app.secret, "old-secret");
}

TEST(ProviderSettingsTest, OneUrlSaysAll) {
    Variables variables{
        {"PUSH_ADAPTERS", "pusher"},
        {"PUSHER_URL", "https://relaykey01:secret@api-eu.pusher.com/apps/77001"}};
    auto settings = load(variables);
    ASSERT_TRUE(settings);
    EXPECT_EQ(settings->pusher->app.id, "77001");
    EXPECT_EQ(settings->pusher->app.secret, "secret");
    EXPECT_EQ(settings->pusher->cluster, "eu");
    variables["PUSHER_URL"] = "http://relaykey01:secret@api.pusherapp.com/apps/77001";
    EXPECT_EQ(load(variables)->pusher->cluster, "mt1");
    variables["PUSHER_URL"] = "http://relaykey01:secret@localhost:6001/apps/77001";
    EXPECT_EQ(load(variables)->pusher->server.origin(), "http://localhost:6001");
    variables["PUSHER_KEY"] = "other";
    EXPECT_EQ(load(variables)->pusher->app.key, "other");
    variables = pusher();
    variables["PUSHER_URL"] = "relaykey01:secret";
    EXPECT_EQ(faulty(load(variables)), std::vector<std::string>{"PUSHER_URL"});
}

TEST(ProviderSettingsTest, WhatIsMissingIsToldWithTheAdapterOnly) {
    EXPECT_EQ(
        faulty(load({{"PUSH_ADAPTERS", "pusher,ably"}})),
        (std::vector<std::string>{
            "ABLY_API_KEY", "PUSHER_APP_ID", "PUSHER_CLUSTER", "PUSHER_KEY", "PUSHER_SECRET"})
    );
    const auto unused = load({{"PUSHER_APP_ID", "x"}, {"ABLY_API_KEY", "nonsense"}});
    ASSERT_TRUE(unused);
    EXPECT_FALSE(unused->pusher);
}

TEST(ProviderSettingsTest, AblyTakesAKeyAndMaybeAServer) {
    Variables variables{{"PUSH_ADAPTERS", "ably"}, {"ABLY_API_KEY", "app.key:secret"}};
    auto settings = load(variables);
    ASSERT_TRUE(settings);
    EXPECT_EQ(settings->ably->key.name, "app.key");
    EXPECT_FALSE(settings->ably->server);
    variables["ABLY_REST_HOST"] = "http://127.0.0.1:8081";
    EXPECT_EQ(load(variables)->ably->server->origin(), "http://127.0.0.1:8081");
    variables["ABLY_REST_HOST"] = "a/b";
    variables["ABLY_API_KEY"] = "app.key";
    EXPECT_EQ(
        faulty(load(variables)), (std::vector<std::string>{"ABLY_API_KEY", "ABLY_REST_HOST"})
    );
}

TEST(ProviderSettingsTest, FaultsTellNoSecret) {
    Variables variables = pusher();
    variables["PUSHER_URL"] = "https://key:very-secret@";
    variables["PUSH_ADAPTERS"] = "pusher,ably";
    variables["ABLY_API_KEY"] = "very-secret";
    const auto settings = load(variables);
    ASSERT_FALSE(settings);
    for (const FieldError& fault : settings.error().field_errors) {
        EXPECT_EQ(fault.message.find("very-secret"), std::string::npos);
    }
}

}  // namespace
}  // namespace orderpush

#include "usecases/outgoing_webhooks/outgoing_webhook_targets.hpp"

#include <gtest/gtest.h>

namespace orderpush::usecases {
namespace {

WebhookApp app(std::string id, bool has_subscription_counts) {
    return {
        .id = std::move(id),
        .key = "key",
        .secret = "secret",
        .targets = {"https://a.example/hook"},
        .has_subscription_counts = has_subscription_counts};
}

TEST(OutgoingWebhookTargetsTest, CountsAreForApplicationsThatCount) {
    std::vector<WebhookApp> apps{app("1", true), app("2", false)};
    OutgoingWebhookTargets targets{[&] { return apps; }};
    const auto wants_counts = [&](std::string_view id) {
        return targets.wants(id, ChannelEventKind::kSubscriptionCount, "news");
    };
    EXPECT_TRUE(wants_counts("1"));
    EXPECT_FALSE(wants_counts("2"));
    EXPECT_TRUE(targets.wants("2", ChannelEventKind::kOccupied, "news"));
    apps = {app("1", false), app("2", true)};
    EXPECT_TRUE(targets.refresh());
    EXPECT_FALSE(wants_counts("1"));
    EXPECT_TRUE(wants_counts("2"));
}

TEST(OutgoingWebhookTargetsTest, AFilterThatNamesCountsDoesNotTurnThemOn) {
    WebhookApp filtered = app("1", false);
    filtered.targets = {"https://a.example/hook#events=subscription_count"};
    const OutgoingWebhookTargets targets{[&] { return std::vector{filtered}; }};
    EXPECT_FALSE(targets.wants("1", ChannelEventKind::kSubscriptionCount, "news"));
}

}  // namespace
}  // namespace orderpush::usecases

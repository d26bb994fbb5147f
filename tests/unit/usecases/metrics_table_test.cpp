#include "usecases/metrics_table.hpp"

#include "usecases/delivery/delivery_metrics.hpp"
#include "usecases/incoming_webhooks/incoming_webhook_service.hpp"
#include "usecases/kitchen/receipt_metrics.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace orderpush::usecases {
namespace {

using metrics::Definition;
using metrics::Kind;

FigureSets sets() {
    return {
        .routes = {"-", "/v1/orders"},
        .adapters = {"builtin", "pusher"},
        .streams = {"builtin", "pusher", "failover"},
        .workers = {"relay"},
        .version = "1.2.3"};
}

TEST(MetricsTableTest, NamesCarryTheirUnits) {
    for (const Definition& each : figures_table(sets())) {
        EXPECT_TRUE(each.name.starts_with("orderpush_")) << each.name;
        EXPECT_EQ(each.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz_"), std::string::npos)
            << each.name;
        EXPECT_FALSE(each.help.empty()) << each.name;
        EXPECT_EQ(each.name.ends_with("_total"), each.kind == Kind::kCounter) << each.name;
        EXPECT_EQ(!each.bounds.empty(), each.kind == Kind::kHistogram) << each.name;
        EXPECT_TRUE(each.kind != Kind::kHistogram || each.name.ends_with("_seconds")) << each.name;
    }
}

TEST(MetricsTableTest, LabelsAreThoseOfClosedSetsAndNoIds) {
    const std::set<std::string> known{
        "version",
        "kind",
        "cause",
        "step",
        "route",
        "method",
        "status",
        "reason",
        "provider",
        "verdict",
        "worker",
        "stream",
        "adapter",
        "outcome",
        "state"};
    for (const Definition& each : figures_table(sets())) {
        for (const metrics::Label& label : each.labels) {
            EXPECT_TRUE(known.contains(label.name)) << each.name << ' ' << label.name;
            EXPECT_FALSE(label.values.empty()) << each.name << ' ' << label.name;
            EXPECT_LE(label.values.size(), 100U) << each.name << ' ' << label.name;
        }
    }
}

TEST(MetricsTableTest, WordsOfClientsBecomeOther) {
    EXPECT_EQ(figure_of_method("PATCH"), "PATCH");
    EXPECT_EQ(figure_of_method("BREW"), "other");
    EXPECT_EQ(figure_of_method(""), "other");
    EXPECT_EQ(figure_of_status(204), "2xx");
    EXPECT_EQ(figure_of_status(503), "5xx");
}

TEST(MetricsTableTest, EveryVerdictOnAWebhookHasItsFigure) {
    using enum WebhookVerdict;
    metrics::Registry registry{figures_table(sets())};
    for (const auto verdict : {kStored, kDuplicate, kForged, kStale, kMalformed, kNotStored}) {
        registry.counter(figure::kWebhooks, {"ably", to_string(verdict)}).add();
        const std::string line = "orderpush_webhooks_total{provider=\"ably\",verdict=\"" +
                                 std::string{to_string(verdict)} + "\"} 1\n";
        EXPECT_NE(registry.text().find(line), std::string::npos) << line;
    }
}

class DeliveryMetricsTest : public testing::Test {
  protected:
    void settle(Settlement::State state, const std::string& via) {
        const Settlement settlement{
            .channel = Channel::kitchen(BranchId{}), .seq = 1, .state = state, .via = via};
        metrics_.settled(settlement, std::chrono::milliseconds{20});
    }
    bool shows(const std::string& line) {
        return registry_.text().find("\n" + line + "\n") != std::string::npos;
    }

    metrics::Registry registry_{figures_table(sets())};
    const DeliveryMetrics metrics_{registry_, {"builtin", "pusher"}, {"failover"}};
};

TEST_F(DeliveryMetricsTest, OutcomesCountForTheAdapterThatAnswered) {
    settle(Settlement::State::kDelivered, "pusher");
    settle(Settlement::State::kRetry, "pusher");
    settle(Settlement::State::kDead, "builtin");
    EXPECT_TRUE(shows(R"(orderpush_publish_outcomes_total{adapter="pusher",outcome="delivered"} 1)")
    );
    EXPECT_TRUE(shows(R"(orderpush_publish_outcomes_total{adapter="pusher",outcome="retry"} 1)"));
    EXPECT_TRUE(shows(R"(orderpush_publish_outcomes_total{adapter="builtin",outcome="rejected"} 1)")
    );
    EXPECT_TRUE(shows(R"(orderpush_dead_letters_total{adapter="builtin"} 1)"));
    EXPECT_TRUE(shows(R"(orderpush_publish_latency_seconds_bucket{adapter="pusher",le="0.025"} 1)")
    );
}

TEST_F(DeliveryMetricsTest, WhatNoAdapterAnsweredDoesNotCount) {
    const std::string before = registry_.text();
    settle(Settlement::State::kRetry, "failover");
    settle(Settlement::State::kSkipped, "pusher");
    EXPECT_EQ(registry_.text(), before);
}

TEST_F(DeliveryMetricsTest, TheLeaseIsHeldOrNot) {
    metrics_.holds_lease("failover", true);
    EXPECT_TRUE(shows(R"(orderpush_relay_lease_held{stream="failover"} 1)"));
    metrics_.holds_lease("failover", false);
    EXPECT_TRUE(shows(R"(orderpush_relay_lease_held{stream="failover"} 0)"));
}

TEST(ReceiptMetricsTest, EveryDeviceCountsForItsKindOfReport) {
    metrics::Registry registry{figures_table(sets())};
    ReceiptMetrics counted{registry};
    const std::vector<std::chrono::milliseconds> delays{
        std::chrono::milliseconds{20}, std::chrono::milliseconds{80}};
    counted.reported(ReceiptKind::kReceived, delays);
    counted.reported(ReceiptKind::kSeen, std::span{delays}.first(1));
    const std::string text = registry.text();
    EXPECT_NE(text.find("orderpush_commit_to_screen_seconds_count 2"), std::string::npos) << text;
    EXPECT_NE(text.find("orderpush_commit_to_seen_seconds_count 1"), std::string::npos);
    EXPECT_NE(text.find("orderpush_commit_to_seen_seconds_sum 0.02"), std::string::npos);
}

}  // namespace
}  // namespace orderpush::usecases

#include "adapters/pusher/pusher_adapter.hpp"

#include "tests/support/manual_clock.hpp"
#include "tests/support/providers/pusher_provider.hpp"
#include "tests/support/providers/scripted_client.hpp"

#include <gtest/gtest.h>

namespace orderpush::adapters {
namespace {

using Kind = PublishOutcome::Kind;
using Manner = test::ScriptedAnswer::Manner;

const Uuid kBranch = *parse_uuid("0190a5c0-7b1c-7def-8123-456789abcdef");
const std::string kKitchen = "presence-kitchen-0190a5c0-7b1c-7def-8123-456789abcdef";

OutboxEntry entry(
    const Channel& channel, std::int64_t seq, const std::string& name = "order:created"
) {
    return {
        .event_id = {*parse_uuid("0190a5c0-7b1c-7def-8123-0000000000ff")},
        .name = name,
        .payload = R"({"orderId":"x"})",
        .occurred_at = Timestamp{},
        .channel = channel,
        .seq = seq};
}

class PusherAdapterTest : public testing::Test {
  protected:
    void TearDown() override { EXPECT_EQ(provider_.complaints(), std::vector<std::string>{}); }

    std::vector<PublishOutcome> publish(const std::vector<OutboxEntry>& entries) {
        return adapter_.publish(
            entries, std::chrono::steady_clock::now() + std::chrono::seconds{20}
        );
    }
    PublishOutcome publish_one() { return publish({entry(kitchen_, 1)}).at(0); }
    PublishOutcome outcome_of(const test::ScriptedAnswer& answer) {
        provider_.answer_next(answer);
        return publish_one();
    }
    PublishOutcome outcome_of(int status, const std::string& body) {
        return outcome_of({.status = status, .body = body, .headers = {}});
    }

    const Channel kitchen_ = Channel::kitchen({kBranch});
    const Channel menu_ = Channel::menu({kBranch});
    test::ManualClock clock_;
    const protocol::PusherApp app_{
        .id = "77001", .key = "relaykey01", .secret = "relay-secret-For-Tests"};
    test::PusherProvider provider_{app_, clock_};
    test::ScriptedClient http_{provider_.script()};
    PusherAdapter adapter_{http_, clock_, {.app = app_, .origin = pusher_origin("eu")}};
};

TEST_F(PusherAdapterTest, OneEntryIsOneEventOnItsChannel) {
    EXPECT_EQ(publish_one().kind, Kind::kDelivered);
    const auto taken = provider_.taken(kKitchen);
    ASSERT_EQ(taken.size(), 1U);
    EXPECT_EQ(taken[0].event, "order:created");
    EXPECT_EQ(taken[0].data, envelope(entry(kitchen_, 1)));
    EXPECT_EQ(provider_.paths(), std::vector<std::string>{"/apps/77001/events"});
    EXPECT_EQ(http_.origins(), std::vector<std::string>{"https://api-eu.pusher.com"});
}

TEST_F(PusherAdapterTest, DifferentMessagesGoAsBatchesOfTen) {
    std::vector<OutboxEntry> entries;
    for (std::int64_t seq = 1; seq <= 12; ++seq) {
        entries.push_back(entry(kitchen_, seq));
    }
    for (const auto& outcome : publish(entries)) {
        EXPECT_EQ(outcome.kind, Kind::kDelivered);
    }
    EXPECT_EQ(
        provider_.paths(),
        (std::vector<std::string>{"/apps/77001/batch_events", "/apps/77001/batch_events"})
    );
    const auto taken = provider_.taken(kKitchen);
    ASSERT_EQ(taken.size(), 12U);
    for (std::size_t i = 0; i < taken.size(); ++i) {
        EXPECT_EQ(taken[i].data, envelope(entries[i]));
    }
}

TEST_F(PusherAdapterTest, TheSameMessageOnSeveralChannelsIsOneEvent) {
    for (const auto& outcome : publish({entry(kitchen_, 1), entry(menu_, 1)})) {
        EXPECT_EQ(outcome.kind, Kind::kDelivered);
    }
    EXPECT_EQ(provider_.paths(), std::vector<std::string>{"/apps/77001/events"});
    EXPECT_EQ(provider_.taken(kKitchen).size(), 1U);
    EXPECT_EQ(provider_.taken("menu-" + to_string(kBranch)).size(), 1U);
}

TEST_F(PusherAdapterTest, OutagesAreRetried) {
    for (const int status : {408, 429, 500, 502, 503, 504}) {
        const auto outcome = outcome_of(status, "busy");
        EXPECT_EQ(outcome.kind, Kind::kRetry) << status;
        EXPECT_EQ(outcome.reason, std::to_string(status) + " busy");
        EXPECT_EQ(outcome.retry_after, std::nullopt);
    }
    for (const Manner manner : {Manner::kHang, Manner::kCut, Manner::kHalf, Manner::kGarbage}) {
        const auto outcome = outcome_of({.manner = manner});
        EXPECT_EQ(outcome.kind, Kind::kRetry);
        EXPECT_FALSE(outcome.reason.empty());
    }
    EXPECT_EQ(publish_one().kind, Kind::kDelivered);
}

TEST_F(PusherAdapterTest, TheProvidersOwnPauseIsKept) {
    const auto outcome = outcome_of({.status = 429, .headers = {{"Retry-After", "17"}}});
    EXPECT_EQ(outcome.retry_after, std::chrono::seconds{17});
}

TEST_F(PusherAdapterTest, BadCredentialsAndAccountsStopTheAdapter) {
    const std::map<int, std::string> answers{
        {400, "Unknown auth_key\n"},
        {401, "Timestamp expired: Given timestamp\n"},
        {403, "app disabled\n"},
        {404, "404 NOT FOUND\n"},
        {407, ""},
        {301, ""}};
    for (const auto& [status, text] : answers) {
        const auto outcome = outcome_of(status, text);
        EXPECT_EQ(outcome.kind, Kind::kStopped) << status;
        EXPECT_NE(outcome.reason.find(std::to_string(status)), std::string::npos);
    }
    EXPECT_EQ(outcome_of(401, "Timestamp expired").reason, "401 Timestamp expired");
}

TEST_F(PusherAdapterTest, WhatAStoppedAdapterHasNotSentIsStoppedToo) {
    provider_.answer_always({.status = 401, .body = "no"});
    for (const auto& outcome : publish({entry(kitchen_, 1), entry(menu_, 9), entry(kitchen_, 2)})) {
        EXPECT_EQ(outcome.kind, Kind::kStopped);
    }
    EXPECT_EQ(provider_.request_count(), 1U);
}

TEST_F(PusherAdapterTest, ARefusedMessageIsFoundOutAndTheOthersGo) {
    provider_.refuse("order:broken");
    const auto outcomes = publish(
        {entry(menu_, 1),
         entry(kitchen_, 1),
         entry(kitchen_, 2, "order:broken"),
         entry(kitchen_, 3)}
    );
    EXPECT_EQ(outcomes[0].kind, Kind::kDelivered);
    EXPECT_EQ(outcomes[1].kind, Kind::kDelivered);
    EXPECT_EQ(outcomes[2].kind, Kind::kRejected);
    EXPECT_EQ(outcomes[2].reason, "400 Expected name parameter to be another");
    EXPECT_EQ(outcomes[3].kind, Kind::kRetry) << "not before it";
    EXPECT_EQ(outcomes[3].retry_after, std::chrono::milliseconds{0});
    EXPECT_EQ(provider_.taken(kKitchen).size(), 1U);
}

TEST_F(PusherAdapterTest, TooLargeIsRefusedForGood) {
    EXPECT_EQ(outcome_of(413, "The data content").kind, Kind::kRejected);
}

TEST_F(PusherAdapterTest, SuccessThatIsNotTheProtocolsIsNone) {
    for (const char* body : {"<html>log in to the hotel</html>", "[]", "", "{"}) {
        const auto outcome = outcome_of(200, body);
        EXPECT_EQ(outcome.kind, Kind::kRetry) << body;
        EXPECT_NE(outcome.reason.find("not the provider's answer"), std::string::npos);
    }
    EXPECT_EQ(outcome_of(202, R"({"ok":true})").kind, Kind::kDelivered);
}

TEST_F(PusherAdapterTest, AnOutageInTheMiddleKeepsWhatWasTaken) {
    std::vector<OutboxEntry> entries;
    for (std::int64_t seq = 1; seq <= 30; ++seq) {
        entries.push_back(entry(kitchen_, seq));
    }
    provider_.answer_next({});
    provider_.answer_next({.status = 503, .body = "away"});
    const auto outcomes = publish(entries);
    EXPECT_EQ(outcomes[9].kind, Kind::kDelivered);
    EXPECT_EQ(outcomes[10].kind, Kind::kRetry);
    EXPECT_EQ(outcomes[29].kind, Kind::kRetry);
    EXPECT_EQ(provider_.request_count(), 2U);
}

TEST_F(PusherAdapterTest, NothingIsSentBehindTheDeadline) {
    const auto outcomes =
        adapter_.publish(std::vector{entry(kitchen_, 1)}, std::chrono::steady_clock::now());
    EXPECT_EQ(outcomes.at(0).kind, Kind::kRetry);
    EXPECT_EQ(provider_.request_count(), 0U);
}

TEST_F(PusherAdapterTest, ReasonsTellNoSecret) {
    for (const auto& answer :
         {test::ScriptedAnswer{.status = 401, .body = "Invalid signature"},
          test::ScriptedAnswer{.manner = Manner::kCut}}) {
        const auto reason = outcome_of(answer).reason;
        EXPECT_EQ(reason.find(app_.secret), std::string::npos);
        EXPECT_EQ(reason.find("auth_signature="), std::string::npos);
    }
}

}  // namespace
}  // namespace orderpush::adapters

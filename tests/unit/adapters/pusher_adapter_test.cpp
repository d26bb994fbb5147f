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
    for (const int status : {408, 425, 429, 500, 502, 503, 504, 521, 599}) {
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

TEST_F(PusherAdapterTest, WhatAnybodyOnTheWayAnswersPasses) {
    const std::vector<std::pair<int, std::string>> answers{
        {301, ""},
        {302, "<html>log in</html>"},
        {307, ""},
        {401, "Timestamp expired: Given timestamp (2026-01-01T00:00:00Z) not within 600s\n"},
        {401, "Version required\n"},
        {401, "<html>Unknown auth_key</html>"},
        {401, ""},
        {403, "You have exceeded your daily message quota\n"},
        {403, R"({"error":"account over quota"})"},
        {404, "404 NOT FOUND\n"},
        {404, "Unknown auth_key\n"},
        {405, ""},
        {407, "Proxy Authentication Required"},
        {410, ""},
        {421, "Misdirected Request"}};
    for (const auto& [status, text] : answers) {
        EXPECT_EQ(outcome_of(status, text).kind, Kind::kRetry) << status << ' ' << text;
    }
    EXPECT_EQ(outcome_of(401, "Timestamp expired").reason, "401 Timestamp expired");
    EXPECT_EQ(publish_one().kind, Kind::kDelivered);
}

TEST_F(PusherAdapterTest, RefusalsInNoFormOfTheProvidersAreUnclear) {
    const std::vector<std::pair<int, std::string>> answers{
        {400, "Bad Request"},
        {400, ""},
        {400, "<html><h1>400 Bad Request</h1></html>"},
        {400, R"({"message":"Invalid channel name"})"},
        {400, R"({"error":{"text":"Invalid channel name"}})"},
        {403, "<html>Request blocked</html>"},
        {403, "Forbidden"},
        {413, "<html>413 Request Entity Too Large</html>"},
        {422, "{}"},
        {451, ""}};
    for (const auto& [status, text] : answers) {
        EXPECT_EQ(outcome_of(status, text).kind, Kind::kUnclear) << status << ' ' << text;
    }
    const test::ScriptedAnswer page{
        .status = 400, .body = "Invalid channel name", .headers = {{"Content-Type", "text/html"}}};
    EXPECT_EQ(outcome_of(page).kind, Kind::kUnclear);
}

TEST_F(PusherAdapterTest, WhereEverythingIsRefusedUnclearlyFewRequestsAreMade) {
    std::vector<OutboxEntry> entries;
    for (std::uint8_t branch = 1; branch <= 100; ++branch) {
        BranchId id{kBranch};
        id.value.bytes[15] = branch;
        entries.push_back(entry(Channel::kitchen(id), 1, "order:" + std::to_string(branch)));
    }
    provider_.answer_always({.status = 400, .body = "Bad Request"});
    for (const auto& outcome : publish(entries)) {
        EXPECT_TRUE(outcome.kind == Kind::kUnclear || outcome.kind == Kind::kRetry);
    }
    EXPECT_LE(provider_.request_count(), 16U);
    provider_.heal();
}

TEST_F(PusherAdapterTest, TheProvidersOwnPauseIsKept) {
    const auto outcome = outcome_of({.status = 429, .headers = {{"Retry-After", "17"}}});
    EXPECT_EQ(outcome.retry_after, std::chrono::seconds{17});
}

TEST_F(PusherAdapterTest, CredentialsThatPusherItselfNamesStopTheAdapter) {
    const std::vector<std::pair<int, std::string>> answers{
        {400, "Unknown auth_key\n"},
        {401, "Unknown auth_key\n"},
        {401, "Invalid signature: you should have sent HmacSHA256Hex(\"POST\\n/apps\")\n"},
        {401, R"({"error":"Invalid signature: you should have sent another","code":401})"}};
    for (const auto& [status, text] : answers) {
        const auto outcome = outcome_of(status, text);
        EXPECT_EQ(outcome.kind, Kind::kStopped) << text;
        EXPECT_NE(outcome.reason.find(std::to_string(status)), std::string::npos);
    }
}

TEST_F(PusherAdapterTest, WhatAStoppedAdapterHasNotSentIsStoppedToo) {
    provider_.answer_always({.status = 401, .body = "Unknown auth_key\n"});
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

TEST_F(PusherAdapterTest, AMessageThatAFilterOnTheWayRefusesIsFoundOutAndTheOthersGo) {
    provider_.refuse("order:broken", {.status = 403, .body = "<html>Request blocked</html>"});
    const auto outcomes = publish(
        {entry(menu_, 1),
         entry(kitchen_, 1),
         entry(kitchen_, 2, "order:broken"),
         entry(kitchen_, 3)}
    );
    EXPECT_EQ(outcomes[0].kind, Kind::kDelivered);
    EXPECT_EQ(outcomes[1].kind, Kind::kDelivered);
    EXPECT_EQ(outcomes[2].kind, Kind::kUnclear);
    EXPECT_EQ(outcomes[3].kind, Kind::kRetry) << "not before it";
}

TEST_F(PusherAdapterTest, WhatPusherRefusesForItsContentIsRefusedForGood) {
    const std::vector<std::pair<int, std::string>> answers{
        {413, "The data content of this event exceeds the allowed maximum (10240 bytes).\n"},
        {400, "Expected name parameter to be a string\n"},
        {400, "Invalid channel name: 'a b'\n"},
        {400, R"({"error":"Invalid channel name: 'a b'"})"},
        {400, "The 'pusher' namespace is reserved for internal usage\n"}};
    for (const auto& [status, text] : answers) {
        EXPECT_EQ(outcome_of(status, text).kind, Kind::kRejected) << text;
    }
}

TEST_F(PusherAdapterTest, SuccessThatIsNotTheProtocolsIsNone) {
    for (const char* body : {"<html>log in to the hotel</html>", "[]", "", "{"}) {
        const auto outcome = outcome_of(200, body);
        EXPECT_EQ(outcome.kind, Kind::kRetry) << body;
        EXPECT_NE(outcome.reason.find("not the provider's answer"), std::string::npos);
    }
    EXPECT_EQ(outcome_of(204, "").kind, Kind::kRetry);
    EXPECT_EQ(outcome_of(200, R"({"error":"log in first"})").kind, Kind::kRetry);
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

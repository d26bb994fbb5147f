#include "adapters/ably/ably_adapter.hpp"

#include "tests/support/manual_clock.hpp"
#include "tests/support/providers/ably_provider.hpp"
#include "tests/support/providers/scripted_client.hpp"

#include <gtest/gtest.h>

#include <set>

namespace orderpush::adapters {
namespace {

using Kind = PublishOutcome::Kind;
using Manner = test::ScriptedAnswer::Manner;

const Uuid kBranch = *parse_uuid("0190a5c0-7b1c-7def-8123-456789abcdef");

OutboxEntry entry(const Channel& channel, std::int64_t seq) {
    Uuid event;
    event.bytes[15] = static_cast<std::uint8_t>(seq);
    return {
        .event_id = {event},
        .name = "order:created",
        .payload = R"({"orderId":"x"})",
        .occurred_at = Timestamp{},
        .channel = channel,
        .seq = seq};
}

class AblyAdapterTest : public testing::Test {
  protected:
    void TearDown() override { EXPECT_EQ(provider_.complaints(), std::vector<std::string>{}); }

    std::vector<PublishOutcome> publish(const std::vector<OutboxEntry>& entries) {
        return adapter_.publish(
            entries, std::chrono::steady_clock::now() + std::chrono::seconds{20}
        );
    }
    PublishOutcome publish_one() { return publish({entry(kitchen_, 1)}).at(0); }
    /// Of a publish that gets this answer from every host.
    PublishOutcome outcome_of(const test::ScriptedAnswer& answer) {
        provider_.answer_always(answer);
        const auto outcome = publish_one();
        provider_.heal();
        return outcome;
    }
    PublishOutcome outcome_of(int status, int code) {
        return outcome_of(
            {.status = status,
             .body = R"({"error":{"code":)" + std::to_string(code) + R"(,"statusCode":)" +
                     std::to_string(status) + R"(,"message":"as scripted"}})"}
        );
    }

    const Channel kitchen_ = Channel::kitchen({kBranch});
    const Channel menu_ = Channel::menu({kBranch});
    const Channel tables_ = Channel::tables({kBranch});
    test::ManualClock clock_;
    const protocol::AblyKey key_ =
        *protocol::parse_ably_key("Zq7abc.kY9xyz:s3cretS3cret_S3cret-22");
    test::AblyProvider provider_{key_};
    test::ScriptedClient http_{provider_.script()};
    AblyAdapter adapter_{http_, clock_, {.key = key_, .origins = ably_origins()}};
};

TEST_F(AblyAdapterTest, OneEntryIsOneMessageWithTheEventsIdAsItsOwn) {
    EXPECT_EQ(publish_one().kind, Kind::kDelivered);
    const auto taken = provider_.taken(kitchen_.name());
    ASSERT_EQ(taken.size(), 1U);
    EXPECT_EQ(taken[0].id, to_string(entry(kitchen_, 1).event_id) + ":0");
    EXPECT_EQ(taken[0].event, "order:created");
    EXPECT_EQ(taken[0].data, envelope(entry(kitchen_, 1)));
    EXPECT_EQ(
        provider_.paths(),
        std::vector<std::string>{"/channels/kitchen%3A" + to_string(kBranch) + "/messages"}
    );
    EXPECT_EQ(http_.origins(), std::vector<std::string>{"https://main.realtime.ably.net"});
}

TEST_F(AblyAdapterTest, WhatIsSentAgainOnPurposeHasAnIdOfItsOwn) {
    OutboxEntry again = entry(kitchen_, 1);
    again.is_resend = true;
    std::set<std::string> ids;
    for (int time = 0; time <= 2; ++time) {
        again.resend_count = time;
        EXPECT_EQ(publish({again}).at(0).kind, Kind::kDelivered);
        EXPECT_EQ(publish({again}).at(0).kind, Kind::kDelivered) << "an attempt at the same one";
    }
    const auto taken = provider_.taken(kitchen_.name());
    ASSERT_EQ(taken.size(), 3U) << "each time once";
    for (const auto& message : taken) {
        EXPECT_TRUE(ids.insert(message.id).second);
        EXPECT_TRUE(parse_uuid(message.id.substr(0, 36)));
        EXPECT_EQ(message.id.substr(36), ":0");
        EXPECT_EQ(message.data, envelope(entry(kitchen_, 1))) << "the event's id stays";
    }
}

TEST_F(AblyAdapterTest, SeveralChannelsGoInOneRequest) {
    for (const auto& outcome : publish({entry(kitchen_, 1), entry(menu_, 1), entry(tables_, 4)})) {
        EXPECT_EQ(outcome.kind, Kind::kDelivered);
    }
    EXPECT_EQ(provider_.paths(), std::vector<std::string>{"/messages"});
    EXPECT_EQ(provider_.taken(tables_.name()).size(), 1U);
}

TEST_F(AblyAdapterTest, MessagesOfOneChannelFollowEachOther) {
    std::vector<OutboxEntry> entries;
    for (std::int64_t seq = 1; seq <= 3; ++seq) {
        entries.push_back(entry(kitchen_, seq));
        entries.push_back(entry(menu_, seq));
    }
    for (const auto& outcome : publish(entries)) {
        EXPECT_EQ(outcome.kind, Kind::kDelivered);
    }
    EXPECT_EQ(provider_.paths().size(), 3U);
    const auto taken = provider_.taken(kitchen_.name());
    ASSERT_EQ(taken.size(), 3U);
    for (std::int64_t seq = 1; seq <= 3; ++seq) {
        EXPECT_EQ(taken[static_cast<std::size_t>(seq) - 1].data, envelope(entry(kitchen_, seq)));
    }
}

TEST_F(AblyAdapterTest, AnAnswerThatWasLostIsRepeatedWithoutARepeatForClients) {
    provider_.lose_next_answer();
    EXPECT_EQ(publish_one().kind, Kind::kDelivered);
    EXPECT_EQ(provider_.paths().size(), 2U);
    EXPECT_EQ(provider_.taken(kitchen_.name()).size(), 1U);
}

TEST_F(AblyAdapterTest, AnOutageMovesToAnotherHostWhichIsKept) {
    provider_.answer_next({.status = 503, .body = "{}"});
    provider_.answer_next({.manner = Manner::kHang});
    EXPECT_EQ(publish_one().kind, Kind::kDelivered);
    EXPECT_EQ(publish({entry(kitchen_, 2)}).at(0).kind, Kind::kDelivered);
    const auto origins = http_.origins();
    ASSERT_EQ(origins.size(), 4U);
    EXPECT_EQ(origins[0], "https://main.realtime.ably.net");
    EXPECT_NE(origins[1], origins[0]);
    EXPECT_NE(origins[2], origins[1]);
    EXPECT_EQ(origins[3], origins[2]);
}

TEST_F(AblyAdapterTest, AnOutageEverywhereIsRetriedAfterFourHosts) {
    const auto outcome = outcome_of({.status = 503, .body = "{}"});
    EXPECT_EQ(outcome.kind, Kind::kRetry);
    EXPECT_EQ(outcome.reason, "503 {}");
    const auto origins = http_.origins();
    EXPECT_EQ(std::set(origins.begin(), origins.end()).size(), 4U);
    EXPECT_EQ(outcome_of({.manner = Manner::kCut}).kind, Kind::kRetry);
}

TEST_F(AblyAdapterTest, RateLimitsAreRetriedWhereTheyAre) {
    const auto outcome = outcome_of(429, 42'911);
    EXPECT_EQ(outcome.kind, Kind::kRetry);
    EXPECT_EQ(outcome.reason, "429 42911 as scripted");
    EXPECT_EQ(http_.origins().size(), 1U);
    EXPECT_EQ(
        outcome_of({.status = 429, .headers = {{"Retry-After", "3"}}}).retry_after,
        std::chrono::seconds{3}
    );
}

TEST_F(AblyAdapterTest, CodesThatNameTheKeyStopTheAdapter) {
    const std::vector<std::pair<int, int>> answers{
        {401, 40'100}, {401, 40'101}, {401, 40'130}, {401, 40'131}, {401, 40'132}, {400, 40'005}};
    for (const auto& [status, code] : answers) {
        EXPECT_EQ(outcome_of(status, code).kind, Kind::kStopped) << code;
    }
}

TEST_F(AblyAdapterTest, QuotasClocksAndWhatAnybodyAnswersPass) {
    const std::vector<std::pair<int, int>> answers{
        {401, 40'104},
        {401, 40'110},
        {403, 40'111},
        {401, 40'112},
        {403, 40'113},
        {403, 40'114},
        {403, 40'115},
        {403, 40'120},
        {401, 40'140},
        {401, 40'142},
        {401, 40'149},
        {404, 40'400},
        {405, 40'500},
        {429, 42'910},
        {403, 42'917},
        {429, 42'922},
        {500, 50'000},
        {503, 50'003}};
    for (const auto& [status, code] : answers) {
        EXPECT_EQ(outcome_of(status, code).kind, Kind::kRetry) << code;
    }
    for (const int status : {301, 302, 307, 401, 404, 407, 408, 410, 421, 425, 429, 520}) {
        for (const char* body : {"", "<html>elsewhere</html>", R"({"message":"no"})"}) {
            EXPECT_EQ(outcome_of({.status = status, .body = body}).kind, Kind::kRetry)
                << status << ' ' << body;
        }
    }
    EXPECT_EQ(publish_one().kind, Kind::kDelivered);
}

TEST_F(AblyAdapterTest, RefusalsThatNameNothingAreUnclear) {
    const std::vector<std::pair<int, int>> answers{
        {400, 40'000}, {400, 40'001}, {401, 40'160}, {403, 40'300}, {422, 0}, {400, 0}};
    for (const auto& [status, code] : answers) {
        EXPECT_EQ(outcome_of(status, code).kind, Kind::kUnclear) << code;
    }
    for (const int status : {400, 403, 413, 422, 451}) {
        for (const char* body : {"", "<html>no</html>", R"({"error":"no"})", R"({"code":40009})"}) {
            EXPECT_EQ(outcome_of({.status = status, .body = body}).kind, Kind::kUnclear)
                << status << ' ' << body;
        }
    }
}

TEST_F(AblyAdapterTest, CodesThatNameTheMessageAreForGood) {
    const std::vector<std::pair<int, int>> answers{
        {413, 40'009},
        {400, 40'010},
        {400, 40'012},
        {400, 40'013},
        {400, 40'031},
        {400, 40'032},
        {422, 42'210}};
    for (const auto& [status, code] : answers) {
        EXPECT_EQ(outcome_of(status, code).kind, Kind::kRejected) << code;
    }
}

TEST_F(AblyAdapterTest, ARefusalOfTheCdnMovesToAnotherHost) {
    provider_.answer_next(
        {.status = 403, .body = "<html>blocked</html>", .headers = {{"Server", "CloudFront"}}}
    );
    EXPECT_EQ(publish_one().kind, Kind::kDelivered);
    EXPECT_EQ(http_.origins().size(), 2U);
}

TEST_F(AblyAdapterTest, OneChannelsFailureIsItsOwn) {
    provider_.refuse(menu_.name(), 400, 40'010);
    provider_.refuse(tables_.name(), 429, 42'913);
    const auto outcomes = publish(
        {entry(menu_, 1),
         entry(menu_, 2),
         entry(kitchen_, 1),
         entry(tables_, 1),
         entry(kitchen_, 2)}
    );
    EXPECT_EQ(outcomes[0].kind, Kind::kRejected);
    EXPECT_EQ(outcomes[0].reason, "400 40010 refused as scripted");
    EXPECT_EQ(outcomes[1].kind, Kind::kRetry);
    EXPECT_EQ(outcomes[2].kind, Kind::kDelivered);
    EXPECT_EQ(outcomes[3].kind, Kind::kRetry);
    EXPECT_EQ(outcomes[4].kind, Kind::kDelivered);
}

TEST_F(AblyAdapterTest, AKeyThatMayNotPublishSomewhereServesTheOtherChannels) {
    provider_.refuse(menu_.name(), 401, 40'160);
    const auto outcomes = publish({entry(kitchen_, 1), entry(menu_, 1), entry(kitchen_, 2)});
    EXPECT_EQ(outcomes[0].kind, Kind::kDelivered);
    EXPECT_EQ(outcomes[1].kind, Kind::kUnclear);
    EXPECT_EQ(outcomes[2].kind, Kind::kDelivered);
}

TEST_F(AblyAdapterTest, ABatchThatAFilterOnTheWayRefusesIsTakenApart) {
    provider_.answer_next({.status = 400, .body = "<html>Bad Request</html>"}, 2);
    const auto outcomes = publish({entry(kitchen_, 1), entry(menu_, 1), entry(tables_, 1)});
    EXPECT_EQ(outcomes[0].kind, Kind::kUnclear);
    EXPECT_EQ(outcomes[1].kind, Kind::kDelivered);
    EXPECT_EQ(outcomes[2].kind, Kind::kDelivered);
}

TEST_F(AblyAdapterTest, ABatchRefusedAsAWholeIsTakenApart) {
    provider_.answer_next(
        {.status = 400, .body = R"({"error":{"code":40000,"statusCode":400,"message":"bad"}})"}
    );
    for (const auto& outcome : publish({entry(kitchen_, 1), entry(menu_, 1)})) {
        EXPECT_EQ(outcome.kind, Kind::kDelivered);
    }
    EXPECT_EQ(provider_.paths().size(), 3U);
}

TEST_F(AblyAdapterTest, SuccessThatIsNotTheProtocolsIsNone) {
    for (const char* body : {"<html>hotel</html>", "", "[", "[]"}) {
        EXPECT_EQ(outcome_of({.status = 201, .body = body}).kind, Kind::kRetry) << body;
    }
    for (const char* body : {"{}", R"({"login":"here"})", "<html>hotel</html>", ""}) {
        EXPECT_EQ(outcome_of({.status = 200, .body = body}).kind, Kind::kRetry) << body;
    }
    EXPECT_EQ(outcome_of({.status = 204, .body = ""}).kind, Kind::kRetry);
    for (const char* body :
         {"{}", "[]", "[{},{}]", R"([{"results":[]},{"results":[1]}])", "null"}) {
        provider_.answer_next({.status = 201, .body = body});
        for (const auto& outcome : publish({entry(kitchen_, 1), entry(menu_, 1)})) {
            EXPECT_EQ(outcome.kind, Kind::kRetry) << body;
        }
    }
}

TEST_F(AblyAdapterTest, ReasonsTellNoSecret) {
    EXPECT_EQ(outcome_of(401, 40'101).reason.find(key_.secret), std::string::npos);
}

TEST(AblyHostsTest, ReturnsToThePrimaryAfterTenMinutes) {
    AblyHosts hosts{ably_origins()};
    const Deadline start{};
    const Deadline now = start + std::chrono::hours{1};
    hosts.answered("https://main.c.fallback.ably-realtime.com", now);
    EXPECT_EQ(hosts.candidates(now).size(), 4U);
    EXPECT_EQ(hosts.candidates(now)[0], "https://main.c.fallback.ably-realtime.com");
    EXPECT_EQ(hosts.candidates(now)[1], "https://main.realtime.ably.net");
    // That it still answers does not prolong it.
    hosts.answered("https://main.c.fallback.ably-realtime.com", now + std::chrono::minutes{9});
    EXPECT_EQ(
        hosts.candidates(now + std::chrono::minutes{10})[0], "https://main.realtime.ably.net"
    );
    hosts.answered("https://main.c.fallback.ably-realtime.com", now);
    hosts.failed("https://main.c.fallback.ably-realtime.com");
    EXPECT_EQ(hosts.candidates(now)[0], "https://main.realtime.ably.net");
}

TEST(AblyHostsTest, OneServerOfOurOwnHasNoFallback) {
    const AblyHosts hosts{{"http://localhost:1"}};
    EXPECT_EQ(hosts.candidates({}), std::vector<std::string>{"http://localhost:1"});
}

}  // namespace
}  // namespace orderpush::adapters

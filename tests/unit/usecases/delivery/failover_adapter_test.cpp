#include "usecases/delivery/failover_adapter.hpp"

#include "tests/support/manual_clock.hpp"
#include "tests/support/providers/fake_push_adapter.hpp"
#include "usecases/events/event_types.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace orderpush::usecases {
namespace {

using Kind = PublishOutcome::Kind;
using std::chrono::milliseconds;
using test::FakePushAdapter;

Channel channel(std::uint8_t number) {
    BranchId branch;
    branch.value.bytes[15] = number;
    return Channel::kitchen(branch);
}

OutboxEntry entry(
    const Channel& on,
    std::int64_t seq,
    std::string payload = "{}",
    std::string name = "order:created"
) {
    OutboxEntry made{
        .event_id = {},
        .name = std::move(name),
        .payload = std::move(payload),
        .occurred_at = {},
        .channel = on,
        .seq = seq};
    made.event_id.value.bytes[0] = static_cast<std::uint8_t>(seq);
    return made;
}

struct FailoverAdapterTest : testing::Test {
    test::ManualClock clock;
    Deadline now{};
    FakePushAdapter first{
        {.name = "first", .limits = {.entries_max = 2, .payload_bytes_max = 400}}};
    FakePushAdapter second{{.name = "second"}};
    std::vector<std::string> announced;
    bool is_told = true;
    FailoverAdapter failover{
        "failover",
        {&first, &second},
        clock,
        {.breaker = {.failures_max = 2, .open_first = milliseconds{1'000}},
         .overlap = milliseconds{30'000},
         .monotonic_now = [this] { return now; }}};

    FailoverAdapterTest() {
        failover.on_changed([this](std::string_view previous, std::string_view current) {
            announced.push_back(std::string{previous} + " -> " + std::string{current});
            return is_told;
        });
    }
    std::vector<PublishOutcome> publish(const std::vector<OutboxEntry>& entries) {
        return failover.publish(
            entries, std::chrono::steady_clock::now() + std::chrono::seconds{10}
        );
    }
    PublishOutcome publish_one(std::int64_t seq) { return publish({entry(channel(1), seq)}).at(0); }
    void break_first() {
        first.fail_all("503");
        publish_one(100);
        publish_one(100);
    }
    static std::vector<std::int64_t> seqs(const FakePushAdapter& adapter) {
        std::vector<std::int64_t> found;
        for (const auto& delivered : adapter.delivered()) {
            found.push_back(delivered.seq);
        }
        return found;
    }
    using Seqs = std::vector<std::int64_t>;
};

TEST_F(FailoverAdapterTest, UsesTheFirstWhileItIsWell) {
    const auto outcome = publish_one(1);
    EXPECT_EQ(outcome.kind, Kind::kDelivered);
    EXPECT_EQ(outcome.via, "first");
    EXPECT_TRUE(second.delivered().empty());
    EXPECT_EQ(failover.in_force(), 0U);
}

TEST_F(FailoverAdapterTest, AFailureIsTriedAgainAtTheFirstUntilItsCircuitOpens) {
    first.fail_all("503");
    const auto failed = publish_one(1);
    EXPECT_EQ(failed.kind, Kind::kRetry);
    EXPECT_EQ(failed.reason, "503");
    EXPECT_EQ(failed.via, "first");
    EXPECT_TRUE(second.delivered().empty());
    const auto taken = publish_one(1);
    EXPECT_EQ(taken.kind, Kind::kDelivered);
    EXPECT_EQ(taken.via, "second");
    EXPECT_EQ(failover.in_force(), 1U);
    EXPECT_EQ(second.delivered().at(0).envelope, envelope(entry(channel(1), 1)));
    EXPECT_EQ(announced, std::vector<std::string>{"first -> second"});
}

TEST_F(FailoverAdapterTest, TheFirstIsLeftAloneWhileItsCircuitIsOpen) {
    break_first();
    const int asked = first.publish_count();
    publish_one(101);
    EXPECT_EQ(first.publish_count(), asked);
    EXPECT_EQ(seqs(second), (Seqs{100, 101}));
}

TEST_F(FailoverAdapterTest, AProbeRidesOnWhatAnotherDeliveredAndBringsTheFirstBack) {
    break_first();
    now += milliseconds{1'000};
    EXPECT_EQ(publish_one(101).via, "second");  // the probe fails, and nobody waits for it
    EXPECT_EQ(failover.in_force(), 1U);
    first.heal();
    now += milliseconds{2'000};
    EXPECT_EQ(publish_one(102).via, "second");
    EXPECT_EQ(seqs(first), Seqs{102});
    EXPECT_EQ(failover.in_force(), 0U);
    EXPECT_EQ(publish_one(103).via, "first");
    EXPECT_EQ(announced, (std::vector<std::string>{"first -> second", "second -> first"}));
}

TEST_F(FailoverAdapterTest, WhoStoodInGetsEverythingForAWhileAfterTheReturn) {
    break_first();
    first.heal();
    now += milliseconds{1'000};
    publish_one(101);
    publish_one(102);
    EXPECT_EQ(seqs(second), (Seqs{100, 101, 102}));
    now += milliseconds{30'000};
    publish_one(103);
    EXPECT_EQ(seqs(second), (Seqs{100, 101, 102}));
    EXPECT_EQ(seqs(first), (Seqs{101, 102, 103}));
}

TEST_F(FailoverAdapterTest, RejectionsAndHeldEntriesAreNoFailures) {
    first.reject(entry(channel(1), 1).event_id);
    for (int i = 0; i < 5; ++i) {
        EXPECT_EQ(publish_one(1).kind, Kind::kRejected);
    }
    first.answer_all({.kind = Kind::kHeld, .retry_after = milliseconds{250}});
    for (int i = 0; i < 5; ++i) {
        EXPECT_EQ(publish_one(2).kind, Kind::kHeld);
    }
    EXPECT_EQ(failover.in_force(), 0U);
    EXPECT_TRUE(second.delivered().empty());
}

TEST_F(FailoverAdapterTest, AChannelThatFailsAloneOpensNothing) {
    first.fail(channel(1));
    for (int i = 0; i < 5; ++i) {
        const auto outcomes = publish({entry(channel(1), 1), entry(channel(2), 2)});
        EXPECT_EQ(outcomes.at(0).kind, Kind::kRetry);
        EXPECT_EQ(outcomes.at(1).kind, Kind::kDelivered);
    }
    EXPECT_EQ(failover.in_force(), 0U);
}

TEST_F(FailoverAdapterTest, RefusedCredentialsStopAnAdapterAtOnceUntilAProbeSucceeds) {
    first.answer_all({.kind = Kind::kStopped, .reason = "unknown key"});
    EXPECT_EQ(publish_one(1).via, "second");
    EXPECT_EQ(publish_one(2).via, "second");
    EXPECT_EQ(first.publish_count(), 1) << "left alone until the probe";
    const auto stopped = failover.members();
    EXPECT_EQ(stopped.at(0).circuit.state, CircuitState::kStopped);
    EXPECT_EQ(stopped.at(0).circuit.last_failure, "unknown key");
    now += milliseconds{30'000};
    EXPECT_EQ(publish_one(3).via, "second");
    EXPECT_EQ(first.publish_count(), 2);
    EXPECT_EQ(failover.members().at(0).circuit.state, CircuitState::kStopped);
    first.heal();
    now += std::chrono::minutes{3};
    EXPECT_EQ(publish_one(4).via, "second");
    EXPECT_EQ(failover.in_force(), 0U);
    EXPECT_EQ(publish_one(5).via, "first");
}

TEST_F(FailoverAdapterTest, AnAdapterAloneLeavesItsStopByItself) {
    FailoverAdapter alone{"first", {&first}, clock, {.monotonic_now = [this] { return now; }}};
    const std::vector<OutboxEntry> entries{entry(channel(1), 1)};
    const auto publish_alone = [&] {
        return alone.publish(entries, std::chrono::steady_clock::now() + std::chrono::seconds{10})
            .at(0);
    };
    first.answer_all({.kind = Kind::kStopped, .reason = "unknown key"});
    const auto held = publish_alone();
    EXPECT_EQ(held.kind, Kind::kHeld);
    EXPECT_EQ(held.reason, "unknown key");
    EXPECT_EQ(alone.paused_until(), now + milliseconds{30'000});
    now += milliseconds{30'000};
    EXPECT_EQ(alone.paused_until(), std::nullopt);
    first.heal();
    EXPECT_EQ(publish_alone().kind, Kind::kDelivered);
    EXPECT_EQ(alone.members().at(0).circuit.state, CircuitState::kClosed);
}

TEST_F(FailoverAdapterTest, CredentialsThatWorkForOthersAreNotRefused) {
    struct Mixed final : PushAdapter {
        std::string_view name() const noexcept override { return "mixed"; }
        PublishLimits limits() const noexcept override { return {10, 10'240}; }
        std::vector<PublishOutcome> publish(std::span<const OutboxEntry>, Deadline) override {
            return {{}, {.kind = Kind::kStopped, .reason = "no right"}};
        }
    } mixed;
    FailoverAdapter alone{"mixed", {&mixed}, clock, {.monotonic_now = [this] { return now; }}};
    const std::vector<OutboxEntry> entries{entry(channel(1), 1), entry(channel(2), 2)};
    const auto outcomes =
        alone.publish(entries, std::chrono::steady_clock::now() + std::chrono::seconds{10});
    EXPECT_EQ(outcomes.at(1).kind, Kind::kRetry);
    EXPECT_EQ(alone.members().at(0).circuit.state, CircuitState::kClosed);
}

TEST_F(FailoverAdapterTest, UnclearRefusalsOpenTheCircuitAsFailuresDo) {
    first.answer_all({.kind = Kind::kUnclear, .reason = "400 Bad Request"});
    EXPECT_EQ(publish_one(1).kind, Kind::kUnclear);
    EXPECT_EQ(publish_one(1).via, "second");
    EXPECT_EQ(failover.members().at(0).circuit.state, CircuitState::kOpen);
}

TEST_F(FailoverAdapterTest, AnEntryThatAloneIsRefusedUnclearlyIsGivenUpInTheEnd) {
    FailoverAdapter alone{
        "first",
        {&first},
        clock,
        {.unclear = {.refusals_max = 3, .shortest = std::chrono::minutes{5}},
         .monotonic_now = [this] { return now; }}};
    const auto refused = entry(channel(1), 1);
    first.refuse_unclearly(refused.event_id);
    const auto publish_both = [&] {
        const std::vector<OutboxEntry> entries{refused, entry(channel(2), 2)};
        return alone.publish(entries, std::chrono::steady_clock::now() + std::chrono::seconds{10})
            .at(0);
    };
    for (int i = 0; i < 8; ++i) {
        EXPECT_EQ(publish_both().kind, Kind::kUnclear) << i;
    }
    now += std::chrono::minutes{5};
    const auto outcome = publish_both();
    EXPECT_EQ(outcome.kind, Kind::kRejected);
    EXPECT_NE(outcome.reason.find("unclear as scripted"), std::string::npos);
}

TEST_F(FailoverAdapterTest, AnEntryThatAloneIsRefusedUnclearlyOpensNothing) {
    const auto refused = entry(channel(1), 1);
    first.refuse_unclearly(refused.event_id);
    publish({refused, entry(channel(2), 2)});
    publish({refused, entry(channel(2), 3)});
    for (int i = 0; i < 5; ++i) {
        EXPECT_EQ(publish({refused, entry(channel(1), 2)}).at(0).kind, Kind::kUnclear);
    }
    EXPECT_EQ(failover.in_force(), 0U);
    EXPECT_TRUE(second.delivered().empty());
}

TEST_F(FailoverAdapterTest, APauseThatAProviderAsksForHasABound) {
    first.answer_all({.kind = Kind::kRetry, .retry_after = std::chrono::hours{1}, .reason = "503"});
    FailoverAdapter alone{"first", {&first}, clock, {.monotonic_now = [this] { return now; }}};
    const std::vector<OutboxEntry> entries{entry(channel(1), 1)};
    for (int i = 0; i < 3; ++i) {
        const auto outcomes =
            alone.publish(entries, std::chrono::steady_clock::now() + std::chrono::seconds{10});
        EXPECT_EQ(outcomes.at(0).retry_after, std::chrono::minutes{1});
    }
    EXPECT_EQ(alone.paused_until(), now + std::chrono::minutes{1});
    EXPECT_LE(publish_one(2).retry_after, std::chrono::seconds{4}) << "another one stands by";
}

TEST_F(FailoverAdapterTest, EntriesAreHeldWhileNobodyTakesThem) {
    break_first();
    second.fail_all("down");
    publish_one(101);
    publish_one(101);
    EXPECT_EQ(failover.paused_until(), now + milliseconds{1'000});
    const int asked = first.publish_count() + second.publish_count();
    const auto held = publish_one(102);
    EXPECT_EQ(held.kind, Kind::kHeld);
    EXPECT_EQ(held.retry_after, milliseconds{1'000});
    EXPECT_EQ(first.publish_count() + second.publish_count(), asked);
    now += milliseconds{1'000};
    EXPECT_FALSE(failover.paused_until());
    second.heal();
    EXPECT_EQ(publish_one(102).via, "second");
}

TEST_F(FailoverAdapterTest, EachGetsWhatItTakesAtATimeAndInSize) {
    const std::string large = R"({"orderId":"o-1","note":")" + std::string(400, 'x') + R"("})";
    const std::vector<OutboxEntry> entries{
        entry(channel(1), 1), entry(channel(1), 2, large), entry(channel(2), 1)};
    EXPECT_EQ(failover.limits().entries_max, 2U);
    EXPECT_EQ(failover.limits().payload_bytes_max, second.limits().payload_bytes_max);
    for (const auto& outcome : publish(entries)) {
        EXPECT_EQ(outcome.kind, Kind::kDelivered);
    }
    EXPECT_EQ(first.publish_count(), 2);
    EXPECT_NE(first.delivered().at(1).envelope.find("\"truncated\":true"), std::string::npos);
    first.fail_all("503");
    publish(entries);
    publish(entries);
    EXPECT_EQ(second.publish_count(), 1);
    EXPECT_EQ(second.delivered().at(1).envelope, envelope(entries[1]));
}

TEST_F(FailoverAdapterTest, WhatStandsBehindAnEntryThatWaitsIsNotSentInALaterCall) {
    first.fail(channel(1));
    const auto outcomes = publish(
        {entry(channel(1), 1), entry(channel(2), 1), entry(channel(1), 2), entry(channel(2), 2)}
    );
    EXPECT_EQ(outcomes.at(2).kind, Kind::kRetry);
    EXPECT_EQ(seqs(first), (Seqs{1, 2}));
}

TEST_F(FailoverAdapterTest, AChangeOfProviderIsToldThroughEveryoneWhoAnswers) {
    publish(
        {entry(channel(1), 1, "{}", std::string{event_type::kProviderChanged.name}),
         entry(channel(1), 2)}
    );
    EXPECT_EQ(seqs(first), (Seqs{1, 2}));
    EXPECT_EQ(seqs(second), Seqs{1});
}

TEST_F(FailoverAdapterTest, ANoticeThatCouldNotBeKeptIsTriedAgain) {
    is_told = false;
    break_first();
    publish_one(101);
    is_told = true;
    publish_one(102);
    publish_one(103);
    EXPECT_EQ(announced, (std::vector<std::string>(3, "first -> second")));
}

TEST_F(FailoverAdapterTest, AnAdapterThatDoesNotAnswerLeavesTimeForTheNext) {
    first.stall();
    FailoverAdapter hasty{
        "failover",
        {&first, &second},
        clock,
        {.breaker = {.failures_max = 1}, .attempt_longest = milliseconds{20}}};
    const std::vector<OutboxEntry> entries{entry(channel(1), 1)};
    const auto outcomes =
        hasty.publish(entries, std::chrono::steady_clock::now() + std::chrono::seconds{10});
    EXPECT_EQ(outcomes.at(0).via, "second");
}

}  // namespace
}  // namespace orderpush::usecases

#include "usecases/delivery/outbox_relay.hpp"

#include "base/clock.hpp"
#include "usecases/metrics_table.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <future>
#include <map>
#include <set>
#include <utility>

namespace orderpush::usecases {
namespace {

using Kind = PublishOutcome::Kind;
using State = Settlement::State;
using std::chrono::milliseconds;

class FixedClock final : public Clock {
  public:
    Timestamp now() const override { return time; }
    Timestamp time{std::chrono::seconds{1'700'000'000}};
};

Channel channel(std::uint8_t number) {
    BranchId branch;
    branch.value.bytes[15] = number;
    return Channel::kitchen(branch);
}

OutboxEntry entry(const Channel& on, std::int64_t seq, std::string payload = "{}") {
    OutboxEntry made{
        .event_id = {},
        .name = "order:created",
        .payload = std::move(payload),
        .occurred_at = {},
        .channel = on,
        .seq = seq};
    made.event_id.value.bytes[0] = static_cast<std::uint8_t>(seq);
    return made;
}

/// Hands out what is put in, until it is settled.
class ScriptedOutbox final : public Outbox {
  public:
    Result<std::vector<OutboxEntry>> claim(std::string_view, std::size_t limit, Timestamp)
        override {
        const std::scoped_lock lock{mutex};
        ++claims;
        if (!failures.empty()) {
            Error failure = failures.front();
            failures.pop_front();
            return failure;
        }
        std::vector<OutboxEntry> batch;
        while (!waiting.empty() && batch.size() < limit) {
            batch.push_back(waiting.front());
            waiting.pop_front();
        }
        return batch;
    }
    Result<void> settle(std::string_view, std::span<const Settlement> settlements, Timestamp)
        override {
        const std::scoped_lock lock{mutex};
        settled.insert(settled.end(), settlements.begin(), settlements.end());
        if (on_settled) {
            on_settled();
        }
        return {};
    }

    void release() noexcept override { ++releases; }

    int releases = 0;
    std::mutex mutex;
    std::deque<OutboxEntry> waiting;
    std::deque<Error> failures;
    std::vector<Settlement> settled;
    std::function<void()> on_settled;
    int claims = 0;
};

/// Answers as set per event, delivered otherwise.
class ScriptedAdapter final : public PushAdapter {
  public:
    std::string_view name() const noexcept override { return "scripted"; }
    PublishLimits limits() const noexcept override {
        return {.entries_max = 100, .payload_bytes_max = 1'000};
    }
    std::vector<PublishOutcome> publish(std::span<const OutboxEntry> entries, Deadline until)
        override {
        deadline = until;
        std::vector<PublishOutcome> outcomes;
        for (const OutboxEntry& given : entries) {
            published.push_back(given.seq);
            payloads.push_back(given.payload);
            const auto found = answers.find(given.event_id);
            outcomes.push_back(found == answers.end() ? PublishOutcome{} : found->second);
        }
        return outcomes;
    }

    std::optional<Deadline> paused_until() const override { return paused; }

    /// Set before the relay starts.
    std::optional<Deadline> paused;
    std::map<EventId, PublishOutcome> answers;
    std::vector<std::int64_t> published;
    std::vector<std::string> payloads;
    Deadline deadline{};
};

struct OutboxRelayTest : testing::Test {
    FixedClock clock;
    ScriptedOutbox outbox;
    ScriptedAdapter adapter;
    RelayOptions options{
        .retry = {.first = milliseconds{100}, .ceiling = milliseconds{1'000}}, .attempts_max = 3};

    std::size_t run() {
        OutboxRelay relay{outbox, adapter, clock, options};
        const auto moved = relay.run_once();
        EXPECT_TRUE(moved);
        return moved ? *moved : 0;
    }
};

TEST_F(OutboxRelayTest, SettlesWhatWasDelivered) {
    outbox.waiting = {entry(channel(1), 1), entry(channel(1), 2)};
    EXPECT_EQ(run(), 2U);
    ASSERT_EQ(outbox.settled.size(), 2U);
    EXPECT_EQ(outbox.settled[1].state, State::kDelivered);
    EXPECT_EQ(outbox.settled[1].seq, 2);
    EXPECT_EQ(outbox.settled[1].attempts, 1);
}

TEST_F(OutboxRelayTest, EntryThatWaitsHoldsBackItsChannelOnly) {
    outbox.waiting = {entry(channel(1), 1), entry(channel(2), 2), entry(channel(1), 3)};
    adapter.answers[outbox.waiting[0].event_id] = {.kind = Kind::kRetry};
    adapter.answers[outbox.waiting[2].event_id] = {.kind = Kind::kRetry};
    run();
    ASSERT_EQ(outbox.settled.size(), 2U);
    EXPECT_EQ(outbox.settled[0].state, State::kRetry);
    EXPECT_EQ(outbox.settled[1].state, State::kDelivered);
    EXPECT_EQ(outbox.settled[1].channel, channel(2));
}

TEST_F(OutboxRelayTest, WaitsAtLeastAsLongAsTheProviderAsks) {
    outbox.waiting = {entry(channel(1), 1)};
    adapter.answers[outbox.waiting[0].event_id] = {
        .kind = Kind::kRetry, .retry_after = milliseconds{7'000}};
    run();
    ASSERT_EQ(outbox.settled.size(), 1U);
    EXPECT_EQ(outbox.settled[0].not_before, clock.time + milliseconds{7'000});
}

TEST_F(OutboxRelayTest, WhatWasClaimedBeforeAFreezeIsNotHandedOver) {
    // The claim's answer lies there while the process stands still; somebody else goes on.
    Deadline now{};
    options.monotonic_now = [&] { return std::exchange(now, now + std::chrono::seconds{8}); };
    outbox.waiting = {entry(channel(1), 1)};
    OutboxRelay relay{outbox, adapter, clock, options};
    const auto moved = relay.run_once();
    ASSERT_FALSE(moved);
    EXPECT_EQ(moved.error().code, "relay_overdue");
    EXPECT_TRUE(adapter.published.empty());
    EXPECT_TRUE(outbox.settled.empty());
    EXPECT_EQ(outbox.releases, 1);
}

TEST_F(OutboxRelayTest, TheAdapterGetsNoLongerThanTheLeaseLasts) {
    const Deadline now{std::chrono::hours{1}};
    options.monotonic_now = [&] { return now; };
    outbox.waiting = {entry(channel(1), 1)};
    run();
    EXPECT_EQ(adapter.deadline, now + std::chrono::seconds{6});
}

TEST_F(OutboxRelayTest, RejectedEntryIsDeadWithItsReason) {
    outbox.waiting = {entry(channel(1), 1), entry(channel(1), 2)};
    adapter.answers[outbox.waiting[0].event_id] = {
        .kind = Kind::kRejected, .reason = "no such app"};
    run();
    ASSERT_EQ(outbox.settled.size(), 2U);
    EXPECT_EQ(outbox.settled[0].state, State::kDead);
    EXPECT_EQ(outbox.settled[0].reason, "no such app");
    EXPECT_EQ(outbox.settled[1].state, State::kDelivered);
}

TEST_F(OutboxRelayTest, LastAttemptEndsInTheDeadLetters) {
    OutboxEntry tried = entry(channel(1), 1);
    tried.attempts = 2;
    adapter.answers[tried.event_id] = {.kind = Kind::kRetry, .reason = "busy"};
    outbox.waiting = {tried};
    run();
    ASSERT_EQ(outbox.settled.size(), 1U);
    EXPECT_EQ(outbox.settled[0].state, State::kDead);
    EXPECT_EQ(outbox.settled[0].attempts, 3);
}

TEST_F(OutboxRelayTest, EntryBeyondTheAdaptersLimitIsCutToWhatIdentifiesIt) {
    const std::string large = R"({"orderId":"o-1","itemCount":1,"note":")" +
                              std::string(1'000, 'x') + R"(","items":[{"name":"Burger"}]})";
    outbox.waiting = {entry(channel(1), 1), entry(channel(1), 2, large), entry(channel(1), 3)};
    run();
    EXPECT_EQ(adapter.published, (std::vector<std::int64_t>{1, 2, 3}));
    EXPECT_EQ(
        adapter.payloads[1],
        R"({"orderId":"o-1","itemCount":1,"truncated":true,"href":"/v1/orders/o-1"})"
    );
    ASSERT_EQ(outbox.settled.size(), 3U);
    EXPECT_EQ(outbox.settled[1].state, State::kDelivered);
}

TEST_F(OutboxRelayTest, AdaptersWordOnWhenToRetryStandsAfterManyAttempts) {
    OutboxEntry tried = entry(channel(1), 1);
    tried.attempts = 60;
    options.attempts_max = 100;
    adapter.answers[tried.event_id] = {.kind = Kind::kRetry, .retry_after = milliseconds{250}};
    outbox.waiting = {tried};
    run();
    ASSERT_EQ(outbox.settled.size(), 1U);
    EXPECT_EQ(outbox.settled[0].not_before, clock.time + milliseconds{250});
}

TEST_F(OutboxRelayTest, WhatIsHeldBackOnPurposeIsNoAttempt) {
    OutboxEntry tried = entry(channel(1), 1);
    tried.attempts = 2;
    adapter.answers[tried.event_id] = {.kind = Kind::kHeld, .retry_after = milliseconds{250}};
    outbox.waiting = {tried};
    run();
    ASSERT_EQ(outbox.settled.size(), 1U);
    EXPECT_EQ(outbox.settled[0].state, State::kRetry);
    EXPECT_EQ(outbox.settled[0].attempts, 2);
    EXPECT_EQ(outbox.settled[0].not_before, clock.time + milliseconds{250});
}

TEST_F(OutboxRelayTest, WhatItsAdapterHeldIsDueWhenTheHoldEnds) {
    const auto occurred_at = [&](OutboxEntry made) {
        made.occurred_at = clock.time;
        return made;
    };
    const OutboxEntry held = occurred_at(entry(channel(1), 1));
    const OutboxEntry behind = occurred_at(entry(channel(1), 2));
    const OutboxEntry away = occurred_at(entry(channel(2), 3));
    OutboxRelay relay{outbox, adapter, clock, options};
    const auto run_with = [&](const std::deque<OutboxEntry>& entries) {
        outbox.settled.clear();
        outbox.waiting = entries;
        EXPECT_TRUE(relay.run_once());
    };
    adapter.answers[held.event_id] = {.kind = Kind::kHeld, .retry_after = milliseconds{250}};
    adapter.answers[behind.event_id] = adapter.answers[held.event_id];
    adapter.answers[away.event_id] = {
        .kind = Kind::kHeld, .retry_after = milliseconds{250}, .is_outage = true};
    run_with({held, behind, away});
    clock.time += milliseconds{300};
    adapter.answers.clear();
    const OutboxEntry later = occurred_at(entry(channel(1), 4));
    run_with({held, behind, away, later});
    ASSERT_EQ(outbox.settled.size(), 4U);
    EXPECT_EQ(outbox.settled[0].not_before, clock.time - milliseconds{50});
    EXPECT_EQ(outbox.settled[1].not_before, clock.time - milliseconds{50});
    EXPECT_EQ(outbox.settled[2].not_before, std::nullopt) << "an outage is latency";
    EXPECT_EQ(outbox.settled[3].not_before, std::nullopt) << "it came after the hold";
}

TEST_F(OutboxRelayTest, LatencyIsThatOfTheFirstDeliveryFromWhenItWasDue) {
    metrics::Registry registry{figures_table({.adapters = {"scripted"}, .streams = {"scripted"}})};
    options.metrics = DeliveryMetrics{registry, {"scripted"}, {"scripted"}};
    OutboxEntry again = entry(channel(1), 1);
    again.occurred_at = clock.time - std::chrono::minutes{2};
    again.is_resend = true;
    OutboxEntry fresh = entry(channel(2), 2);
    fresh.occurred_at = clock.time - milliseconds{500};
    outbox.waiting = {again, fresh};
    run();
    const std::string text = registry.text();
    EXPECT_NE(
        text.find(R"(orderpush_publish_latency_seconds_count{adapter="scripted"} 1)"),
        std::string::npos
    ) << text;
    EXPECT_NE(
        text.find(R"(orderpush_publish_latency_seconds_sum{adapter="scripted"} 0.5)"),
        std::string::npos
    ) << text;
}

TEST_F(OutboxRelayTest, RefusedCredentialsAreNoVerdictOnAnEntry) {
    OutboxEntry tried = entry(channel(1), 1);
    tried.attempts = 2;
    adapter.answers[tried.event_id] = {.kind = Kind::kStopped, .reason = "unknown key"};
    outbox.waiting = {tried};
    run();
    ASSERT_EQ(outbox.settled.size(), 1U);
    EXPECT_EQ(outbox.settled[0].state, State::kRetry);
    EXPECT_EQ(outbox.settled[0].attempts, 2);
}

TEST_F(OutboxRelayTest, PausesGrowWithTheAttemptsAndAreSpreadWhole) {
    options.attempts_max = 100;
    for (const auto& [attempts, longest] : std::map<int, int>{{0, 100}, {2, 400}, {50, 1'000}}) {
        outbox.settled.clear();
        outbox.waiting.clear();
        for (std::uint8_t i = 1; i <= 100; ++i) {
            outbox.waiting.push_back(entry(channel(i), i));
            outbox.waiting.back().attempts = attempts;
            adapter.answers[outbox.waiting.back().event_id] = {.kind = Kind::kRetry};
        }
        run();
        ASSERT_EQ(outbox.settled.size(), 100U);
        int short_ones = 0;
        for (const Settlement& settled : outbox.settled) {
            const auto pause = *settled.not_before - clock.time;
            EXPECT_LE(pause, milliseconds{longest});
            short_ones += pause < milliseconds{longest / 2} ? 1 : 0;
        }
        EXPECT_GT(short_ones, 10);
        EXPECT_LT(short_ones, 90);
    }
}

TEST_F(OutboxRelayTest, SettlementsNameTheAdapterThatAnswered) {
    outbox.waiting = {entry(channel(1), 1), entry(channel(2), 2)};
    adapter.answers[outbox.waiting[1].event_id] = {.via = "builtin"};
    run();
    EXPECT_EQ(outbox.settled.at(0).via, "scripted");
    EXPECT_EQ(outbox.settled.at(1).via, "builtin");
}

TEST_F(OutboxRelayTest, AMirrorSkipsWhatIsTooOldUnlessItIsAskedFor) {
    options.skip_after = std::chrono::seconds{60};
    outbox.waiting = {entry(channel(1), 1), entry(channel(1), 2), entry(channel(1), 3)};
    outbox.waiting[0].occurred_at = clock.time - std::chrono::seconds{61};
    outbox.waiting[1].occurred_at = clock.time - std::chrono::seconds{60};
    outbox.waiting[2].occurred_at = clock.time - std::chrono::hours{1};
    outbox.waiting[2].is_resend = true;
    EXPECT_EQ(run(), 3U);
    EXPECT_EQ(adapter.published, (std::vector<std::int64_t>{2, 3}));
    ASSERT_EQ(outbox.settled.size(), 3U);
    EXPECT_EQ(outbox.settled[0].state, State::kSkipped);
    EXPECT_EQ(outbox.settled[0].seq, 1);
}

TEST_F(OutboxRelayTest, UnderLoadABatchIsAsLargeAsTheAdapterTakes) {
    for (std::uint8_t i = 1; i <= 250; ++i) {
        outbox.waiting.push_back(entry(channel(i), i));
    }
    EXPECT_EQ(run(), 100U);
    EXPECT_EQ(run(), 100U);
    EXPECT_EQ(run(), 50U);
}

TEST_F(OutboxRelayTest, TheOutboxIsLeftAloneWhileTheAdapterTakesNothing) {
    options.poll_interval = milliseconds{5};
    adapter.paused = std::chrono::steady_clock::now() + milliseconds{200};
    outbox.waiting = {entry(channel(1), 1)};
    std::promise<Deadline> delivered;
    outbox.on_settled = [&] { delivered.set_value(std::chrono::steady_clock::now()); };
    OutboxRelay relay{outbox, adapter, clock, options};
    relay.start();
    relay.notify();
    auto when = delivered.get_future();
    ASSERT_EQ(when.wait_for(std::chrono::seconds{10}), std::future_status::ready);
    EXPECT_GE(when.get(), adapter.paused);
    relay.stop();
}

TEST_F(OutboxRelayTest, GivesUpTheLeaseWhenItStops) {
    OutboxRelay relay{outbox, adapter, clock, options};
    relay.start();
    relay.stop();
    EXPECT_EQ(outbox.releases, 1);
}

TEST_F(OutboxRelayTest, NotificationWakesItAtOnce) {
    options.poll_interval = std::chrono::hours{1};
    std::promise<void> delivered;
    outbox.on_settled = [&] { delivered.set_value(); };
    OutboxRelay relay{outbox, adapter, clock, options};
    relay.start();
    {
        const std::scoped_lock lock{outbox.mutex};
        outbox.waiting.push_back(entry(channel(1), 1));
    }
    relay.notify();
    EXPECT_EQ(delivered.get_future().wait_for(std::chrono::seconds{10}), std::future_status::ready);
    relay.stop();
}

TEST_F(OutboxRelayTest, FindsEntriesThatNobodyNotifiedOf) {
    options.poll_interval = milliseconds{5};
    std::promise<void> delivered;
    outbox.on_settled = [&] { delivered.set_value(); };
    OutboxRelay relay{outbox, adapter, clock, options};
    relay.start();
    {
        const std::scoped_lock lock{outbox.mutex};
        outbox.waiting.push_back(entry(channel(1), 1));
    }
    EXPECT_EQ(delivered.get_future().wait_for(std::chrono::seconds{10}), std::future_status::ready);
    relay.stop();
}

TEST_F(OutboxRelayTest, GoesOnAfterTheStoreWasAway) {
    const Error away{
        .kind = ErrorKind::kUnavailable, .code = "database_unavailable", .message = "away"};
    outbox.failures = {away, away, away};
    outbox.waiting = {entry(channel(1), 1)};
    std::promise<void> delivered;
    outbox.on_settled = [&] { delivered.set_value(); };
    OutboxRelay relay{outbox, adapter, clock, options};
    relay.start();
    EXPECT_EQ(delivered.get_future().wait_for(std::chrono::seconds{10}), std::future_status::ready);
    relay.stop();
}

TEST_F(OutboxRelayTest, DoesNothingWhileThereIsNothingToDo) {
    options.poll_interval = std::chrono::hours{1};
    OutboxRelay relay{outbox, adapter, clock, options};
    relay.start();
    std::promise<void> delivered;
    outbox.on_settled = [&] { delivered.set_value(); };
    {
        const std::scoped_lock lock{outbox.mutex};
        outbox.waiting.push_back(entry(channel(1), 1));
    }
    relay.notify();
    ASSERT_EQ(delivered.get_future().wait_for(std::chrono::seconds{10}), std::future_status::ready);
    relay.stop();
    // At the start, for the notification, and once more to see that nothing is left.
    EXPECT_LE(outbox.claims, 3);
}

}  // namespace
}  // namespace orderpush::usecases

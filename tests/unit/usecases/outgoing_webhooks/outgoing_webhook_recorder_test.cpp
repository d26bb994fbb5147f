#include "usecases/outgoing_webhooks/outgoing_webhook_recorder.hpp"

#include "tests/support/manual_clock.hpp"
#include "tests/support/memory/memory_outgoing_webhook_store.hpp"
#include "tests/support/sequential_ids.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace orderpush::usecases {
namespace {

using Kind = ChannelEventKind;
using std::chrono::milliseconds;
using std::chrono::seconds;
using Names = std::vector<std::string>;

class OutgoingWebhookRecorderTest : public testing::Test {
  protected:
    void report(Kind kind, const std::string& user = {}) {
        ChannelEvent event{.id = {}, .app_id = "7", .channel = "room", .kind = kind, .at = {}};
        if (!user.empty()) {
            event.user_id = user;
        }
        recorder.take(std::move(event));
    }
    void count(std::int64_t subscribers) {
        ChannelEvent event{
            .id = {}, .app_id = "7", .channel = "room", .kind = Kind::kSubscriptionCount, .at = {}};
        event.subscribers = subscribers;
        recorder.take(std::move(event));
    }
    std::vector<StoredChannelEvent> stored() {
        const auto done = recorder.run_once();
        EXPECT_TRUE(done) << done.error().code;
        return store.read_events("7", 0, 1'000).value();
    }
    Names names() {
        Names found;
        for (const StoredChannelEvent& one : stored()) {
            found.emplace_back(to_string(one.event.kind));
        }
        return found;
    }
    std::vector<std::int64_t> counts() {
        std::vector<std::int64_t> found;
        for (const StoredChannelEvent& one : stored()) {
            found.push_back(one.event.subscribers.value());
        }
        return found;
    }

    test::ManualClock clock;
    test::SequentialIds ids;
    test::MemoryDatabase database;
    test::MemoryOutgoingWebhookStore store{database};
    OutgoingWebhookTargets targets{[] {
        return std::vector<WebhookApp>{
            {.id = "7", .key = "k", .secret = "s", .targets = {"https://shop.example/"}}};
    }};
    int notified = 0;
    OutgoingWebhookRecorder recorder{store, targets, ids, clock, {}, [this] { ++notified; }};
};

TEST_F(OutgoingWebhookRecorderTest, StoresArrivalsAtOnce) {
    report(Kind::kOccupied);
    report(Kind::kMemberAdded, "u-1");
    EXPECT_EQ(names(), (Names{"channel_occupied", "member_added"}));
    EXPECT_EQ(notified, 1);
    EXPECT_EQ(stored().front().event.at, clock.now());
}

TEST_F(OutgoingWebhookRecorderTest, AReconnectTellsNothing) {
    report(Kind::kOccupied);
    report(Kind::kMemberAdded, "u-1");
    names();
    report(Kind::kMemberRemoved, "u-1");
    report(Kind::kVacated);
    clock.advance(milliseconds{2'999});
    EXPECT_EQ(names().size(), 2U);
    report(Kind::kOccupied);
    report(Kind::kMemberAdded, "u-1");
    clock.advance(seconds{10});
    EXPECT_EQ(names().size(), 2U);
}

TEST_F(OutgoingWebhookRecorderTest, WhoStaysAwayIsReportedAfterTheGrace) {
    report(Kind::kOccupied);
    report(Kind::kMemberAdded, "u-1");
    report(Kind::kMemberRemoved, "u-1");
    report(Kind::kVacated);
    clock.advance(seconds{3});
    EXPECT_EQ(
        names(), (Names{"channel_occupied", "member_added", "member_removed", "channel_vacated"})
    );
}

TEST_F(OutgoingWebhookRecorderTest, AnotherUserDoesNotUndoALeave) {
    report(Kind::kOccupied);
    report(Kind::kMemberAdded, "u-1");
    report(Kind::kMemberRemoved, "u-1");
    report(Kind::kVacated);
    report(Kind::kOccupied);
    report(Kind::kMemberAdded, "u-2");
    clock.advance(seconds{3});
    EXPECT_EQ(
        names(), (Names{"channel_occupied", "member_added", "member_added", "member_removed"})
    );
    EXPECT_EQ(stored().back().event.user_id, "u-1");
}

TEST_F(OutgoingWebhookRecorderTest, ComingAndGoingOftenIsStoredInOrder) {
    for (int i = 0; i < 3; ++i) {
        report(Kind::kOccupied);
        report(Kind::kVacated);
        clock.advance(seconds{3});
        // Not stored between: several moves of one member wait together.
        report(Kind::kCacheMiss);
    }
    EXPECT_EQ(names().front(), "channel_occupied");
    report(Kind::kVacated);
    clock.advance(seconds{3});
    EXPECT_EQ(names().back(), "channel_vacated");
}

TEST_F(OutgoingWebhookRecorderTest, ARisingCountIsReportedAtOnceAFallingOneAfterTheGrace) {
    count(1);
    count(2);
    EXPECT_EQ(counts(), (std::vector<std::int64_t>{1, 2}));
    count(1);
    count(2);  // a reconnect
    clock.advance(seconds{5});
    EXPECT_EQ(counts(), (std::vector<std::int64_t>{1, 2}));
    count(1);
    count(0);
    EXPECT_EQ(counts().size(), 2U);
    clock.advance(seconds{3});
    EXPECT_EQ(counts(), (std::vector<std::int64_t>{1, 2, 0}));
}

TEST_F(OutgoingWebhookRecorderTest, NobodyIsReportedAsGoneBecauseTheServiceStops) {
    report(Kind::kOccupied);
    names();
    report(Kind::kVacated);
    recorder.drain();
    report(Kind::kVacated);
    clock.advance(seconds{10});
    EXPECT_EQ(names(), Names{"channel_occupied"});
}

TEST_F(OutgoingWebhookRecorderTest, TellsInTheNameOfAnInstanceThatDied) {
    report(Kind::kOccupied);
    names();
    OutgoingWebhookRecorder next{store, targets, ids, clock, {}, [this] { ++notified; }};
    ASSERT_TRUE(next.run_once());
    clock.advance(seconds{31});
    ASSERT_TRUE(next.run_once());
    EXPECT_EQ(store.read_events("7", 0, 10).value().back().event.kind, Kind::kVacated);
    EXPECT_EQ(notified, 2);
}

TEST_F(OutgoingWebhookRecorderTest, WhatHappensBeforeAnybodyKnewWhoIsToBeToldIsToldAsWell) {
    report(Kind::kOccupied);  // the dispatcher has not looked at the configuration yet
    ASSERT_EQ(stored().size(), 1U);
    ASSERT_TRUE(targets.keep_in(store, ids, clock.now()));
    const auto endpoints = store.endpoints(std::nullopt).value();
    ASSERT_EQ(endpoints.size(), 1U);
    EXPECT_LT(endpoints.front().position, stored().front().position);
}

TEST_F(OutgoingWebhookRecorderTest, TakesNoMoreThanItsBounds) {
    OutgoingWebhookRecorder small{
        store, targets, ids, clock, {.events_max = 2, .moves_max = 3}, [this] { ++notified; }};
    const auto take = [&](Kind kind, const std::string& channel) {
        small.take({.id = {}, .app_id = "7", .channel = channel, .kind = kind, .at = {}});
    };
    take(Kind::kCacheMiss, "a");
    take(Kind::kCacheMiss, "b");
    take(Kind::kCacheMiss, "dropped");
    take(Kind::kOccupied, "a");
    take(Kind::kOccupied, "dropped");
    ASSERT_TRUE(small.run_once());
    EXPECT_EQ(store.read_events("7", 0, 10).value().size(), 3U);
}

TEST_F(OutgoingWebhookRecorderTest, WantsWhatATargetWants) {
    OutgoingWebhookTargets few{[] {
        return std::vector<WebhookApp>{
            {.id = "7",
             .key = "k",
             .secret = "s",
             .targets = {"https://a.example/#events=member_removed&channels=presence-"}}};
    }};
    EXPECT_TRUE(few.wants("7", Kind::kMemberRemoved, "presence-x"));
    EXPECT_TRUE(few.wants("7", Kind::kMemberAdded, "presence-x")) << "to know who leaves";
    EXPECT_FALSE(few.wants("7", Kind::kOccupied, "presence-x"));
    EXPECT_FALSE(few.wants("7", Kind::kMemberRemoved, "lobby"));
    EXPECT_FALSE(few.wants("8", Kind::kMemberRemoved, "presence-x"));
}

}  // namespace
}  // namespace orderpush::usecases

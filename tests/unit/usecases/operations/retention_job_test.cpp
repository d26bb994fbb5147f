#include "usecases/operations/retention_job.hpp"

#include "tests/support/manual_clock.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <future>
#include <mutex>

namespace orderpush::usecases {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

EventId event(std::uint8_t number) {
    EventId id;
    id.value.bytes[15] = number;
    return id;
}

/// Answers as it was set up, and remembers what it was asked.
class ScriptedRetention final : public Retention {
  public:
    Result<PurgedBatch> purge_events(const EventPurge& purge) override {
        const std::scoped_lock lock{mutex};
        purges.push_back(purge);
        if (purges.size() == 1) {
            asked.set_value();
        }
        if (batches.empty()) {
            return PurgedBatch{};
        }
        auto batch = batches.front();
        batches.pop_front();
        return batch;
    }
    Result<std::size_t> purge_idempotency_keys(Timestamp made_until, int limit) override {
        const std::scoped_lock lock{mutex};
        keys_until.push_back(made_until);
        const auto count = std::min(lapsed_keys, static_cast<std::size_t>(limit));
        lapsed_keys -= count;
        return count;
    }

    std::mutex mutex;
    std::promise<void> asked;
    std::deque<Result<PurgedBatch>> batches;
    std::size_t lapsed_keys = 0;
    std::vector<EventPurge> purges;
    std::vector<Timestamp> keys_until;
};

struct RetentionJobTest : testing::Test {
    test::ManualClock clock;
    ScriptedRetention retention;
    RetentionJob job{
        retention,
        clock,
        {.event_lifetime = hours{3},
         .idempotency_key_lifetime = hours{24},
         .adapters = {"builtin"},
         .batch_max = 10,
         .pause = milliseconds{0}}};
    std::stop_source stop;
};

TEST_F(RetentionJobTest, WhatIsTooOldIsMeasuredFromNow) {
    ASSERT_TRUE(job.run_once(stop.get_token()));
    ASSERT_EQ(retention.purges.size(), 1U);
    const EventPurge& purge = retention.purges[0];
    EXPECT_EQ(purge.settled_before, clock.now() - hours{3});
    EXPECT_EQ(purge.all_before, clock.now() - hours{6});
    EXPECT_EQ(purge.adapters, std::vector<std::string>{"builtin"});
    EXPECT_EQ(purge.limit, 10);
    EXPECT_FALSE(purge.after);
    EXPECT_EQ(retention.keys_until, std::vector{clock.now() - hours{24}});
}

TEST_F(RetentionJobTest, ARoundGoesOnToTheEnd) {
    retention.batches = {
        PurgedBatch{.last = event(1), .entry_count = 5, .event_count = 1},
        PurgedBatch{.last = event(2), .entry_count = 0, .event_count = 0},
        PurgedBatch{.last = {}, .entry_count = 2, .event_count = 1}};
    retention.lapsed_keys = 25;
    const auto removed = job.run_once(stop.get_token());
    ASSERT_TRUE(removed);
    EXPECT_EQ(removed->entries, 7U);
    EXPECT_EQ(removed->events, 2U);
    EXPECT_EQ(removed->keys, 25U);
    ASSERT_EQ(retention.purges.size(), 3U);
    EXPECT_EQ(retention.purges[1].after, event(1));
    EXPECT_EQ(retention.purges[2].after, event(2));
    EXPECT_EQ(retention.keys_until.size(), 3U);
}

TEST_F(RetentionJobTest, AnErrorEndsTheRound) {
    retention.batches = {
        Error{.kind = ErrorKind::kConflict, .code = "purge_elsewhere", .message = "Elsewhere."}};
    const auto removed = job.run_once(stop.get_token());
    ASSERT_FALSE(removed);
    EXPECT_EQ(removed.error().code, "purge_elsewhere");
    EXPECT_TRUE(retention.keys_until.empty());
}

TEST_F(RetentionJobTest, AStopComesBetweenBatches) {
    stop.request_stop();
    ASSERT_TRUE(job.run_once(stop.get_token()));
    EXPECT_TRUE(retention.purges.empty());
    EXPECT_TRUE(retention.keys_until.empty());
}

TEST_F(RetentionJobTest, BeginsAtOnceAndStopsWithoutWaitingForTheInterval) {
    auto asked = retention.asked.get_future();
    job.start();
    ASSERT_EQ(asked.wait_for(std::chrono::seconds{10}), std::future_status::ready);
    job.stop();
    EXPECT_EQ(retention.purges.size(), 1U);
}

}  // namespace
}  // namespace orderpush::usecases

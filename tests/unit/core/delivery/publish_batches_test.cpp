#include "core/delivery/publish_batches.hpp"

#include <gtest/gtest.h>

#include <map>

namespace orderpush {
namespace {

using Kind = PublishOutcome::Kind;
using Request = PublishBatches::Request;

const Uuid kBranch = *parse_uuid("0190a5c0-7b1c-7def-8123-456789abcdef");

class PublishBatchesTest : public testing::Test {
  protected:
    /// An entry on the kitchen, waiters, tables or menu channel: 'k', 'w', 't', 'm'.
    void add(char channel, const std::string& payload = "{}") {
        const BranchId branch{kBranch};
        const std::map<char, Channel> channels{
            {'k', Channel::kitchen(branch)},
            {'w', Channel::waiters(branch)},
            {'t', Channel::tables(branch)},
            {'m', Channel::menu(branch)}};
        entries_.push_back(
            {.event_id = {},
             .name = "order:created",
             .payload = payload,
             .occurred_at = {},
             .channel = channels.at(channel),
             .seq = static_cast<std::int64_t>(entries_.size()) + 1}
        );
        payloads_.push_back(payload);
    }
    void add_all(const std::string& channels) {
        for (const char channel : channels) {
            add(channel);
        }
    }
    PublishBatches waves(const RequestLimits& limits) const {
        return {entries_, payloads_, limits};
    }

    std::vector<OutboxEntry> entries_;
    std::vector<std::string> payloads_;
};

TEST_F(PublishBatchesTest, FillsRequestsChannelByChannel) {
    add_all("kwkwtk");
    auto plan = waves({.requests_max = 4, .entries_max = 10, .channel_entries_max = 10});
    EXPECT_EQ(plan.next(), (std::vector<Request>{{0, 2, 5, 1, 3, 4}}));
}

TEST_F(PublishBatchesTest, NoChannelIsInTwoRequestsAtOnce) {
    add_all("kkkkkwwt");
    auto plan = waves({.requests_max = 4, .entries_max = 3, .channel_entries_max = 3});
    EXPECT_EQ(plan.next(), (std::vector<Request>{{0, 1, 2}, {5, 6, 7}}));
    for (const std::size_t index : {0U, 1U, 2U, 5U, 6U, 7U}) {
        plan.deliver(index);
    }
    EXPECT_EQ(plan.next(), (std::vector<Request>{{3, 4}}));
}

TEST_F(PublishBatchesTest, OneEntryOfAChannelWhereRequestsKeepNoOrder) {
    add_all("kkww");
    auto plan = waves({.requests_max = 1, .entries_max = 10, .channel_entries_max = 1});
    EXPECT_EQ(plan.next(), (std::vector<Request>{{0, 2}}));
}

TEST_F(PublishBatchesTest, RequestsAreBoundedInNumberAndBytes) {
    add('k', std::string(60, 'k'));
    add('w', std::string(60, 'w'));
    add('t', std::string(500, 't'));
    add('m', std::string(30, 'm'));
    const RequestLimits limits{
        .requests_max = 2, .entries_max = 10, .channel_entries_max = 1, .bytes_max = 100};
    auto plan = waves(limits);
    EXPECT_EQ(plan.next(), (std::vector<Request>{{0}, {1, 3}}));
    plan.deliver(0);
    plan.deliver(1);
    plan.deliver(3);
    EXPECT_EQ(plan.next(), (std::vector<Request>{{2}})) << "one alone always fits";
}

TEST_F(PublishBatchesTest, WhatIsBehindAFailureWaitsWithIt) {
    add_all("kkw");
    auto plan = waves({});
    plan.fail(
        0, {.kind = Kind::kRetry, .retry_after = std::chrono::milliseconds{9}, .reason = "away"}
    );
    plan.deliver(1);  // its answer came, but it must go again behind the first
    plan.deliver(2);
    const auto outcomes = std::move(plan).outcomes();
    EXPECT_EQ(outcomes[0].kind, Kind::kRetry);
    EXPECT_EQ(outcomes[1].kind, Kind::kRetry);
    EXPECT_EQ(outcomes[1].retry_after, std::chrono::milliseconds{9});
    EXPECT_EQ(outcomes[2].kind, Kind::kDelivered);
}

TEST_F(PublishBatchesTest, WhatIsBehindARefusalGoesNextTime) {
    add_all("kk");
    auto plan = waves({});
    plan.fail(0, {.kind = Kind::kRejected, .reason = "too large"});
    const auto outcomes = std::move(plan).outcomes();
    EXPECT_EQ(outcomes[0].kind, Kind::kRejected);
    EXPECT_EQ(outcomes[1].kind, Kind::kRetry);
    EXPECT_EQ(outcomes[1].retry_after, std::chrono::milliseconds{0});
    EXPECT_FALSE(outcomes[1].reason.empty());
}

TEST_F(PublishBatchesTest, EntriesOfARefusedRequestGoAlone) {
    add_all("kkwt");
    auto plan = waves({.requests_max = 2});
    plan.send_alone({0, 1, 2});
    EXPECT_EQ(plan.next(), (std::vector<Request>{{0}, {2}}));
    plan.deliver(0);
    plan.deliver(2);
    EXPECT_EQ(plan.next(), (std::vector<Request>{{1}, {3}}));
    plan.deliver(1);
    plan.deliver(3);
    EXPECT_TRUE(plan.next().empty());
}

TEST_F(PublishBatchesTest, ARequestRefusedUnclearlyIsTakenApart) {
    add_all("kwt");
    auto plan = waves({});
    plan.settle({0, 1, 2}, {.kind = Kind::kUnclear, .reason = "400"});
    EXPECT_EQ(plan.next(), (std::vector<Request>{{0}, {1}, {2}}));
    plan.settle({0}, {});
    plan.settle({1}, {.kind = Kind::kUnclear, .reason = "400 again"});
    plan.settle({2}, {});
    const auto outcomes = std::move(plan).outcomes();
    EXPECT_EQ(outcomes[0].kind, Kind::kDelivered);
    EXPECT_EQ(outcomes[1].kind, Kind::kUnclear);
    EXPECT_EQ(outcomes[1].reason, "400 again");
    EXPECT_EQ(outcomes[2].kind, Kind::kDelivered);
}

TEST_F(PublishBatchesTest, WhatIsBehindAnUnclearRefusalWaitsWithIt) {
    add_all("kk");
    auto plan = waves({});
    plan.settle(
        {0}, {.kind = Kind::kUnclear, .retry_after = std::chrono::milliseconds{9}, .reason = "400"}
    );
    const auto outcomes = std::move(plan).outcomes();
    EXPECT_EQ(outcomes[0].kind, Kind::kUnclear);
    EXPECT_EQ(outcomes[1].kind, Kind::kRetry);
    EXPECT_EQ(outcomes[1].retry_after, std::nullopt);
}

TEST_F(PublishBatchesTest, WhereEverythingIsRefusedUnclearlyTheRestIsNotTried) {
    add_all("kwtm");
    auto plan = waves({.requests_max = 1, .entries_max = 1, .unclear_max = 2});
    for (const std::size_t index : {0U, 1U}) {
        EXPECT_EQ(plan.next(), (std::vector<Request>{{index}}));
        plan.settle({index}, {.kind = Kind::kUnclear, .reason = "400"});
    }
    EXPECT_TRUE(plan.next().empty());
    const auto outcomes = std::move(plan).outcomes();
    EXPECT_EQ(outcomes[1].kind, Kind::kUnclear);
    EXPECT_EQ(outcomes[3].kind, Kind::kRetry) << "it was not sent";
}

TEST_F(PublishBatchesTest, WhereSomethingWentTheRestIsTried) {
    add_all("kwtm");
    auto plan = waves({.requests_max = 1, .entries_max = 1, .unclear_max = 2});
    plan.settle({0}, {});
    plan.settle({1}, {.kind = Kind::kUnclear, .reason = "400"});
    plan.settle({2}, {.kind = Kind::kUnclear, .reason = "400"});
    EXPECT_EQ(plan.next(), (std::vector<Request>{{3}}));
    plan.settle({3}, {});
}

TEST_F(PublishBatchesTest, AFailureOfAllLeavesWhatWasDelivered) {
    add_all("kwk");
    auto plan = waves({});
    plan.deliver(0);
    plan.fail_all({.kind = Kind::kStopped, .reason = "unknown key"});
    const auto outcomes = std::move(plan).outcomes();
    EXPECT_EQ(outcomes[0].kind, Kind::kDelivered);
    EXPECT_EQ(outcomes[1].kind, Kind::kStopped);
    EXPECT_EQ(outcomes[2].kind, Kind::kStopped);
}

}  // namespace
}  // namespace orderpush

#include "usecases/operations/order_timeline.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace orderpush::usecases {
namespace {

Timestamp at(int milliseconds) {
    return Timestamp{std::chrono::milliseconds{milliseconds}};
}

TracedEvent event(const char* name, const char* payload, int milliseconds) {
    return {
        .id = {},
        .name = name,
        .payload = payload,
        .occurred_at = at(milliseconds),
        .written_at = at(milliseconds + 2)};
}

std::vector<std::string> kinds_of(const std::vector<TimelineEntry>& entries) {
    std::vector<std::string> kinds;
    std::ranges::transform(entries, std::back_inserter(kinds), &TimelineEntry::kind);
    return kinds;
}

TEST(OrderTimelineTest, ListsWhatHappenedOldestFirst) {
    Order order;
    order.number = 7;
    order.created_at = at(100);
    OrderTrace trace;
    trace.events = {
        event("order:created", "{}", 100),
        event("kitchen:order_acknowledged", R"({"chefId":"c","chefName":"Kim"})", 500),
        event("order:status_changed", R"({"status":"served"})", 900)};
    trace.attempts.push_back(
        {.event = {},
         .channel = Channel::kitchen({}),
         .seq = 4,
         .stream = "failover",
         .via = "pusher",
         .attempt = 1,
         .state = "retry",
         .reason = "HTTP 503",
         .at = at(200)}
    );
    trace.receipts.push_back(
        {.event = {}, .device = "grill-1", .staff = {}, .received_at = at(300), .seen_at = at(400)}
    );
    trace.alarms.push_back(
        {.cause = AlarmCause::kUnacknowledged, .raised_at = at(450), .cleared_at = at(600)}
    );
    const auto entries = timeline_of(order, trace);
    const std::vector<std::string> expected{
        "accepted",
        "committed",
        "published",
        "received",
        "seen",
        "escalated",
        "acknowledged",
        "escalation_cleared",
        "served"};
    ASSERT_EQ(kinds_of(entries), expected);
    EXPECT_EQ(entries[1].at, at(102));
    EXPECT_EQ(entries[2].adapter, "pusher");
    EXPECT_EQ(entries[2].detail, "HTTP 503");
    EXPECT_EQ(entries[6].actor, "staff-c");
    EXPECT_EQ(entries[6].detail, "Kim");
}

TEST(OrderTimelineTest, NamesEachStepAndTellsOnceThatAllAreOver) {
    OrderTrace trace;
    for (const auto step : {AlarmStep::kPushAgain, AlarmStep::kWaiters, AlarmStep::kWebhook}) {
        trace.alarms.push_back(
            {.cause = AlarmCause::kUnseen,
             .step = step,
             .raised_at = at(100 + static_cast<int>(step)),
             .cleared_at = at(200)}
        );
    }
    const auto entries = timeline_of({}, trace);
    const std::vector<std::string> expected{
        "accepted", "escalated", "escalated", "escalated", "escalation_cleared"};
    ASSERT_EQ(kinds_of(entries), expected);
    EXPECT_EQ(entries[1].detail, "unseen: push_again");
    EXPECT_EQ(entries[2].detail, "unseen");
    EXPECT_EQ(entries[3].detail, "unseen: webhook");
    EXPECT_EQ(entries[4].detail, "unseen");
}

TEST(OrderTimelineTest, LeavesOutEventsThatItDoesNotKnow) {
    OrderTrace trace;
    trace.events = {event("order:teleported", "{}", 100)};
    EXPECT_EQ(kinds_of(timeline_of({}, trace)), std::vector<std::string>{"accepted"});
}

}  // namespace
}  // namespace orderpush::usecases

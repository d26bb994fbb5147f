#include "base/clock.hpp"
#include "core/delivery/outbox.hpp"
#include "core/delivery/relay_streams.hpp"
#include "core/kitchen/receipt_store.hpp"
#include "tests/contract/store_contract.hpp"
#include "tests/support/manual_clock.hpp"

#include <algorithm>

namespace orderpush::test {
namespace {

class ReceiptStoreContract : public StoreContract {
  protected:
    ReceiptReport report_of(ReceiptKind kind, std::vector<EventId> events) {
        return {
            .device = "grill-1",
            .kind = kind,
            .events = std::move(events),
            .staff = {},
            .at = world->clock.now(),
            .restaurant = sample.branch.restaurant,
            .branch = sample.branch.id,
            .audiences = {Audience::kKitchen},
            .session = {}};
    }
    RecordedReceipts record(const ReceiptReport& report) {
        const auto recorded = world->receipts().record(report);
        EXPECT_TRUE(recorded) << recorded.error().detail;
        return recorded ? *recorded : RecordedReceipts{};
    }
    OrderTrace trace() {
        const auto traced = world->receipts().trace(order, session.id);
        EXPECT_TRUE(traced) << traced.error().detail;
        return traced ? *traced : OrderTrace{};
    }
    EventId created() {
        const auto traced = trace();
        EXPECT_FALSE(traced.events.empty());
        return traced.events.empty() ? EventId{} : traced.events.front().id;
    }
    void settle(Settlement settlement) {
        const Settlement settlements[]{std::move(settlement)};
        ASSERT_TRUE(world->outbox().settle("builtin", settlements, world->clock.now()));
    }

    TableSession session = sample.open_session();
    OrderId order = sample.place_order(session);
};

TEST_P(ReceiptStoreContract, TheFirstReportCountsAndARepeatChangesNothing) {
    const EventId event = created();
    EXPECT_EQ(record(report_of(ReceiptKind::kReceived, {event})).recorded, 1U);
    const Timestamp first = world->clock.now();
    world->clock.advance(std::chrono::seconds{1});
    EXPECT_EQ(record(report_of(ReceiptKind::kReceived, {event})).recorded, 1U);
    ASSERT_EQ(trace().receipts.size(), 1U);
    EXPECT_EQ(trace().receipts[0].received_at, first);
    EXPECT_FALSE(trace().receipts[0].seen_at);
    EXPECT_EQ(record(report_of(ReceiptKind::kSeen, {event})).recorded, 1U);
    EXPECT_EQ(trace().receipts[0].received_at, first);
    EXPECT_EQ(trace().receipts[0].seen_at, world->clock.now());
}

TEST_P(ReceiptStoreContract, UnknownAndUnheardEventsAreLeftOut) {
    EXPECT_EQ(record(report_of(ReceiptKind::kSeen, {ids.make<EventId>()})).recorded, 0U);
    auto elsewhere = report_of(ReceiptKind::kSeen, {created()});
    elsewhere.branch = ids.make<BranchId>();
    EXPECT_EQ(record(elsewhere).recorded, 0U);
    auto foreign = report_of(ReceiptKind::kSeen, {created()});
    foreign.restaurant = ids.make<RestaurantId>();
    foreign.branch.reset();
    EXPECT_EQ(record(foreign).recorded, 0U);
    auto deaf = report_of(ReceiptKind::kSeen, {created()});
    deaf.audiences.clear();
    EXPECT_EQ(record(deaf).recorded, 0U);
    EXPECT_TRUE(trace().receipts.empty());
}

TEST_P(ReceiptStoreContract, EachAttemptOfAnEntryIsKept) {
    ASSERT_TRUE(world->streams().set({"builtin"}, world->clock.now()));
    const Channel channel = Channel::order(order);
    settle(
        {.channel = channel,
         .seq = 1,
         .state = Settlement::State::kRetry,
         .attempts = 1,
         .not_before = world->clock.now(),
         .reason = "HTTP 503",
         .via = "builtin"}
    );
    world->clock.advance(std::chrono::seconds{1});
    settle({.channel = channel, .seq = 1, .attempts = 2, .via = "builtin"});
    const auto attempts = trace().attempts;
    ASSERT_EQ(attempts.size(), 2U);
    EXPECT_EQ(attempts[0].state, "retry");
    EXPECT_EQ(attempts[0].reason, "HTTP 503");
    EXPECT_EQ(attempts[0].attempt, 1);
    EXPECT_EQ(attempts[1].state, "delivered");
    EXPECT_EQ(attempts[1].attempt, 2);
    EXPECT_EQ(attempts[1].at, world->clock.now());
}

ORDERPUSH_CONTRACT_SUITE(ReceiptStoreContract);

}  // namespace
}  // namespace orderpush::test

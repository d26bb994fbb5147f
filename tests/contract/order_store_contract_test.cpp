#include "base/clock.hpp"
#include "core/delivery/outbox.hpp"
#include "core/events/event.hpp"
#include "core/idempotency_store.hpp"
#include "core/orders/order_store.hpp"
#include "tests/contract/store_contract.hpp"
#include "tests/support/manual_clock.hpp"

#include <algorithm>

namespace orderpush::test {
namespace {

class OrderStoreContract : public StoreContract {
  protected:
    std::vector<OutboxEntry> entries() {
        auto claimed = world->outbox().claim("test", 1000, world->clock.now());
        EXPECT_TRUE(claimed) << claimed.error().detail;
        return claimed ? *claimed : std::vector<OutboxEntry>{};
    }
    TableSession session = sample.open_session();
};

TEST_P(OrderStoreContract, ContextHoldsTheSessionAndTheAskedItemsOfItsBranch) {
    const MenuItemId unknown = ids.make<MenuItemId>();
    const std::vector<MenuItemId> asked{sample.burger.id, unknown};
    const auto context = world->orders().placement_context(session.id, asked, false);
    ASSERT_TRUE(context) << context.error().detail;
    EXPECT_EQ(context->session.table.branch.currency, "EUR");
    EXPECT_EQ(context->session.table.branch.tax_rate_bp, 825);
    EXPECT_EQ(context->session.table.area_name, "Terrace");
    EXPECT_TRUE(context->session.is_open);
    ASSERT_EQ(context->items.size(), 1U);
    EXPECT_EQ(context->items[0].id, sample.burger.id);
    EXPECT_EQ(context->items[0].station, sample.burger.station);
    EXPECT_EQ(context->items[0].price_minor, 1290);
}

TEST_P(OrderStoreContract, ContextLeavesOutItemsOfAnotherBranch) {
    const SampleRestaurant other{*world, ids};
    const std::vector<MenuItemId> asked{other.burger.id};
    const auto context = world->orders().placement_context(session.id, asked, false);
    ASSERT_TRUE(context) << context.error().detail;
    EXPECT_TRUE(context->items.empty());
}

TEST_P(OrderStoreContract, ContextOfAnUnknownSessionIsNotFound) {
    const auto context = world->orders().placement_context(ids.make<SessionId>(), {}, true);
    ASSERT_FALSE(context);
    EXPECT_EQ(context.error().kind, ErrorKind::kNotFound);
}

TEST_P(OrderStoreContract, WhatIsNotServedIsCountedByLinesAndBounded) {
    const auto counted = [&] {
        return world->orders().placement_context(session.id, {}, true)->unserved.value();
    };
    EXPECT_FALSE(world->orders().placement_context(session.id, {}, false)->unserved);
    EXPECT_EQ(counted().count, 0);
    EXPECT_EQ(counted().most, 20);
    const OrderId served = sample.place_order(session);
    const OrderId completed = sample.place_order(session);
    const OrderId cancelled = sample.place_order(session);
    EXPECT_EQ(counted().count, 3);
    ASSERT_TRUE(world->orders().change(sample.moved(served, OrderStatus::kServed)));
    ASSERT_TRUE(world->orders().change(sample.moved(completed, OrderStatus::kCompleted)));
    ASSERT_TRUE(world->orders().change(sample.moved(cancelled, OrderStatus::kCancelled)));
    EXPECT_EQ(counted().count, 1);
    // What came since the count is counted as well: of two at the same time one is refused.
    NewOrder first = sample.new_order(session);
    NewOrder second = sample.new_order(session);
    UnservedOrders bound = counted();
    bound.most = 2;
    first.bound = bound;
    second.bound = bound;
    ASSERT_TRUE(world->orders().place(first));
    const auto refused = world->orders().place(second);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, "too_many_unserved_orders");
    EXPECT_EQ(refused.error().kind, ErrorKind::kRateLimited);
    EXPECT_FALSE(world->orders().find(second.order.id));
    world->close_session(session.id, world->clock.now());
    EXPECT_EQ(world->orders().place(second).error().code, "session_closed");
}

TEST_P(OrderStoreContract, AnOutlineHasAllOrdersOfTheSession) {
    EXPECT_TRUE(world->orders().outline(session.id)->empty());
    const OrderId pending = sample.place_order(session);
    const OrderId ready = sample.place_order(session);
    const OrderId served = sample.place_order(session);
    ASSERT_TRUE(world->orders().change(sample.moved(ready, OrderStatus::kReady)));
    ASSERT_TRUE(world->orders().change(sample.moved(served, OrderStatus::kServed)));
    SampleRestaurant other{*world, ids};
    other.place_order(other.open_session());
    const auto outlined = world->orders().outline(session.id);
    ASSERT_TRUE(outlined) << outlined.error().detail;
    ASSERT_EQ(outlined->size(), 3U);
    const Order whole = world->orders().find(pending).value();
    EXPECT_EQ(outlined->at(0).id, pending);
    EXPECT_EQ(outlined->at(0).status, OrderStatus::kPending);
    EXPECT_EQ(outlined->at(0).total_minor, whole.total_minor);
    EXPECT_EQ(outlined->at(0).final_minor, whole.final_minor);
    const auto flags = [&](std::size_t at) {
        return std::pair{outlined->at(at).is_unserved, outlined->at(at).is_started};
    };
    EXPECT_EQ(flags(0), (std::pair{true, false}));
    EXPECT_EQ(flags(1), (std::pair{true, true}));
    EXPECT_EQ(flags(2), (std::pair{false, false}));
}

TEST_P(OrderStoreContract, APlacedOrderIsFoundAsItWasGiven) {
    const auto placement = sample.new_order(session);
    const auto placed = world->orders().place(placement);
    ASSERT_TRUE(placed) << placed.error().detail;
    const auto found = world->orders().find(placement.order.id);
    ASSERT_TRUE(found) << found.error().detail;
    EXPECT_EQ(found->number, 1);
    EXPECT_EQ(found->restaurant, sample.branch.restaurant);
    EXPECT_EQ(found->branch, sample.branch.id);
    EXPECT_EQ(found->table, sample.table.id);
    EXPECT_EQ(found->session, session.id);
    EXPECT_EQ(found->table_number, "T5");
    EXPECT_EQ(found->customer_name, "Ana");
    EXPECT_EQ(found->note, std::nullopt);
    EXPECT_EQ(found->currency, "EUR");
    EXPECT_EQ(found->total_minor, 2270);
    EXPECT_EQ(found->final_minor, placement.order.final_minor);
    EXPECT_EQ(found->version, 1);
    EXPECT_EQ(found->created_at, placement.order.created_at);
    EXPECT_EQ(found->confirmed_at, std::nullopt);
    ASSERT_EQ(found->items.size(), 2U);
    EXPECT_EQ(found->items[0].id, placement.order.items[0].id);
    EXPECT_EQ(found->items[0].note, "no onions");
    EXPECT_EQ(found->items[0].station, sample.burger.station);
    EXPECT_EQ(found->items[1].quantity, 2);
    EXPECT_EQ(found->items[1].unit_price_minor, 490);
}

TEST_P(OrderStoreContract, NumbersCountUpPerBranch) {
    SampleRestaurant other{*world, ids};
    const auto other_session = other.open_session();
    EXPECT_EQ(world->orders().place(sample.new_order(session))->number, 1);
    EXPECT_EQ(world->orders().place(sample.new_order(session))->number, 2);
    EXPECT_EQ(world->orders().place(other.new_order(other_session))->number, 1);
}

TEST_P(OrderStoreContract, NumbersBeginAgainOnTheNextDay) {
    EXPECT_EQ(world->orders().place(sample.new_order(session))->number, 1);
    world->clock.advance(std::chrono::hours{24});
    EXPECT_EQ(world->orders().place(sample.new_order(session))->number, 1);
}

TEST_P(OrderStoreContract, TheNumberStandsFirstInAnswerAndPayload) {
    const auto placed = world->orders().place(sample.new_order(session));
    ASSERT_TRUE(placed) << placed.error().detail;
    EXPECT_EQ(placed->answer, R"({"orderNumber":1,"status":"pending"})");
    EXPECT_EQ(entries().at(0).payload, R"({"orderNumber":1,"orderId":"o","note":"Gruß \"2\""})");
}

TEST_P(OrderStoreContract, AnEmptyAnswerAndPayloadGetTheNumberToo) {
    auto placement = sample.new_order(session);
    placement.answer = "{}";
    placement.events[0].payload = "{}";
    const auto placed = world->orders().place(placement);
    ASSERT_TRUE(placed) << placed.error().detail;
    EXPECT_EQ(placed->answer, R"({"orderNumber":1})");
    EXPECT_EQ(entries().at(0).payload, R"({"orderNumber":1})");
}

TEST_P(OrderStoreContract, PlacingRecordsTheEventOnEachOfItsChannels) {
    const auto placement = sample.new_order(session);
    ASSERT_TRUE(world->orders().place(placement));
    const auto recorded = entries();
    ASSERT_EQ(recorded.size(), 3U);
    for (const OutboxEntry& entry : recorded) {
        EXPECT_EQ(entry.event_id, placement.events[0].id);
        EXPECT_EQ(entry.name, "order:created");
        EXPECT_EQ(entry.occurred_at, placement.events[0].occurred_at);
        EXPECT_EQ(entry.seq, 1);
        EXPECT_EQ(entry.attempts, 0);
    }
}

TEST_P(OrderStoreContract, EventsOfOneChangeKeepTheirOrderOnAChannel) {
    auto placement = sample.new_order(session);
    const Channel kitchen = Channel::kitchen(sample.branch.id);
    placement.events = {
        sample.event("a", {kitchen}), sample.event("b", {kitchen}), sample.event("c", {kitchen})};
    ASSERT_TRUE(world->orders().place(placement));
    const auto recorded = entries();
    ASSERT_EQ(recorded.size(), 3U);
    for (std::size_t i = 0; i < 3; ++i) {
        EXPECT_EQ(recorded[i].seq, static_cast<std::int64_t>(i) + 1);
        EXPECT_EQ(recorded[i].name, placement.events[i].name);
    }
}

TEST_P(OrderStoreContract, AClosedSessionTakesNoOrderAndNothingIsWritten) {
    world->close_session(session.id, world->clock.now());
    const auto placement = sample.new_order(session);
    const auto placed = world->orders().place(placement);
    ASSERT_FALSE(placed);
    EXPECT_EQ(placed.error().kind, ErrorKind::kConflict);
    EXPECT_EQ(placed.error().code, "session_closed");
    EXPECT_FALSE(world->orders().find(placement.order.id));
    EXPECT_TRUE(entries().empty());
}

TEST_P(OrderStoreContract, ATakenKeyWritesNothing) {
    auto first = sample.new_order(session);
    first.idempotency = IdempotencyKey{sample.branch.restaurant, "key", "hash"};
    ASSERT_TRUE(world->orders().place(first));
    auto second = sample.new_order(session);
    second.idempotency = first.idempotency;
    const auto placed = world->orders().place(second);
    ASSERT_FALSE(placed);
    EXPECT_EQ(placed.error().kind, ErrorKind::kConflict);
    EXPECT_EQ(placed.error().code, "idempotency_key_taken");
    EXPECT_FALSE(world->orders().find(second.order.id));
    EXPECT_EQ(entries().size(), 3U);
    EXPECT_EQ(world->orders().place(sample.new_order(session))->number, 2);
}

TEST_P(OrderStoreContract, ALapsedKeyIsReplaced) {
    auto first = sample.new_order(session);
    first.idempotency = IdempotencyKey{sample.branch.restaurant, "key", "hash"};
    ASSERT_TRUE(world->orders().place(first));
    world->clock.advance(std::chrono::hours{24});
    auto second = sample.new_order(session);
    second.idempotency = IdempotencyKey{sample.branch.restaurant, "key", "other"};
    const auto placed = world->orders().place(second);
    ASSERT_TRUE(placed) << placed.error().detail;
    const auto kept = world->idempotency().find(sample.branch.restaurant, "key");
    ASSERT_TRUE(kept && *kept);
    EXPECT_EQ((*kept)->request_hash, "other");
}

TEST_P(OrderStoreContract, AnUnknownOrderIsNotFound) {
    const auto found = world->orders().find(ids.make<OrderId>());
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().kind, ErrorKind::kNotFound);
}

TEST_P(OrderStoreContract, ListsPageInOrderOfId) {
    std::vector<OrderId> placed;
    for (int i = 0; i < 5; ++i) {
        placed.push_back(sample.place_order(session));
    }
    const auto first = world->orders().list({.branch = sample.branch.id, .limit = 3});
    ASSERT_TRUE(first) << first.error().detail;
    ASSERT_EQ(first->size(), 3U);
    EXPECT_EQ(first->at(0).id, placed[0]);
    EXPECT_EQ(first->at(0).items.size(), 2U);
    const auto rest =
        world->orders().list({.branch = sample.branch.id, .after = first->back().id, .limit = 3});
    ASSERT_TRUE(rest) << rest.error().detail;
    ASSERT_EQ(rest->size(), 2U);
    EXPECT_EQ(rest->at(1).id, placed[4]);
}

TEST_P(OrderStoreContract, ListsFilterByStatusAndSession) {
    const auto pending = sample.place_order(session);
    const auto ready = sample.place_order(session);
    ASSERT_TRUE(world->orders().change(sample.moved(ready, OrderStatus::kReady)));
    const auto by_status =
        world->orders().list({.branch = sample.branch.id, .statuses = {OrderStatus::kPending}});
    ASSERT_TRUE(by_status) << by_status.error().detail;
    ASSERT_EQ(by_status->size(), 1U);
    EXPECT_EQ(by_status->at(0).id, pending);
    const auto by_session = world->orders().list(
        {.branch = sample.branch.id, .session = session.id, .statuses = {OrderStatus::kReady}}
    );
    ASSERT_TRUE(by_session) << by_session.error().detail;
    ASSERT_EQ(by_session->size(), 1U);
    EXPECT_EQ(by_session->at(0).id, ready);
}

TEST_P(OrderStoreContract, ListsHoldNothingOfAnotherBranch) {
    SampleRestaurant other{*world, ids};
    sample.place_order(session);
    const auto by_branch = world->orders().list({.branch = other.branch.id});
    ASSERT_TRUE(by_branch) << by_branch.error().detail;
    EXPECT_TRUE(by_branch->empty());
    const auto by_session =
        world->orders().list({.branch = other.branch.id, .session = session.id});
    ASSERT_TRUE(by_session) << by_session.error().detail;
    EXPECT_TRUE(by_session->empty());
}

ORDERPUSH_CONTRACT_SUITE(OrderStoreContract);

}  // namespace
}  // namespace orderpush::test

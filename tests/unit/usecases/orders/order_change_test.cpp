// How OrderService changes orders; what a change makes of one is order_changes_test's.

#include "base/clock.hpp"
#include "core/idempotency_store.hpp"
#include "core/orders/order_changes.hpp"
#include "core/orders/order_store.hpp"
#include "core/restaurant/menu_store.hpp"
#include "tests/support/counting_signal.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/memory/memory_world.hpp"
#include "tests/support/sample_restaurant.hpp"
#include "tests/support/sequential_ids.hpp"
#include "tests/unit/usecases/orders/busy_order_store.hpp"
#include "usecases/json/order_json.hpp"
#include "usecases/orders/order_service.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace orderpush::usecases {
namespace {

using nlohmann::json;

struct OrderChangeTest : testing::Test {
    test::MemoryWorld world;
    test::SequentialIds ids;
    test::SampleRestaurant restaurant{world, ids};
    test::CountingSignal signal;
    IdempotencyGuard guard{world.idempotency()};
    BusyOrderStore store{world.orders()};
    OrderService service{
        {.orders = store,
         .guard = guard,
         .menus = world.menus(),
         .signal = signal,
         .ids = ids,
         .clock = world.clock}};
    TableSession session = restaurant.open_session();
    OrderId id = restaurant.place_order(session);
    Caller guest = Guest{
        .session = session.id,
        .table = session.table.id,
        .branch = restaurant.branch.id,
        .restaurant = restaurant.branch.restaurant,
        .device_id = "phone",
        .name = {}};
    Caller cook = staff(Role::kKitchen);
    Caller waiter = staff(Role::kWaiter);

    Caller staff(Role role) {
        return StaffMember{
            .id = ids.make<StaffId>(),
            .restaurant = restaurant.branch.restaurant,
            .branch = restaurant.branch.id,
            .role = role,
            .name = "Ana",
            .station = {}};
    }
    Order current() { return world.orders().find(id).value(); }
    /// Somebody else takes a ticket of the order.
    void rush() {
        const Order before = current();
        const Order after =
            stamped(before, rush_ticket(before, before.tickets[0].id).value(), world.clock.now());
        ASSERT_TRUE(world.orders().change({.before = before, .after = after, .events = {}}));
    }
    /// Somebody else does something that makes a new version each time.
    void toggle() {
        const Order before = current();
        const TicketId ticket = before.tickets[0].id;
        const auto other =
            before.tickets[0].is_held ? fire_ticket(before, ticket) : hold_ticket(before, ticket);
        const Order after = stamped(before, other.value(), world.clock.now());
        ASSERT_TRUE(world.orders().change({.before = before, .after = after, .events = {}}));
    }
    std::vector<RequestedItem> beers(std::int64_t quantity) {
        return {{.menu_item = restaurant.beer.id, .quantity = quantity}};
    }
    template <class T>
    static std::string refusal(const Result<T>& refused) {
        EXPECT_FALSE(refused);
        return refused ? std::string{} : refused.error().code;
    }
    static std::string field(const auto& refused) {
        EXPECT_FALSE(refused);
        return refused ? std::string{} : refused.error().field_errors.at(0).field;
    }
};

TEST_F(OrderChangeTest, AChangeThatComesSecondIsDecidedAnew) {
    int others = 0;
    store.first = [&] {
        if (++others <= 4) {
            toggle();
        }
    };
    const auto moved = service.move(cook, id, {.status = OrderStatus::kConfirmed});
    ASSERT_TRUE(moved) << moved.error().code;
    EXPECT_EQ(moved->version, 6);
    EXPECT_EQ(moved->body, order_json(current()));
    EXPECT_EQ(signal.count(), 1);
}

TEST_F(OrderChangeTest, AnOrderThatOthersKeepChangingIsBusy) {
    store.first = [&] { toggle(); };
    const auto moved = service.move(cook, id, {.status = OrderStatus::kConfirmed});
    ASSERT_EQ(refusal(moved), "busy");
    EXPECT_TRUE(moved.error().retry_after);
    EXPECT_EQ(signal.count(), 0);
}

TEST_F(OrderChangeTest, WhatBecameIllegalMeanwhileIsRefused) {
    store.first = [&] {
        if (current().version == 1) {
            ASSERT_TRUE(world.orders().change(restaurant.moved(id, OrderStatus::kServed)));
        }
    };
    const auto moved = service.move(cook, id, {.status = OrderStatus::kReady});
    ASSERT_EQ(refusal(moved), "status_conflict");
    EXPECT_EQ(std::get<std::string>(moved.error().extensions.at(0).second), "served");
}

TEST_F(OrderChangeTest, AWantedVersionIsChangedOrNothingIs) {
    store.first = [&] {
        if (current().version == 1) {
            rush();
        }
    };
    const auto overtaken = service.move(
        cook, id, {.status = OrderStatus::kConfirmed, .reason = {}, .versions = {{1}}}
    );
    ASSERT_EQ(refusal(overtaken), "version_mismatch");
    EXPECT_EQ(overtaken.error().kind, ErrorKind::kPreconditionFailed);
    EXPECT_EQ(std::get<std::int64_t>(overtaken.error().extensions.at(0).second), 2);
    EXPECT_TRUE(service.move(
        cook, id, {.status = OrderStatus::kConfirmed, .reason = {}, .versions = {{9, 2}}}
    ));
    const OrderItemId line = current().items[0].id;
    EXPECT_EQ(
        refusal(service.move_item(
            cook, id, {.item = line, .status = ItemStatus::kReady, .versions = {{2}}}
        )),
        "version_mismatch"
    );
    EXPECT_TRUE(
        service.move_item(cook, id, {.item = line, .status = ItemStatus::kReady, .versions = {{3}}})
    );
}

TEST_F(OrderChangeTest, WhoMayNotCancelIsToldWhomToAsk) {
    for (const Caller& caller : {waiter, guest}) {
        const auto order = service.move(caller, id, {.status = OrderStatus::kCancelled});
        ASSERT_EQ(refusal(order), "forbidden");
        EXPECT_NE(order.error().message.find("/cancel-request"), std::string::npos);
    }
    const auto line = service.move_item(
        waiter, id, {.item = current().items[0].id, .status = ItemStatus::kCancelled}
    );
    ASSERT_EQ(refusal(line), "forbidden");
    EXPECT_NE(line.error().message.find("/cancel-request"), std::string::npos);
    EXPECT_TRUE(service.move(waiter, id, {.status = OrderStatus::kConfirmed}));
    EXPECT_TRUE(service.move(cook, id, {.status = OrderStatus::kCancelled}));
}

TEST_F(OrderChangeTest, ReasonsAreBoundedAndOnlyForCancellations) {
    const auto move = [&](OrderStatus status, std::string reason) {
        return service.move(cook, id, {.status = status, .reason = std::move(reason)});
    };
    EXPECT_EQ(field(move(OrderStatus::kConfirmed, "why")), "reason");
    EXPECT_EQ(field(move(OrderStatus::kCancelled, std::string(501, 'x'))), "reason");
    EXPECT_EQ(field(service.request_cancel(waiter, id, "", {})), "reason");
    EXPECT_EQ(field(service.request_cancel(waiter, id, std::string(501, 'x'), {})), "reason");
    EXPECT_EQ(field(service.reject_cancel(cook, id, {.reason = ""})), "reason");
    EXPECT_TRUE(move(OrderStatus::kCancelled, ""));
}

TEST_F(OrderChangeTest, LinesAreAddedOncePerKeyHoweverOftenTheyAreSent) {
    const Idempotency key{.key = "tap", .request_hash = "hash"};
    int others = 0;
    store.first = [&] {
        if (++others == 1) {
            rush();
        }
    };
    const auto first = service.add_items(guest, id, beers(2), key);
    const auto again = service.add_items(guest, id, beers(2), key);
    ASSERT_TRUE(first && again);
    EXPECT_FALSE(first->is_replay);
    EXPECT_TRUE(again->is_replay);
    EXPECT_EQ(first->body, again->body);
    EXPECT_EQ(current().items.size(), 3U);
    EXPECT_EQ(current().items[2].unit_price_minor, restaurant.beer.price_minor);
    const json document = json::parse(first->body);
    EXPECT_EQ(document["tickets"][2]["stationName"], to_string(*restaurant.beer.station));
}

TEST_F(OrderChangeTest, AddedLinesAreCheckedAsPlacedOnesAre) {
    EXPECT_EQ(field(service.add_items(guest, id, {}, {})), "items");
    EXPECT_EQ(field(service.add_items(guest, id, beers(0), {})), "items[0].quantity");
    const std::vector<RequestedItem> unknown{{.menu_item = ids.make<MenuItemId>(), .quantity = 1}};
    EXPECT_EQ(field(service.add_items(guest, id, unknown, {})), "items[0].menuItemId");
    EXPECT_EQ(refusal(service.add_items(cook, id, beers(1), {})), "forbidden");
    EXPECT_EQ(
        refusal(service.add_items(guest, ids.make<OrderId>(), beers(1), {})), "order_not_found"
    );
    world.close_session(session.id, world.clock.now());
    EXPECT_EQ(refusal(service.add_items(waiter, id, beers(1), {})), "session_closed");
}

TEST_F(OrderChangeTest, GuestsAskToCancelWhileNobodyBegan) {
    const auto asked = service.request_cancel(guest, id, "wrong table", {});
    ASSERT_TRUE(asked);
    EXPECT_EQ(json::parse(asked->body)["cancelRequest"]["reason"], "wrong table");
    EXPECT_FALSE(current().cancel_request->staff);
    ASSERT_TRUE(service.reject_cancel(cook, id, {.reason = "too late"}));
    ASSERT_TRUE(service.move(cook, id, {.status = OrderStatus::kConfirmed}));
    EXPECT_EQ(refusal(service.request_cancel(guest, id, "please", {})), "status_conflict");
    ASSERT_TRUE(service.request_cancel(waiter, id, "guest left", {}));
    EXPECT_EQ(current().cancel_request->staff, std::get<StaffMember>(waiter).id);
    EXPECT_EQ(refusal(service.request_cancel(cook, id, "no", {})), "forbidden");
}

TEST_F(OrderChangeTest, WhatAnotherInstanceDidUnderTheKeyIsAnsweredNotRefused) {
    const Idempotency key{.key = "tap", .request_hash = "hash"};
    IdempotencyGuard other_guard{world.idempotency(), SecretBox{{"shared secret"}}};
    IdempotencyGuard this_guard{world.idempotency(), SecretBox{{"shared secret"}}};
    OrderService other{
        {.orders = world.orders(),
         .guard = other_guard,
         .menus = world.menus(),
         .signal = signal,
         .ids = ids,
         .clock = world.clock}};
    OrderService slower{
        {.orders = store,
         .guard = this_guard,
         .menus = world.menus(),
         .signal = signal,
         .ids = ids,
         .clock = world.clock}};
    Result<CreatedResponse> first{Error{}};
    store.first = [&] { first = other.request_cancel(waiter, id, "guest left", key); };
    const auto second = slower.request_cancel(waiter, id, "guest left", key);
    ASSERT_TRUE(first);
    ASSERT_TRUE(second) << second.error().code;
    EXPECT_TRUE(second->is_replay);
    EXPECT_EQ(second->body, first->body);
}

TEST_F(OrderChangeTest, TheKitchenAnswersAtATicketOfTheOrder) {
    ASSERT_TRUE(service.request_cancel(waiter, id, "guest left", {}));
    EXPECT_EQ(field(service.accept_cancel(cook, id, ids.make<TicketId>())), "ticketId");
    EXPECT_EQ(refusal(service.accept_cancel(waiter, id, {})), "forbidden");
    const auto cancelled = service.accept_cancel(cook, id, current().tickets[0].id);
    ASSERT_TRUE(cancelled);
    EXPECT_EQ(cancelled->status, 200);
    EXPECT_EQ(json::parse(cancelled->body)["status"], "cancelled");
    EXPECT_EQ(refusal(service.reject_cancel(cook, id, {.reason = "no"})), "no_cancel_request");
}

TEST_F(OrderChangeTest, NothingIsDoneTwiceForAKeyHoweverItsAnswerWasLost) {
    const auto twice = [&](const char* name, const auto& act) {
        const Idempotency key{.key = name, .request_hash = name};
        const auto first = act(key);
        ASSERT_TRUE(first) << name << first.error().code;
        const Order after = current();
        const auto again = act(key);
        ASSERT_TRUE(again) << name << again.error().code;
        EXPECT_TRUE(again->is_replay) << name;
        EXPECT_EQ(again->body, first->body) << name;
        EXPECT_EQ(again->version, first->version) << name;
        EXPECT_EQ(again->status, first->status) << name;
        EXPECT_EQ(current(), after) << name;
    };
    const OrderItemId line = current().items[0].id;
    twice("ask", [&](const auto& key) { return service.request_cancel(waiter, id, "left", key); });
    twice("reject", [&](const auto& key) {
        return service.reject_cancel(cook, id, {.reason = "too late"}, key);
    });
    twice("ready", [&](const auto& key) {
        return service.move(cook, id, {.status = OrderStatus::kReady}, key);
    });
    twice("recall", [&](const auto& key) {
        return service.move(cook, id, {.status = OrderStatus::kPreparing}, key);
    });
    // By now the kitchen is further: the repeat of a recall must not bring it back again.
    ASSERT_TRUE(service.move(cook, id, {.status = OrderStatus::kReady}));
    const Idempotency recall{.key = "recall", .request_hash = "recall"};
    EXPECT_TRUE(service.move(cook, id, {.status = OrderStatus::kPreparing}, recall)->is_replay);
    EXPECT_EQ(current().status, OrderStatus::kReady);
    twice("line", [&](const auto& key) {
        return service.move_item(cook, id, {.item = line, .status = ItemStatus::kPreparing}, key);
    });
    twice("ask again", [&](const auto& key) {
        return service.request_cancel(waiter, id, "left", key);
    });
    twice("accept", [&](const auto& key) { return service.accept_cancel(cook, id, {}, key); });
    EXPECT_EQ(current().status, OrderStatus::kCancelled);
}

TEST_F(OrderChangeTest, OrdersOfOthersCannotBeToldFromNone) {
    StaffMember foreign = std::get<StaffMember>(cook);
    foreign.restaurant = ids.make<RestaurantId>();
    EXPECT_EQ(
        refusal(service.move(foreign, id, {.status = OrderStatus::kCancelled})), "order_not_found"
    );
    EXPECT_EQ(refusal(service.accept_cancel(foreign, id, {})), "order_not_found");
    EXPECT_EQ(refusal(service.request_cancel(foreign, id, "why", {})), "order_not_found");
}

TEST_F(OrderChangeTest, ListsCanBeOfOneSession) {
    const auto listed = service.list(cook, {.session = session.id});
    ASSERT_TRUE(listed);
    EXPECT_EQ(listed->orders.size(), 1U);
    EXPECT_TRUE(service.list(cook, {.session = ids.make<SessionId>()})->orders.empty());
    EXPECT_TRUE(service.list(guest, {.session = session.id}));
    EXPECT_EQ(refusal(service.list(guest, {.session = ids.make<SessionId>()})), "forbidden");
}

}  // namespace
}  // namespace orderpush::usecases

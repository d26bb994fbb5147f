#include "usecases/orders/order_service.hpp"

#include "base/clock.hpp"
#include "base/crypto/crypto.hpp"
#include "core/access/caller.hpp"
#include "core/delivery/outbox.hpp"
#include "core/idempotency_store.hpp"
#include "core/orders/order_store.hpp"
#include "core/restaurant/menu_store.hpp"
#include "tests/support/counting_signal.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/memory/memory_world.hpp"
#include "tests/support/sample_restaurant.hpp"
#include "tests/support/sequential_ids.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace orderpush::usecases {
namespace {

using nlohmann::json;

struct OrderServiceTest : testing::Test {
    test::MemoryWorld world;
    test::SequentialIds ids;
    test::SampleRestaurant restaurant{world, ids};
    test::CountingSignal signal;
    IdempotencyGuard guard{world.idempotency()};
    OrderService service{
        {.orders = world.orders(),
         .guard = guard,
         .menus = world.menus(),
         .signal = signal,
         .ids = ids,
         .clock = world.clock}};
    TableSession session = restaurant.open_session();
    Caller guest = Guest{
        .session = session.id,
        .table = session.table.id,
        .branch = restaurant.branch.id,
        .restaurant = restaurant.branch.restaurant,
        .device_id = "phone",
        .name = {}};
    Caller cook = staff(Role::kKitchen);

    Caller staff(Role role) {
        return StaffMember{
            .id = ids.make<StaffId>(),
            .restaurant = restaurant.branch.restaurant,
            .branch = restaurant.branch.id,
            .role = role,
            .name = "Ana",
            .station = {}};
    }
    PlaceOrder request(std::int64_t quantity = 2) const {
        return {.items = {{.menu_item = restaurant.burger.id, .quantity = quantity}}};
    }
    json placed(const Caller& caller, const PlaceOrder& order) {
        const auto answer = service.place(caller, order, std::nullopt);
        EXPECT_TRUE(answer) << (answer ? "" : answer.error().message);
        return answer ? json::parse(answer->body) : json{};
    }
    Error refused(const Caller& caller, const PlaceOrder& order) {
        const auto answer = service.place(caller, order, std::nullopt);
        EXPECT_FALSE(answer);
        return answer ? Error{} : answer.error();
    }
    std::vector<OutboxEntry> pushed() {
        return world.outbox().claim("any", 1'000, world.clock.now()).value();
    }
};

TEST_F(OrderServiceTest, PricesComeFromTheMenuAndTaxFromTheBranch) {
    const json order = placed(guest, request(3));
    EXPECT_EQ(order["totalAmount"], 3 * restaurant.burger.price_minor);
    EXPECT_EQ(
        order["finalAmount"],
        with_tax(3 * restaurant.burger.price_minor, restaurant.branch.tax_rate_bp)
    );
    EXPECT_EQ(order["items"][0]["name"], restaurant.burger.name);
    EXPECT_EQ(order["orderNumber"], 1);
    EXPECT_EQ(order["status"], "pending");
}

TEST_F(OrderServiceTest, OrderIsToldToItsFiveAudiencesAndTheRelayIsWoken) {
    const int before = signal.count();
    const json order = placed(guest, request());
    EXPECT_EQ(signal.count(), before + 1);
    std::set<std::string> channels;
    for (const OutboxEntry& entry : pushed()) {
        const json payload = json::parse(envelope(entry));
        EXPECT_EQ(payload["type"], "order:created");
        EXPECT_EQ(payload["orderId"], order["id"]);
        EXPECT_EQ(payload["orderNumber"], order["orderNumber"]);
        EXPECT_EQ(payload["seq"], 1);
        EXPECT_EQ(payload["table"], table_label(session.table.area_name, session.table.number));
        channels.insert(entry.channel.name());
    }
    EXPECT_EQ(
        channels,
        (std::set{
            Channel::kitchen(restaurant.branch.id).name(),
            Channel::waiters(restaurant.branch.id).name(),
            Channel::table(session.table.id).name(),
            Channel::session(session.id).name(),
            "order:" + order["id"].get<std::string>()})
    );
}

TEST_F(OrderServiceTest, EveryWrongFieldIsNamed) {
    PlaceOrder order{
        .items =
            {{.menu_item = restaurant.burger.id, .quantity = 0},
             {.menu_item = restaurant.burger.id, .quantity = 1'000},
             {.menu_item = restaurant.burger.id, .quantity = 1, .note = std::string(501, 'x')}},
        .note = std::string(501, 'x'),
        .customer_name = std::string(101, 'x')};
    std::vector<std::string> fields;
    for (const FieldError& fault : refused(guest, order).field_errors) {
        fields.push_back(fault.field);
    }
    EXPECT_EQ(
        fields,
        (std::vector<std::string>{
            "items[0].quantity", "items[1].quantity", "items[2].note", "note", "customerName"})
    );
}

TEST_F(OrderServiceTest, LengthsCountCharactersNotBytes) {
    std::string umlauts;
    for (int i = 0; i < 500; ++i) {
        umlauts += "ü";
    }
    PlaceOrder order = request();
    order.note = umlauts;
    EXPECT_EQ(placed(guest, order)["note"], umlauts);
}

TEST_F(OrderServiceTest, EmptyAndOverlongOrdersAreRefused) {
    EXPECT_EQ(refused(guest, {.items = {}}).field_errors.at(0).field, "items");
    PlaceOrder order;
    order.items.resize(
        OrderLimits::kItemsMax + 1, {.menu_item = restaurant.burger.id, .quantity = 1}
    );
    EXPECT_EQ(refused(guest, order).field_errors.at(0).field, "items");
}

TEST_F(OrderServiceTest, UnknownAndUnavailableDishesAreNamedByTheirLine) {
    MenuItem sold_out = restaurant.beer;
    sold_out.id = ids.make<MenuItemId>();
    sold_out.name = "Sold out";
    sold_out.is_available = false;
    world.add_menu_item(sold_out);
    const Error error = refused(
        guest,
        {.items =
             {{.menu_item = restaurant.burger.id, .quantity = 1},
              {.menu_item = ids.make<MenuItemId>(), .quantity = 1},
              {.menu_item = sold_out.id, .quantity = 1}}}
    );
    ASSERT_EQ(error.field_errors.size(), 2U);
    EXPECT_EQ(error.field_errors[0].field, "items[1].menuItemId");
    EXPECT_EQ(error.field_errors[1].field, "items[2].menuItemId");
    EXPECT_TRUE(pushed().empty());
}

TEST_F(OrderServiceTest, WaitersNameTheSessionAndKitchensDoNotOrder) {
    PlaceOrder order = request();
    EXPECT_EQ(refused(staff(Role::kWaiter), order).field_errors.at(0).field, "sessionId");
    order.session = session.id;
    EXPECT_EQ(placed(staff(Role::kWaiter), order)["sessionId"], to_string(session.id));
    EXPECT_EQ(refused(cook, order).kind, ErrorKind::kForbidden);
    order.session = ids.make<SessionId>();
    EXPECT_EQ(refused(staff(Role::kWaiter), order).kind, ErrorKind::kNotFound);
}

TEST_F(OrderServiceTest, ClosedSessionTakesNoOrders) {
    world.close_session(session.id, world.clock.now());
    EXPECT_EQ(refused(guest, request()).code, "session_closed");
}

TEST_F(OrderServiceTest, SameKeyAndBodyGiveTheFirstAnswerAgain) {
    const Idempotency key{.key = "tap", .request_hash = sha256_hex("body")};
    const auto first = service.place(guest, request(), key);
    const auto again = service.place(guest, request(), key);
    ASSERT_TRUE(first);
    ASSERT_TRUE(again);
    EXPECT_FALSE(first->is_replay);
    EXPECT_TRUE(again->is_replay);
    EXPECT_EQ(first->body, again->body);
    EXPECT_EQ(first->id, json::parse(first->body).at("id"));
    EXPECT_EQ(first->version, 1);
    EXPECT_EQ(again->id, first->id);
    EXPECT_EQ(again->version, first->version);
    EXPECT_EQ(pushed().size(), 5U);
}

TEST_F(OrderServiceTest, ReplayOutlivesTheSessionAndTheMenu) {
    const Idempotency key{.key = "tap", .request_hash = sha256_hex("body")};
    ASSERT_TRUE(service.place(guest, request(), key));
    world.close_session(session.id, world.clock.now());
    const auto again = service.place(guest, request(), key);
    ASSERT_TRUE(again);
    EXPECT_TRUE(again->is_replay);
}

TEST_F(OrderServiceTest, SameKeyWithAnotherBodyIsRefused) {
    ASSERT_TRUE(
        service.place(guest, request(), Idempotency{.key = "tap", .request_hash = sha256_hex("a")})
    );
    const auto other =
        service.place(guest, request(), Idempotency{.key = "tap", .request_hash = sha256_hex("b")});
    ASSERT_FALSE(other);
    EXPECT_EQ(other.error().code, "idempotency_key_reused");
    EXPECT_EQ(other.error().kind, ErrorKind::kInvalid);
}

TEST_F(OrderServiceTest, NobodyIsAnsweredWithAnotherCallersOrder) {
    const Idempotency key{.key = "tap", .request_hash = sha256_hex("body")};
    ASSERT_TRUE(service.place(guest, request(), key));
    Guest neighbour = std::get<Guest>(guest);
    neighbour.session = ids.make<SessionId>();
    for (const Caller& other : {Caller{neighbour}, staff(Role::kKitchen), staff(Role::kWaiter)}) {
        const auto answer = service.place(other, request(), key);
        ASSERT_FALSE(answer);
        EXPECT_EQ(answer.error().code, "idempotency_key_reused");
    }
}

TEST_F(OrderServiceTest, RefusedRequestLeavesItsKeyFree) {
    const Idempotency key{.key = "tap", .request_hash = sha256_hex("body")};
    EXPECT_FALSE(service.place(guest, request(0), key));
    const auto second = service.place(guest, request(1), key);
    ASSERT_TRUE(second);
    EXPECT_FALSE(second->is_replay);
}

TEST_F(OrderServiceTest, StatusMovesAreToldWithWhereTheyCameFrom) {
    const auto id = parse_id<OrderId>(placed(guest, request())["id"].get<std::string>());
    const auto moved = service.move(cook, *id, {.status = OrderStatus::kConfirmed});
    ASSERT_TRUE(moved);
    EXPECT_EQ(world.orders().find(*id)->status, OrderStatus::kConfirmed);
    std::vector<std::string> kitchen;
    for (const OutboxEntry& entry : pushed()) {
        if (entry.channel == Channel::kitchen(restaurant.branch.id)) {
            kitchen.push_back(entry.name);
        }
    }
    EXPECT_EQ(
        kitchen,
        (std::vector<std::string>{"order:created", "order:confirmed", "order:status_changed"})
    );
}

TEST_F(OrderServiceTest, GuestsOrderNoMoreThanTheKitchenCanBeBuriedUnder) {
    for (int i = 0; i < 20; ++i) {
        ASSERT_TRUE(service.place(guest, request(), {})) << i;
    }
    const auto refused = service.place(guest, request(), {});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::kRateLimited);
    EXPECT_EQ(refused.error().code, "too_many_unserved_orders");
    EXPECT_TRUE(refused.error().retry_after);
    PlaceOrder by_staff = request();
    by_staff.session = std::get<Guest>(guest).session;
    EXPECT_TRUE(service.place(staff(Role::kWaiter), by_staff, {}));
    // Off the display is not served: it still waits on the pass.
    const auto orders = world.orders().outline(std::get<Guest>(guest).session);
    ASSERT_TRUE(service.move(cook, orders->at(0).id, {.status = OrderStatus::kCompleted}));
    ASSERT_TRUE(service.move(cook, orders->at(1).id, {.status = OrderStatus::kServed}));
    EXPECT_FALSE(service.place(guest, request(), {}));
    ASSERT_TRUE(service.move(cook, orders->at(2).id, {.status = OrderStatus::kServed}));
    EXPECT_TRUE(service.place(guest, request(), {}));
}

TEST_F(OrderServiceTest, IllegalMoveSaysWhereTheOrderStands) {
    const auto id = parse_id<OrderId>(placed(guest, request())["id"].get<std::string>());
    ASSERT_TRUE(service.move(cook, *id, {.status = OrderStatus::kServed}));
    const auto refused_move = service.move(cook, *id, {.status = OrderStatus::kCancelled});
    ASSERT_FALSE(refused_move);
    EXPECT_EQ(refused_move.error().kind, ErrorKind::kConflict);
    const auto& [name, value] = refused_move.error().extensions.at(0);
    EXPECT_EQ(name, "currentStatus");
    EXPECT_EQ(std::get<std::string>(value), "served");
}

TEST_F(OrderServiceTest, GuestsDoNotMoveOrders) {
    const auto id = parse_id<OrderId>(placed(guest, request())["id"].get<std::string>());
    const auto moved = service.move(guest, *id, {.status = OrderStatus::kReady});
    ASSERT_FALSE(moved);
    EXPECT_EQ(moved.error().kind, ErrorKind::kForbidden);
}

TEST_F(OrderServiceTest, ListsInPagesAndGuestsSeeTheirOwnOnly) {
    for (int i = 0; i < 5; ++i) {
        world.clock.advance(std::chrono::milliseconds{1});
        placed(guest, request());
    }
    restaurant.place_order(session);
    const auto first = service.list(cook, {.limit = 4});
    ASSERT_TRUE(first);
    EXPECT_EQ(first->orders.size(), 4U);
    ASSERT_TRUE(first->next);
    const auto second = service.list(cook, {.after = first->next, .limit = 4});
    ASSERT_TRUE(second);
    EXPECT_EQ(second->orders.size(), 2U);
    EXPECT_FALSE(second->next);
    Guest stranger = std::get<Guest>(guest);
    stranger.session = ids.make<SessionId>();
    const auto none = service.list(stranger, {});
    ASSERT_TRUE(none);
    EXPECT_TRUE(none->orders.empty());
}

TEST_F(OrderServiceTest, ApiClientsNameTheBranchTheyList) {
    const Caller client =
        ApiClient{.key = ids.make<ApiKeyId>(), .restaurant = restaurant.branch.restaurant};
    const auto nameless = service.list(client, {});
    ASSERT_FALSE(nameless);
    EXPECT_EQ(nameless.error().field_errors.at(0).field, "branchId");
    EXPECT_TRUE(service.list(client, {.branch = restaurant.branch.id}));
    const Caller foreign =
        ApiClient{.key = ids.make<ApiKeyId>(), .restaurant = ids.make<RestaurantId>()};
    const auto hidden = service.list(foreign, {.branch = restaurant.branch.id});
    ASSERT_FALSE(hidden);
    EXPECT_EQ(hidden.error().kind, ErrorKind::kNotFound);
}

}  // namespace
}  // namespace orderpush::usecases

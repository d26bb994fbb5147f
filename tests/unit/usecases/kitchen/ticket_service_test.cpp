#include "usecases/kitchen/ticket_service.hpp"

#include "base/clock.hpp"
#include "core/access/caller.hpp"
#include "core/access/staff_store.hpp"
#include "core/idempotency_store.hpp"
#include "core/orders/order_store.hpp"
#include "core/restaurant/menu_store.hpp"
#include "tests/support/counting_signal.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/memory/memory_world.hpp"
#include "tests/support/sample_restaurant.hpp"
#include "tests/support/sequential_ids.hpp"
#include "tests/unit/usecases/orders/busy_order_store.hpp"
#include "usecases/json/order_json.hpp"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace orderpush::usecases {
namespace {

struct TicketServiceTest : testing::Test {
    test::MemoryWorld world;
    test::SequentialIds ids;
    test::SampleRestaurant restaurant{world, ids};
    test::CountingSignal signal;
    IdempotencyGuard guard{world.idempotency()};
    TicketService service{
        {.orders = world.orders(),
         .guard = guard,
         .menus = world.menus(),
         .staff = world.staff(),
         .signal = signal,
         .ids = ids,
         .clock = world.clock}};
    OrderId order = restaurant.place_order(restaurant.open_session());
    TicketId id = world.orders().find(order)->tickets.at(0).id;
    Caller cook = member(Role::kKitchen);
    Caller client = ApiClient{.key = {}, .restaurant = restaurant.branch.restaurant};

    StaffMember member(Role role) {
        return {
            .id = ids.make<StaffId>(),
            .restaurant = restaurant.branch.restaurant,
            .branch = restaurant.branch.id,
            .role = role,
            .name = "Ana",
            .station = {}};
    }
    Staff person(const BranchId& branch) {
        return {
            .id = ids.make<StaffId>(),
            .restaurant = restaurant.branch.restaurant,
            .branch = branch,
            .name = "Kim",
            .email = "kim@demo.example",
            .role = Role::kKitchen,
            .password_hash = {},
            .station = {}};
    }
    Ticket current() { return service.find(cook, id)->ticket; }
    Result<CreatedResponse> take(const Caller& caller, std::optional<StaffId> chef = {}) {
        return service.patch(
            caller, id, {.status = TicketStatus::kAcknowledged, .chef = std::move(chef)}
        );
    }
    template <class T>
    static std::string refusal(const Result<T>& refused) {
        EXPECT_FALSE(refused);
        return refused ? std::string{} : refused.error().code;
    }
    template <class T>
    static std::string field(const Result<T>& refused) {
        EXPECT_FALSE(refused);
        return refused ? std::string{} : refused.error().field_errors.at(0).field;
    }
};

TEST_F(TicketServiceTest, WhoTakesATicketIsItsChef) {
    const auto taken = take(cook);
    ASSERT_TRUE(taken);
    const TicketView seen = service.find(cook, id).value();
    EXPECT_EQ(seen.ticket.chef->id, std::get<StaffMember>(cook).id);
    EXPECT_EQ(seen.ticket.chef->name, "Ana");
    EXPECT_EQ(seen.ticket.version, 2);
    EXPECT_EQ(seen.ticket.acknowledged_at, world.clock.now());
    EXPECT_EQ(signal.count(), 1);
    EXPECT_EQ(taken->body, ticket_json(seen));
    EXPECT_EQ(taken->version, 2);
    EXPECT_EQ(taken->status, 200);
}

TEST_F(TicketServiceTest, ASharedDisplayNamesItsChef) {
    const Staff kim = person(restaurant.branch.id);
    const Staff elsewhere = person(ids.make<BranchId>());
    const Staff gone = person(restaurant.branch.id);
    world.add_staff(kim, true);
    world.add_staff(elsewhere, true);
    world.add_staff(gone, false);
    EXPECT_EQ(field(take(client)), "chefId");
    EXPECT_EQ(field(take(client, elsewhere.id)), "chefId");
    EXPECT_EQ(field(take(client, gone.id)), "chefId");
    EXPECT_EQ(field(take(cook, ids.make<StaffId>())), "chefId");
    ASSERT_TRUE(take(cook, kim.id));
    EXPECT_EQ(current().chef->name, "Kim");
    const auto started =
        service.patch(cook, id, {.status = TicketStatus::kPreparing, .chef = kim.id});
    EXPECT_EQ(field(started), "chefId");
}

TEST_F(TicketServiceTest, APatchIsOneChange) {
    const Station bar{.id = ids.make<StationId>(), .branch = restaurant.branch.id, .name = "Bar"};
    world.add_station(bar);
    const auto patched = service.patch(
        cook,
        id,
        {.station = bar.id, .priority = Priority::kVip, .status = TicketStatus::kPreparing}
    );
    ASSERT_TRUE(patched);
    EXPECT_EQ(current().version, 2);
    EXPECT_EQ(current().station_name, "Bar");
    EXPECT_EQ(world.orders().find(order)->version, 2);
    const auto refused = service.patch(
        cook, id, {.priority = Priority::kNormal, .status = TicketStatus::kAcknowledged}
    );
    EXPECT_EQ(refusal(refused), "status_conflict");
    EXPECT_EQ(service.find(cook, id)->ticket.priority, Priority::kVip);
}

TEST_F(TicketServiceTest, APatchIsOfSomethingAndOfThisBranch) {
    EXPECT_EQ(field(service.patch(cook, id, {})), "body");
    EXPECT_EQ(field(service.patch(cook, id, {.chef = ids.make<StaffId>()})), "body");
    EXPECT_EQ(field(service.patch(cook, id, {.station = ids.make<StationId>()})), "stationId");
    test::SampleRestaurant other{world, ids};
    EXPECT_EQ(field(service.patch(cook, id, {.station = other.burger.station})), "stationId");
}

TEST_F(TicketServiceTest, AWantedVersionIsThatOfTheTicket) {
    ASSERT_TRUE(service.rush(cook, id));
    ASSERT_TRUE(service.rush(cook, world.orders().find(order)->tickets.at(1).id));
    const auto stale = service.patch(
        cook, id, {.priority = Priority::kVip, .status = {}, .chef = {}, .versions = {{1, 3}}}
    );
    EXPECT_EQ(refusal(stale), "version_mismatch");
    EXPECT_TRUE(service.patch(
        cook, id, {.priority = Priority::kVip, .status = {}, .chef = {}, .versions = {{2}}}
    ));
}

TEST_F(TicketServiceTest, WhatIsSoAlreadyIsNotWritten) {
    ASSERT_TRUE(service.hold(cook, id));
    const int written = signal.count();
    EXPECT_EQ(service.hold(cook, id)->version, 2);
    EXPECT_EQ(signal.count(), written);
    ASSERT_TRUE(service.fire(cook, id));
    EXPECT_EQ(service.fire(cook, id)->version, 3);
    EXPECT_EQ(signal.count(), written + 1);
}

TEST_F(TicketServiceTest, TicketsGoOffTheDisplayAndComeBack) {
    ASSERT_TRUE(service.bump(cook, id));
    EXPECT_EQ(current().status, TicketStatus::kCompleted);
    EXPECT_EQ(refusal(service.bump(cook, id)), "status_conflict");
    ASSERT_TRUE(service.recall(cook, id));
    EXPECT_EQ(current().status, TicketStatus::kReady);
    ASSERT_TRUE(service.recall(cook, id));
    EXPECT_EQ(current().status, TicketStatus::kPreparing);
    EXPECT_EQ(refusal(service.recall(cook, id)), "status_conflict");
}

TEST_F(TicketServiceTest, NothingIsDoneTwiceForAKey) {
    using Act = Result<
        CreatedResponse> (TicketService::*)(const Caller&, const TicketId&, const TicketService::Key&);
    const std::vector<std::pair<const char*, Act>> acts{
        {"rush", &TicketService::rush},
        {"hold", &TicketService::hold},
        {"fire", &TicketService::fire},
        {"bump", &TicketService::bump},
        {"recall", &TicketService::recall}};
    for (const auto& [name, act] : acts) {
        const Idempotency key{.key = name, .request_hash = name};
        const auto first = (service.*act)(cook, id, key);
        ASSERT_TRUE(first) << name << first.error().code;
        const Ticket after = current();
        const auto again = (service.*act)(cook, id, key);
        ASSERT_TRUE(again) << name << again.error().code;
        EXPECT_TRUE(again->is_replay) << name;
        EXPECT_EQ(again->body, first->body) << name;
        EXPECT_EQ(again->version, first->version) << name;
        EXPECT_EQ(current(), after) << name;
    }
    EXPECT_EQ(current().status, TicketStatus::kReady);
    const Idempotency other{.key = "recall", .request_hash = "another request"};
    EXPECT_EQ(refusal(service.recall(cook, id, other)), "idempotency_key_reused");
}

TEST_F(TicketServiceTest, AKeyOfWhatChangesNothingIsKeptAndTheVersionStays) {
    const Idempotency key{.key = "fire", .request_hash = "fire"};
    EXPECT_EQ(service.fire(cook, id, key)->version, 1);
    ASSERT_TRUE(service.hold(cook, id));
    EXPECT_TRUE(service.fire(cook, id, key)->is_replay);
    EXPECT_TRUE(current().is_held);
}

TEST_F(TicketServiceTest, TwoWhoRecallAtOnceMeanTheSameStep) {
    const Caller other = member(Role::kKitchen);
    ASSERT_TRUE(service.bump(cook, id));
    ASSERT_TRUE(service.recall(cook, id));
    const auto second = service.recall(other, id);
    ASSERT_TRUE(second);
    EXPECT_EQ(second->body, ticket_json(service.find(cook, id).value()));
    EXPECT_EQ(current().status, TicketStatus::kReady);
    world.clock.advance(TicketService::kRecallEcho);
    ASSERT_TRUE(service.recall(other, id));
    EXPECT_EQ(current().status, TicketStatus::kPreparing);
}

TEST_F(TicketServiceTest, ARecallBehindAnotherMoveIsAnotherStep) {
    const Caller other = member(Role::kKitchen);
    ASSERT_TRUE(service.bump(cook, id));
    ASSERT_TRUE(service.recall(cook, id));
    ASSERT_TRUE(service.bump(cook, id));
    ASSERT_TRUE(service.recall(other, id));
    EXPECT_EQ(current().status, TicketStatus::kReady);
}

TEST_F(TicketServiceTest, ARecallThatComesSecondOfTwoIsNotDecidedAnew) {
    ASSERT_TRUE(service.bump(cook, id));
    BusyOrderStore busy{world.orders()};
    TicketService slower{
        {.orders = busy,
         .guard = guard,
         .menus = world.menus(),
         .staff = world.staff(),
         .signal = signal,
         .ids = ids,
         .clock = world.clock}};
    int others = 0;
    busy.first = [&] {
        if (++others == 1) {
            ASSERT_TRUE(service.recall(cook, id));
        }
    };
    ASSERT_TRUE(slower.recall(cook, id));
    EXPECT_EQ(current().status, TicketStatus::kReady);
}

TEST_F(TicketServiceTest, WaitersMoveTicketsAndAskToCancelThem) {
    const Caller waiter = member(Role::kWaiter);
    EXPECT_TRUE(service.rush(waiter, id));
    const auto refused = service.patch(waiter, id, {.status = TicketStatus::kCancelled});
    ASSERT_EQ(refusal(refused), "forbidden");
    EXPECT_NE(refused.error().message.find("/cancel-request"), std::string::npos);
    EXPECT_TRUE(service.patch(cook, id, {.status = TicketStatus::kCancelled}));
}

TEST_F(TicketServiceTest, TicketsOfOthersCannotBeToldFromNone) {
    StaffMember foreign = member(Role::kAdmin);
    foreign.restaurant = ids.make<RestaurantId>();
    EXPECT_EQ(refusal(service.find(foreign, id)), "ticket_not_found");
    EXPECT_EQ(refusal(service.bump(foreign, id)), "ticket_not_found");
    EXPECT_EQ(
        refusal(service.patch(foreign, id, {.status = TicketStatus::kCancelled})),
        "ticket_not_found"
    );
    EXPECT_EQ(refusal(service.hold(cook, ids.make<TicketId>())), "ticket_not_found");
    StaffMember next_door = member(Role::kKitchen);
    next_door.branch = ids.make<BranchId>();
    EXPECT_EQ(refusal(service.bump(next_door, id)), "forbidden");
}

}  // namespace
}  // namespace orderpush::usecases

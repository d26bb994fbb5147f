#include "core/access/policy.hpp"

#include "core/access/caller.hpp"

#include <gtest/gtest.h>

namespace orderpush {
namespace {

template <class SomeId>
SomeId id(std::uint8_t number) {
    SomeId made;
    made.value.bytes[15] = number;
    return made;
}

const auto kRestaurant = id<RestaurantId>(1);
const auto kBranch = id<BranchId>(2);
const auto kOtherBranch = id<BranchId>(3);
const auto kSession = id<SessionId>(4);
const Scope kScope{.restaurant = kRestaurant, .branch = kBranch, .session = kSession};

Caller staff(Role role, BranchId branch = kBranch, RestaurantId restaurant = kRestaurant) {
    return StaffMember{
        .id = id<StaffId>(9),
        .restaurant = restaurant,
        .branch = branch,
        .role = role,
        .name = "Ana",
        .station = {}};
}

Guest guest(SessionId session = kSession) {
    return {
        .session = session,
        .table = id<TableId>(5),
        .branch = kBranch,
        .restaurant = kRestaurant,
        .device_id = "d",
        .name = {}};
}

ErrorKind refusal(const Caller& caller, Action action, const Scope& scope = kScope) {
    const auto allowed = authorize(caller, action, scope);
    EXPECT_FALSE(allowed);
    return allowed ? ErrorKind::kInternal : allowed.error().kind;
}

TEST(PolicyTest, GuestsReachTheirOwnSessionOnly) {
    EXPECT_TRUE(authorize(guest(), Action::kPlaceOrder, kScope));
    EXPECT_TRUE(authorize(guest(), Action::kReadSession, kScope));
    EXPECT_TRUE(authorize(guest(), Action::kJoinOrder, kScope));
    EXPECT_EQ(refusal(guest(id<SessionId>(7)), Action::kReadOrder), ErrorKind::kForbidden);
    EXPECT_EQ(refusal(guest(), Action::kJoinKitchen), ErrorKind::kForbidden);
    EXPECT_EQ(refusal(guest(), Action::kMoveOrder), ErrorKind::kForbidden);
}

TEST(PolicyTest, AnotherRestaurantsThingsDoNotExist) {
    const Scope elsewhere{
        .restaurant = id<RestaurantId>(8), .branch = id<BranchId>(9), .session = {}};
    EXPECT_EQ(refusal(staff(Role::kAdmin), Action::kReadOrder, elsewhere), ErrorKind::kNotFound);
    EXPECT_EQ(refusal(guest(), Action::kReadOrder, elsewhere), ErrorKind::kNotFound);
    EXPECT_EQ(
        refusal(
            ApiClient{.key = id<ApiKeyId>(1), .restaurant = kRestaurant},
            Action::kReadOrder,
            elsewhere
        ),
        ErrorKind::kNotFound
    );
}

TEST(PolicyTest, StaffAreBoundToTheirBranchAndAdminsAreNot) {
    for (const Role role : {Role::kKitchen, Role::kWaiter, Role::kManager}) {
        EXPECT_TRUE(authorize(staff(role), Action::kReadOrder, kScope));
        EXPECT_EQ(refusal(staff(role, kOtherBranch), Action::kReadOrder), ErrorKind::kForbidden);
    }
    EXPECT_TRUE(authorize(staff(Role::kAdmin, kOtherBranch), Action::kReadOrder, kScope));
}

TEST(PolicyTest, RolesJoinTheChannelsOfTheProduct) {
    EXPECT_TRUE(authorize(staff(Role::kKitchen), Action::kJoinKitchen, kScope));
    EXPECT_EQ(refusal(staff(Role::kWaiter), Action::kJoinKitchen), ErrorKind::kForbidden);
    EXPECT_TRUE(authorize(staff(Role::kWaiter), Action::kJoinWaiters, kScope));
    EXPECT_EQ(refusal(staff(Role::kKitchen), Action::kJoinWaiters), ErrorKind::kForbidden);
    for (const Role role : {Role::kManager, Role::kAdmin}) {
        EXPECT_TRUE(authorize(staff(role), Action::kJoinKitchen, kScope));
        EXPECT_TRUE(authorize(staff(role), Action::kJoinWaiters, kScope));
    }
}

TEST(PolicyTest, ApiKeysActButDoNotListen) {
    const Caller client = ApiClient{.key = id<ApiKeyId>(1), .restaurant = kRestaurant};
    EXPECT_TRUE(authorize(client, Action::kPlaceOrder, kScope));
    EXPECT_TRUE(authorize(client, Action::kMoveOrder, kScope));
    EXPECT_EQ(refusal(client, Action::kJoinKitchen), ErrorKind::kForbidden);
}

TEST(PolicyTest, EveryChannelButTheMenuIsAnActionToJoin) {
    EXPECT_FALSE(join_action(Channel::menu(kBranch)));
    EXPECT_EQ(join_action(Channel::kitchen(kBranch)), Action::kJoinKitchen);
    EXPECT_EQ(join_action(Channel::session(kSession)), Action::kJoinSession);
}

}  // namespace
}  // namespace orderpush

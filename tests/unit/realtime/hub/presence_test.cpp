#include "realtime/hub/presence.hpp"

#include <gtest/gtest.h>

namespace orderpush::realtime {
namespace {

constexpr Timestamp kNow{std::chrono::milliseconds{1'000}};

TEST(PresenceTest, CountsAUserOnceOverAllConnections) {
    Presence presence;
    EXPECT_EQ(presence.join({"ana", "{}"}, kNow), Presence::Join::kFirst);
    EXPECT_EQ(presence.join({"ana", "{}"}, kNow), Presence::Join::kAnother);
    EXPECT_EQ(presence.members().size(), 1U);
    EXPECT_FALSE(presence.leave("ana"));
    EXPECT_TRUE(presence.leave("ana"));
    EXPECT_TRUE(presence.members().empty());
}

TEST(PresenceTest, KeepsTheSeatOfAMemberThatSteppedOut) {
    const Deadline now{std::chrono::hours{1}};
    Presence presence;
    presence.join({"ana", "{}"}, kNow);
    EXPECT_TRUE(presence.disconnect("ana", now));
    EXPECT_FALSE(presence.remove_disconnected("ana", now - std::chrono::seconds{1}));
    EXPECT_EQ(presence.join({"ana", "{}"}, kNow), Presence::Join::kAnother);
    EXPECT_FALSE(presence.remove_disconnected("ana", now));
    EXPECT_TRUE(presence.disconnect("ana", now));
    EXPECT_TRUE(presence.remove_disconnected("ana", now));
    EXPECT_FALSE(presence.remove_disconnected("ana", now));
    EXPECT_TRUE(presence.members().empty());
}

TEST(PresenceTest, KeepsTheInfoOfTheFirstConnection) {
    Presence presence;
    presence.join({"ana", R"({"n":1})"}, kNow);
    presence.join({"ana", R"({"n":2})"}, kNow);
    EXPECT_EQ(presence.members(), (std::vector<Member>{{"ana", R"({"n":1})"}}));
}

TEST(PresenceTest, ListsMembersInTheOrderOfJoining) {
    Presence presence;
    presence.join({"b", "null"}, kNow);
    presence.join({"a", "null"}, kNow);
    EXPECT_EQ(presence.members(), (std::vector<Member>{{"b", "null"}, {"a", "null"}}));
}

TEST(PresenceTest, RefusesTheUserOverTheLimitButNotAnotherConnection) {
    Presence presence;
    for (std::size_t i = 0; i < kPresenceMembersMax; ++i) {
        ASSERT_EQ(presence.join({"u" + std::to_string(i), "null"}, kNow), Presence::Join::kFirst);
    }
    EXPECT_EQ(presence.join({"one-more", "null"}, kNow), Presence::Join::kFull);
    EXPECT_EQ(presence.join({"u7", "null"}, kNow), Presence::Join::kAnother);
}

TEST(PresenceTest, GuestsLeaveRoomForStaff) {
    Presence presence;
    for (std::size_t i = 0; i < kPresenceGuestsMax; ++i) {
        const Member guest{"guest-" + std::to_string(i), "{}"};
        ASSERT_EQ(presence.join(guest, kNow, {.is_guest = true}), Presence::Join::kFirst);
    }
    EXPECT_EQ(
        presence.join({"guest-x", "{}"}, kNow, {.is_guest = true}), Presence::Join::kGuestsFull
    );
    EXPECT_EQ(presence.join({"guest-7", "{}"}, kNow, {.is_guest = true}), Presence::Join::kAnother);
    for (std::size_t i = kPresenceGuestsMax; i < kPresenceMembersMax; ++i) {
        const Member staff{"staff-" + std::to_string(i), "{}"};
        ASSERT_EQ(presence.join(staff, kNow), Presence::Join::kFirst);
    }
    EXPECT_EQ(presence.join({"staff-x", "{}"}, kNow), Presence::Join::kFull);
    presence.leave("guest-7");
    presence.leave("guest-7");
    EXPECT_EQ(presence.join({"guest-x", "{}"}, kNow, {.is_guest = true}), Presence::Join::kFirst);
}

TEST(PresenceTest, CountsMembersElsewhereAsGuests) {
    Presence presence;
    const JoinTerms terms{.elsewhere = kPresenceGuestsMax, .is_guest = true};
    EXPECT_EQ(presence.join({"guest-x", "{}"}, kNow, terms), Presence::Join::kGuestsFull);
    EXPECT_EQ(
        presence.join({"staff-x", "{}"}, kNow, {.elsewhere = kPresenceGuestsMax}),
        Presence::Join::kFirst
    );
}

TEST(PresenceTest, BoundsTheConnectionsOfOneGuestAndNobodyElses) {
    Presence presence;
    for (std::size_t i = 0; i < kGuestConnectionsMax; ++i) {
        EXPECT_NE(
            presence.join({"guest-x", "{}"}, kNow, {.is_guest = true}),
            Presence::Join::kConnectionsFull
        );
        presence.join({"staff-x", "{}"}, kNow);
    }
    EXPECT_EQ(
        presence.join({"guest-x", "{}"}, kNow, {.is_guest = true}), Presence::Join::kConnectionsFull
    );
    EXPECT_EQ(presence.join({"staff-x", "{}"}, kNow), Presence::Join::kAnother);
    presence.disconnect("guest-x", Deadline{});
    EXPECT_EQ(presence.join({"guest-x", "{}"}, kNow, {.is_guest = true}), Presence::Join::kAnother);
}

}  // namespace
}  // namespace orderpush::realtime

#include "realtime/presence.hpp"

#include <gtest/gtest.h>

namespace orderpush::realtime {
namespace {

TEST(PresenceTest, CountsAUserOnceOverAllConnections) {
    Presence presence;
    EXPECT_EQ(presence.join({"ana", "{}"}), Presence::Join::kFirst);
    EXPECT_EQ(presence.join({"ana", "{}"}), Presence::Join::kAnother);
    EXPECT_EQ(presence.members().size(), 1U);
    EXPECT_FALSE(presence.leave("ana"));
    EXPECT_TRUE(presence.leave("ana"));
    EXPECT_TRUE(presence.members().empty());
}

TEST(PresenceTest, KeepsTheInfoOfTheFirstConnection) {
    Presence presence;
    presence.join({"ana", R"({"n":1})"});
    presence.join({"ana", R"({"n":2})"});
    EXPECT_EQ(presence.members(), (std::vector<Member>{{"ana", R"({"n":1})"}}));
}

TEST(PresenceTest, ListsMembersInTheOrderOfJoining) {
    Presence presence;
    presence.join({"b", "null"});
    presence.join({"a", "null"});
    EXPECT_EQ(presence.members(), (std::vector<Member>{{"b", "null"}, {"a", "null"}}));
}

TEST(PresenceTest, RefusesTheUserOverTheLimitButNotAnotherConnection) {
    Presence presence;
    for (std::size_t i = 0; i < kPresenceMembersMax; ++i) {
        ASSERT_EQ(presence.join({"u" + std::to_string(i), "null"}), Presence::Join::kFirst);
    }
    EXPECT_EQ(presence.join({"one-more", "null"}), Presence::Join::kFull);
    EXPECT_EQ(presence.join({"u7", "null"}), Presence::Join::kAnother);
}

}  // namespace
}  // namespace orderpush::realtime

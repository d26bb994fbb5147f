#include "realtime/hub/remote_audience.hpp"

#include "tests/support/sequential_ids.hpp"

#include <gtest/gtest.h>

namespace orderpush::realtime {
namespace {

class RemoteAudienceTest : public testing::Test {
  protected:
    void membership(
        const InstanceId& instance, const std::string& user, int since, std::size_t count
    ) {
        audience.set_membership(
            instance,
            {.channel = "room",
             .membership =
                 {.member = {user, "\"" + std::to_string(since) + "\""},
                  .since = Timestamp{std::chrono::milliseconds{since}},
                  .connections = count}}
        );
    }
    void leave(const InstanceId& instance, const std::string& user) {
        audience.set_membership(
            instance,
            {.channel = "room",
             .membership = {.member = {user, "null"}, .since = {}},
             .is_gone = true}
        );
    }
    static std::vector<std::string> users_of(const RemoteAudience::Leaves& leaves) {
        std::vector<std::string> users;
        for (const auto& gone : leaves.members) {
            users.push_back(gone.user_id);
        }
        return users;
    }

    test::SequentialIds ids;
    const InstanceId first = ids.make<InstanceId>();
    const InstanceId second = ids.make<InstanceId>();
    RemoteAudience audience;
};

TEST_F(RemoteAudienceTest, SumsTheSubscribersOfAllInstances) {
    audience.set_count(first, "news", 3);
    audience.set_count(second, "news", 4);
    EXPECT_EQ(audience.subscribers("news"), 7U);
    audience.set_count(first, "news", 1);
    EXPECT_EQ(audience.subscribers("news"), 5U);
    audience.set_count(second, "news", 0);
    audience.set_count(first, "news", 0);
    EXPECT_EQ(audience.subscribers("news"), 0U);
    EXPECT_EQ(audience.channel_count(), 0U);
}

TEST_F(RemoteAudienceTest, AMemberOfTwoInstancesIsOneWithTheInfoOfTheFirst) {
    membership(first, "ann", 20, 1);
    membership(second, "ann", 10, 2);
    membership(second, "bob", 15, 1);
    const auto memberships = audience.memberships("room");
    ASSERT_EQ(memberships.size(), 2U);
    EXPECT_EQ(memberships[0].member.user_id, "ann");
    EXPECT_EQ(memberships[0].member.info, "\"10\"");
    EXPECT_EQ(memberships[0].connections, 3U);
    EXPECT_EQ(memberships[1].member.user_id, "bob");
    leave(second, "ann");
    EXPECT_TRUE(audience.has_member("room", "ann"));
    leave(first, "ann");
    EXPECT_FALSE(audience.has_member("room", "ann"));
}

TEST_F(RemoteAudienceTest, AMemberWithoutConnectionsStaysUntilItIsGone) {
    membership(first, "ann", 1, 0);
    EXPECT_TRUE(audience.has_member("room", "ann"));
}

TEST_F(RemoteAudienceTest, WhatIsNotReportedAnewIsForgotten) {
    for (const char* user : {"ann", "bob", "eve"}) {
        membership(first, user, 1, 1);
    }
    membership(second, "eve", 1, 1);
    audience.set_count(first, "news", 2);
    audience.set_count(second, "news", 1);
    audience.begin(first);
    membership(first, "bob", 1, 1);
    const auto leaves = audience.end(first);
    EXPECT_EQ(users_of(leaves), std::vector<std::string>{"ann"});
    EXPECT_EQ(leaves.channels, std::vector<std::string>{"news"});
    EXPECT_EQ(audience.subscribers("news"), 1U);
    EXPECT_TRUE(audience.has_member("room", "bob"));
    EXPECT_TRUE(audience.has_member("room", "eve"));
}

TEST_F(RemoteAudienceTest, AnInstanceThatIsForgottenLeavesNothing) {
    membership(first, "ann", 1, 1);
    audience.set_count(first, "room", 1);
    EXPECT_EQ(users_of(audience.forget(first)), std::vector<std::string>{"ann"});
    EXPECT_EQ(audience.channel_count(), 0U);
    EXPECT_TRUE(users_of(audience.forget(first)).empty());
}

}  // namespace
}  // namespace orderpush::realtime

#include "realtime/hub/remote_audience.hpp"

#include "tests/support/sequential_ids.hpp"

#include <gtest/gtest.h>

namespace orderpush::realtime {
namespace {

class RemoteAudienceTest : public testing::Test {
  protected:
    void seat(const InstanceId& instance, const std::string& user, int since, std::size_t count) {
        audience.set_seat(
            instance,
            {.channel = "room",
             .seat =
                 {.member = {user, "\"" + std::to_string(since) + "\""},
                  .since = Timestamp{std::chrono::milliseconds{since}},
                  .connections = count}}
        );
    }
    void leave(const InstanceId& instance, const std::string& user) {
        audience.set_seat(
            instance,
            {.channel = "room", .seat = {.member = {user, "null"}, .since = {}}, .is_gone = true}
        );
    }
    static std::vector<std::string> users_of(const RemoteAudience::Swept& swept) {
        std::vector<std::string> users;
        for (const auto& gone : swept.members) {
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
    seat(first, "ann", 20, 1);
    seat(second, "ann", 10, 2);
    seat(second, "bob", 15, 1);
    const auto seats = audience.seats("room");
    ASSERT_EQ(seats.size(), 2U);
    EXPECT_EQ(seats[0].member.user_id, "ann");
    EXPECT_EQ(seats[0].member.info, "\"10\"");
    EXPECT_EQ(seats[0].connections, 3U);
    EXPECT_EQ(seats[1].member.user_id, "bob");
    leave(second, "ann");
    EXPECT_TRUE(audience.has_member("room", "ann"));
    leave(first, "ann");
    EXPECT_FALSE(audience.has_member("room", "ann"));
}

TEST_F(RemoteAudienceTest, AMemberWithoutConnectionsStaysUntilItIsGone) {
    seat(first, "ann", 1, 0);
    EXPECT_TRUE(audience.has_member("room", "ann"));
}

TEST_F(RemoteAudienceTest, WhatIsNotToldAnewIsForgotten) {
    for (const char* user : {"ann", "bob", "eve"}) {
        seat(first, user, 1, 1);
    }
    seat(second, "eve", 1, 1);
    audience.set_count(first, "news", 2);
    audience.set_count(second, "news", 1);
    audience.begin(first);
    seat(first, "bob", 1, 1);
    const auto swept = audience.end(first);
    EXPECT_EQ(users_of(swept), std::vector<std::string>{"ann"});
    EXPECT_EQ(swept.channels, std::vector<std::string>{"news"});
    EXPECT_EQ(audience.subscribers("news"), 1U);
    EXPECT_TRUE(audience.has_member("room", "bob"));
    EXPECT_TRUE(audience.has_member("room", "eve"));
}

TEST_F(RemoteAudienceTest, AnInstanceThatIsForgottenLeavesNothing) {
    seat(first, "ann", 1, 1);
    audience.set_count(first, "room", 1);
    EXPECT_EQ(users_of(audience.forget(first)), std::vector<std::string>{"ann"});
    EXPECT_EQ(audience.channel_count(), 0U);
    EXPECT_TRUE(users_of(audience.forget(first)).empty());
}

}  // namespace
}  // namespace orderpush::realtime

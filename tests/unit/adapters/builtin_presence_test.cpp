#include "adapters/builtin/builtin_presence.hpp"

#include "base/clock.hpp"
#include "tests/unit/adapters/hub_listener.hpp"

#include <gtest/gtest.h>

#include <latch>
#include <memory>

namespace orderpush::adapters {
namespace {

struct BuiltinPresenceTest : testing::Test {
    PlainCodec codec;
    realtime::IoShards shards{2};
    realtime::Hub hub{shards, {}};
    BuiltinPresence presence{hub};
    std::vector<std::shared_ptr<HubListener>> listeners;

    ~BuiltinPresenceTest() override { shards.stop(); }

    void join(const Channel& channel, const std::string& user_id, std::size_t shard) {
        const auto listener = listeners.emplace_back(std::make_shared<HubListener>());
        shards.post(shard, [=, this] {
            hub.subscribe(
                shard,
                {.channel = channel.name(),
                 .subscriber = listener,
                 .codec = &codec,
                 .member = realtime::Member{.user_id = user_id, .info = R"({"name":"Ana"})"}}
            );
        });
        listener->subscribed.wait();
    }

    const Channel kitchen = Channel::kitchen({*parse_uuid("0190a5c0-7b1c-7def-8123-456789abcdef")});
};

TEST_F(BuiltinPresenceTest, ListsWhoIsThereOverAllConnections) {
    shards.start();
    const Timestamp before = SystemClock{}.now();
    join(kitchen, "staff-1", 0);
    join(kitchen, "staff-2", 1);
    join(kitchen, "staff-1", 1);
    const auto members = presence.members(kitchen);
    ASSERT_TRUE(members);
    ASSERT_EQ(members->size(), 2U);
    EXPECT_EQ(members->at(0).id, "staff-1");
    EXPECT_EQ(members->at(0).info, R"({"name":"Ana"})");
    EXPECT_EQ(members->at(0).connections, 2U);
    EXPECT_GE(members->at(0).joined_at, before);
    EXPECT_LE(members->at(0).joined_at, members->at(1).joined_at);
    EXPECT_EQ(members->at(1).connections, 1U);
}

TEST_F(BuiltinPresenceTest, NobodyIsNoError) {
    shards.start();
    const auto members = presence.members(kitchen);
    ASSERT_TRUE(members);
    EXPECT_TRUE(members->empty());
}

TEST_F(BuiltinPresenceTest, GivesUpOnAServerThatDoesNotAnswer) {
    BuiltinPresence impatient{hub, std::chrono::milliseconds{1}};
    const auto members = impatient.members(kitchen);
    ASSERT_FALSE(members);
    EXPECT_EQ(members.error().kind, ErrorKind::kTimeout);
}

}  // namespace
}  // namespace orderpush::adapters

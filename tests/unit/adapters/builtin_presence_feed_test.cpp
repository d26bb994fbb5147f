#include "adapters/builtin/builtin_presence_feed.hpp"

#include "tests/support/manual_clock.hpp"
#include "tests/support/memory/memory_presence.hpp"
#include "tests/unit/adapters/hub_listener.hpp"

#include <gtest/gtest.h>

#include <latch>
#include <memory>

namespace orderpush::adapters {
namespace {

class BuiltinPresenceFeedTest : public testing::Test {
  protected:
    BuiltinPresenceFeedTest() {
        hub_.observe(feed_);
        shards_.start();
    }
    ~BuiltinPresenceFeedTest() override { shards_.stop(); }

    std::shared_ptr<HubListener> join(const std::string& channel, const std::string& id) {
        const auto listener = listeners_.emplace_back(std::make_shared<HubListener>());
        shards_.post(0, [=, this] {
            hub_.subscribe(
                0,
                {.channel = channel,
                 .subscriber = listener,
                 .codec = &codec_,
                 .member = realtime::Member{.user_id = id, .info = R"({"name":"Ana"})"}}
            );
        });
        listener->subscribed.wait();
        settle();
        return listener;
    }
    /// What was posted to the shards before has happened.
    void settle() { ASSERT_TRUE(members_.members(kitchen_)); }
    SourcePresence stored() {
        return presence_.store().read(kitchen_, {"builtin"}, Timestamp{})->front();
    }

    const Channel kitchen_ =
        Channel::kitchen({*parse_uuid("0190a5c0-7b1c-7def-8123-456789abcdef")});
    PlainCodec codec_;
    test::ManualClock clock_;
    test::MemoryPresence presence_;
    realtime::IoShards shards_{1};
    realtime::Hub hub_{shards_, {}};
    BuiltinPresence members_{hub_};
    BuiltinPresenceFeed feed_{members_, presence_.store(), clock_, {.instance = "one"}};
    std::vector<std::shared_ptr<HubListener>> listeners_;
};

TEST_F(BuiltinPresenceFeedTest, TheFirstRoundConfirmsThatNobodyIsThere) {
    ASSERT_TRUE(feed_.run_once());
    EXPECT_TRUE(stored().members.empty());
    EXPECT_EQ(stored().confirmed_at, clock_.now());
}

TEST_F(BuiltinPresenceFeedTest, WhoJoinsAndLeavesIsWritten) {
    ASSERT_TRUE(feed_.run_once());
    const auto listener = join(kitchen_.name(), "staff-1");
    ASSERT_TRUE(feed_.run_once());
    ASSERT_EQ(stored().members.size(), 1U);
    EXPECT_EQ(stored().members[0].id, "staff-1");
    EXPECT_EQ(stored().members[0].info, R"({"name":"Ana"})");
    std::latch gone{1};
    shards_.post(0, [&] {
        hub_.unsubscribe(
            0, *listener, {.channel = kitchen_.name(), .codec = &codec_, .user_id = "staff-1"}
        );
        gone.count_down();
    });
    gone.wait();
    settle();
    ASSERT_TRUE(feed_.run_once());
    EXPECT_TRUE(stored().members.empty());
}

TEST_F(BuiltinPresenceFeedTest, WhatCouldNotBeWrittenIsWrittenLater) {
    ASSERT_TRUE(feed_.run_once());
    join(kitchen_.name(), "staff-1");
    presence_.fail(Error{.kind = ErrorKind::kUnavailable, .code = "away", .message = ""});
    EXPECT_FALSE(feed_.run_once());
    presence_.fail({});
    ASSERT_TRUE(feed_.run_once());
    EXPECT_EQ(stored().members.size(), 1U);
}

TEST_F(BuiltinPresenceFeedTest, ARoundConfirmsThoseWhoStay) {
    join(kitchen_.name(), "staff-1");
    ASSERT_TRUE(feed_.run_once());
    clock_.advance(std::chrono::seconds{31});
    ASSERT_TRUE(feed_.run_once());
    EXPECT_EQ(
        presence_.store().read(kitchen_, {"builtin"}, clock_.now())->front().members.size(), 1U
    );
}

TEST_F(BuiltinPresenceFeedTest, AtTheEndNobodyIsHereAnyMore) {
    join(kitchen_.name(), "staff-1");
    ASSERT_TRUE(feed_.run_once());
    ASSERT_EQ(stored().members.size(), 1U);
    feed_.start();
    feed_.stop();
    EXPECT_TRUE(stored().members.empty());
}

TEST_F(BuiltinPresenceFeedTest, ChannelsOfOthersAreNotFollowed) {
    join("presence-lobby", "u-42");
    ASSERT_TRUE(feed_.run_once());
    EXPECT_TRUE(stored().members.empty());
}

}  // namespace
}  // namespace orderpush::adapters

#include "realtime/hub/home_channels.hpp"

#include <gtest/gtest.h>

namespace orderpush::realtime {
namespace {

using std::chrono::seconds;

class SilentCodec final : public ChannelCodec {
  public:
    std::optional<Frame> encode(const ChannelMessage&) const override { return {}; }
    std::optional<Frame> encode(std::string_view, const MemberChange&) const override { return {}; }
};

class HomeChannelsTest : public testing::Test {
  protected:
    void publish(HomeChannels& homes, const std::string& name, Deadline at) {
        homes.append(*homes.open(name, at), {.channel = name, .event = "e", .data = "{}"}, at);
    }

    const Deadline start_{};
    const HomeLimits limits_{.log_messages_max = 3, .idle_age_max = seconds{60}, .channels_max = 2};
    HomeChannels homes_{limits_};
    SilentCodec codec_;
};

TEST_F(HomeChannelsTest, NumbersMessagesFromOneAndKeepsTheLast) {
    for (int i = 0; i < 5; ++i) {
        publish(homes_, "a", start_);
    }
    const auto& log = homes_.find("a")->log;
    ASSERT_EQ(log.size(), 3U);
    EXPECT_EQ(log.front()->serial, 3U);
    EXPECT_EQ(log.back()->serial, 5U);
}

TEST_F(HomeChannelsTest, ForgetsAChannelThatWasIdleTooLong) {
    publish(homes_, "a", start_);
    publish(homes_, "a", start_ + seconds{30});
    homes_.sweep(start_ + seconds{89});
    EXPECT_EQ(homes_.size(), 1U);
    homes_.sweep(start_ + seconds{90});
    EXPECT_EQ(homes_.size(), 0U);
}

TEST_F(HomeChannelsTest, KeepsAChannelWithSubscribersAndCountsIdlenessFromTheLast) {
    homes_.attach(*homes_.open("a", start_), 0, codec_);
    homes_.attach(*homes_.find("a"), 0, codec_);
    homes_.sweep(start_ + seconds{1000});
    homes_.detach(*homes_.find("a"), 0, codec_, start_ + seconds{1000});
    homes_.sweep(start_ + seconds{2000});
    ASSERT_EQ(homes_.size(), 1U);
    homes_.detach(*homes_.find("a"), 0, codec_, start_ + seconds{2000});
    homes_.sweep(start_ + seconds{2059});
    EXPECT_EQ(homes_.size(), 1U);
    homes_.sweep(start_ + seconds{2060});
    EXPECT_EQ(homes_.size(), 0U);
}

TEST_F(HomeChannelsTest, MakesRoomByForgettingTheLongestIdle) {
    publish(homes_, "a", start_);
    publish(homes_, "b", start_ + seconds{1});
    publish(homes_, "a", start_ + seconds{2});
    publish(homes_, "c", start_ + seconds{3});
    EXPECT_EQ(homes_.find("b"), nullptr);
    EXPECT_NE(homes_.find("a"), nullptr);
}

TEST_F(HomeChannelsTest, RefusesANewChannelWhenAllHaveSubscribers) {
    homes_.attach(*homes_.open("a", start_), 0, codec_);
    homes_.attach(*homes_.open("b", start_), 1, codec_);
    EXPECT_EQ(homes_.open("c", start_), nullptr);
    EXPECT_NE(homes_.open("a", start_), nullptr);
}

}  // namespace
}  // namespace orderpush::realtime

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
    const HomeLimits limits_{.idle_age_max = seconds{60}, .channels_max = 2};
    HomeChannels homes_{limits_};
    SilentCodec codec_;
};

TEST_F(HomeChannelsTest, NumbersMessagesFromOneAndKeepsThem) {
    for (int i = 0; i < 5; ++i) {
        publish(homes_, "a", start_);
    }
    const LogExcerpt log = homes_.read_log("a", start_);
    ASSERT_EQ(log.messages.size(), 5U);
    EXPECT_EQ(log.messages.front()->serial, 1U);
    EXPECT_EQ(log.messages.back()->serial, 5U);
    EXPECT_EQ(log.complete_after, 0U);
    EXPECT_EQ(log.last_serial, 5U);
}

TEST_F(HomeChannelsTest, ForgetsAChannelsMessagesWithTheChannel) {
    publish(homes_, "a", start_);
    const LogExcerpt before = homes_.read_log("a", start_);
    EXPECT_GT(homes_.log_bytes(), 0U);
    publish(homes_, "b", start_ + seconds{1});
    publish(homes_, "c", start_ + seconds{2});
    EXPECT_EQ(homes_.read_log("a", start_ + seconds{2}).epoch, 0U);
    homes_.sweep(start_ + seconds{62});
    EXPECT_EQ(homes_.log_bytes(), 0U);

    publish(homes_, "a", start_ + seconds{63});
    const LogExcerpt after = homes_.read_log("a", start_ + seconds{63});
    EXPECT_EQ(after.last_serial, before.last_serial);
    EXPECT_NE(after.epoch, before.epoch) << "a reader could not tell that it missed something";
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

class ChannelClaimsTest : public HomeChannelsTest {
  protected:
    static std::string_view app_of(std::string_view name) noexcept {
        return name.substr(0, name.find('/') + 1);
    }
    /// Whether it was opened, and somebody subscribes from then on.
    bool occupy(const std::string& name, ChannelClaim claim) {
        HomeChannel* const channel = bounded_.open(name, start_, claim);
        if (channel != nullptr) {
            bounded_.attach(*channel, 0, codec_);
        }
        return channel != nullptr;
    }

    HomeChannels bounded_{
        {.idle_age_max = seconds{60},
         .channels_max = 10,
         .reserved = 2,
         .unsigned_channels_max = 3,
         .app_of = app_of}};
};

TEST_F(ChannelClaimsTest, BoundsTheUnsignedChannelsOfEachApplication) {
    for (const char* name : {"a", "b", "c"}) {
        EXPECT_TRUE(occupy(name, ChannelClaim::kAnonymous));
    }
    EXPECT_FALSE(occupy("d", ChannelClaim::kAnonymous));
    EXPECT_TRUE(bounded_.is_unsigned_full("d", ChannelClaim::kAnonymous));
    EXPECT_TRUE(occupy("a", ChannelClaim::kAnonymous)) << "it is there already";
    EXPECT_TRUE(occupy("7/d", ChannelClaim::kAnonymous)) << "another application's";
    EXPECT_TRUE(occupy("d", ChannelClaim::kPublic)) << "counted by themselves";
    EXPECT_TRUE(occupy("e", ChannelClaim::kSigned));
    EXPECT_FALSE(bounded_.is_unsigned_full("e", ChannelClaim::kSigned));
}

TEST_F(ChannelClaimsTest, KeepsAReserveForTheRestaurant) {
    for (int i = 0; i < 8; ++i) {
        EXPECT_TRUE(occupy("signed-" + std::to_string(i), ChannelClaim::kSigned));
    }
    EXPECT_FALSE(occupy("signed-8", ChannelClaim::kSigned));
    EXPECT_FALSE(occupy("a", ChannelClaim::kAnonymous));
    EXPECT_FALSE(bounded_.is_unsigned_full("a", ChannelClaim::kAnonymous));
    EXPECT_TRUE(occupy("kitchen", ChannelClaim::kReserved));
    EXPECT_TRUE(occupy("session", ChannelClaim::kReserved));
    EXPECT_FALSE(occupy("one more", ChannelClaim::kReserved));
}

TEST_F(ChannelClaimsTest, ForgetsWhatIsIdleByNoHigherRight) {
    for (const char* name : {"a", "b", "c"}) {
        bounded_.open(name, start_, ChannelClaim::kAnonymous);
    }
    for (const char* name : {"k1", "k2", "k3", "k4", "k5"}) {
        bounded_.open(name, start_, ChannelClaim::kReserved);
    }
    EXPECT_TRUE(occupy("d", ChannelClaim::kAnonymous));
    EXPECT_EQ(bounded_.find("a"), nullptr) << "the longest idle of its own";
    EXPECT_TRUE(occupy("s", ChannelClaim::kSigned));
    EXPECT_EQ(bounded_.find("b"), nullptr) << "the least right first";
    EXPECT_TRUE(occupy("t", ChannelClaim::kSigned));
    EXPECT_FALSE(occupy("u", ChannelClaim::kSigned)) << "what is left is the restaurant's";
    for (const char* name : {"k1", "k2", "k3", "k4", "k5"}) {
        EXPECT_NE(bounded_.find(name), nullptr) << name;
    }
}

TEST_F(ChannelClaimsTest, AChannelCountsByTheHighestRightThatOpenedIt) {
    for (const char* name : {"a", "b", "c"}) {
        EXPECT_TRUE(occupy(name, ChannelClaim::kAnonymous));
    }
    bounded_.open("c", start_, ChannelClaim::kReserved);
    EXPECT_TRUE(occupy("d", ChannelClaim::kAnonymous));
    EXPECT_FALSE(occupy("e", ChannelClaim::kAnonymous));
    bounded_.detach(*bounded_.find("c"), 0, codec_, start_);
    bounded_.sweep(start_ + seconds{60});
    EXPECT_EQ(bounded_.find("c"), nullptr);
    EXPECT_EQ(bounded_.size(), 3U);
}

}  // namespace
}  // namespace orderpush::realtime

#include "core/events/channel.hpp"

#include <gtest/gtest.h>

namespace orderpush {
namespace {

const std::string kId = "017f22e2-79b0-7cc3-98c4-dc0c0c07398f";

TEST(ChannelTest, EveryLogicalNameOfTheProductIsReadAndShown) {
    struct Row {
        std::string word;
        ChannelKind kind;
    };
    for (const auto& [word, kind] :
         {Row{"kitchen", ChannelKind::kPresence},
          Row{"waiters", ChannelKind::kPresence},
          Row{"tables", ChannelKind::kPrivate},
          Row{"session", ChannelKind::kPresence},
          Row{"table", ChannelKind::kPrivate},
          Row{"order", ChannelKind::kPrivate},
          Row{"menu", ChannelKind::kPublic}}) {
        const std::string name = word + ":" + kId;
        const auto channel = Channel::parse(name);
        ASSERT_TRUE(channel) << name;
        EXPECT_EQ(channel->name(), name);
        EXPECT_EQ(channel->kind(), kind) << name;
        EXPECT_EQ(to_string(channel->subject()), kId);
    }
}

TEST(ChannelTest, OtherNamesAreNotOurs) {
    for (const std::string& name :
         {std::string{},
          std::string{"kitchen"},
          std::string{"kitchen:"},
          "cellar:" + kId,
          "kitchen:" + kId + "x",
          "Kitchen:" + kId}) {
        EXPECT_FALSE(Channel::parse(name)) << name;
    }
}

}  // namespace
}  // namespace orderpush

#include "protocol/pusher_names.hpp"

#include <gtest/gtest.h>

namespace orderpush::protocol {
namespace {

constexpr std::string_view kId = "0190a5c0-7b1c-7def-8123-456789abcdef";

std::string named(std::string_view prefix) {
    return std::string{prefix} + std::string{kId};
}

TEST(PusherNamesTest, SpellsEveryChannelOfTheRestaurantAndReadsItBack) {
    const std::pair<const char*, const char*> names[] = {
        {"kitchen:", "presence-kitchen-"},
        {"waiters:", "presence-waiters-"},
        {"tables:", "private-tables-"},
        {"session:", "presence-session-"},
        {"table:", "private-table-"},
        {"order:", "private-order-"},
        {"menu:", "menu-"}};
    for (const auto& [logical, pusher] : names) {
        const auto channel = Channel::parse(named(logical));
        ASSERT_TRUE(channel) << logical;
        EXPECT_EQ(to_pusher_name(*channel), named(pusher));
        EXPECT_EQ(from_pusher_name(named(pusher)), channel);
    }
}

TEST(PusherNamesTest, KnowsNoRestaurantChannelUnderAnotherPrefix) {
    for (const char* prefix :
         {"kitchen-",
          "private-kitchen-",
          "presence-order-",
          "presence-menu-",
          "private-encrypted-order-",
          "-",
          ""}) {
        EXPECT_EQ(from_pusher_name(named(prefix)), std::nullopt) << prefix;
    }
    EXPECT_EQ(from_pusher_name("presence-kitchen-42"), std::nullopt);
    EXPECT_EQ(
        from_pusher_name("presence-kitchen-0190A5C0-7b1c-7def-8123-456789abcdef"), std::nullopt
    );
}

TEST(PusherNamesTest, TakesThePrefixWithItsHyphenOnly) {
    EXPECT_EQ(pusher_kind("private-a"), ChannelKind::kPrivate);
    EXPECT_EQ(pusher_kind("presence-cache-a"), ChannelKind::kPresence);
    EXPECT_EQ(pusher_kind("private-encrypted-a"), ChannelKind::kPrivate);
    for (const char* name :
         {"private", "privateroom", "presence", "cache-a", "x-private-a", "Private-a"}) {
        EXPECT_EQ(pusher_kind(name), ChannelKind::kPublic) << name;
    }
}

TEST(PusherNamesTest, RefusesCharactersAndLengthsOutsideTheRules) {
    EXPECT_TRUE(is_pusher_channel_name("aZ09_-=@,.;"));
    EXPECT_TRUE(is_pusher_channel_name(std::string(200, 'a')));
    EXPECT_FALSE(is_pusher_channel_name(std::string(201, 'a')));
    for (const char* name : {"", "#server-to-user-1", "a b", "a:b", "a/b", "a\n", "\xC3\xAB"}) {
        EXPECT_FALSE(is_pusher_channel_name(name)) << name;
    }
}

}  // namespace
}  // namespace orderpush::protocol

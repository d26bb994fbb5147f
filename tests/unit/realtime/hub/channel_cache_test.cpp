#include "realtime/hub/channel_cache.hpp"

#include "realtime/sockets/message_budget.hpp"

#include <gtest/gtest.h>

namespace orderpush::realtime {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Deadline kNow{std::chrono::hours{1}};

std::shared_ptr<const ChannelMessage> message(std::string channel, std::string data) {
    return std::make_shared<const ChannelMessage>(ChannelMessage{
        .channel = std::move(channel), .event = "e", .data = std::move(data)});
}

TEST(ChannelCacheTest, KeepsTheLastOfEachChannelForAWhile) {
    ChannelCache cache{{.age_max = seconds{10}, .bytes_max = 1'000}};
    cache.put(message("a", "1"), kNow);
    cache.put(message("a", "2"), kNow + seconds{5});
    cache.put(message("b", "3"), kNow + seconds{6});
    EXPECT_EQ(cache.find("a", kNow + seconds{14})->data, "2");
    EXPECT_EQ(cache.find("a", kNow + seconds{15}), nullptr);
    EXPECT_EQ(cache.find("c", kNow), nullptr);
    cache.sweep(kNow + seconds{15});
    EXPECT_EQ(cache.bytes(), 3U);
    cache.sweep(kNow + seconds{16});
    EXPECT_EQ(cache.bytes(), 0U);
}

TEST(ChannelCacheTest, ForgetsTheOldestBeyondItsBytes) {
    ChannelCache cache{{.age_max = seconds{10}, .bytes_max = 25}};
    cache.put(message("a", std::string(8, 'x')), kNow);
    cache.put(message("b", std::string(8, 'x')), kNow);
    cache.put(message("a", std::string(8, 'y')), kNow);
    cache.put(message("c", std::string(8, 'x')), kNow);
    EXPECT_EQ(cache.find("b", kNow), nullptr);
    EXPECT_NE(cache.find("a", kNow), nullptr);
    cache.put(message("huge", std::string(100, 'x')), kNow);
    EXPECT_EQ(cache.bytes(), 0U);
}

TEST(MessageBudgetTest, GivesABurstAndThenTheRate) {
    const MessageRate rate{.per_second = 10, .burst = 3};
    MessageBudget budget;
    for (int i = 0; i < 3; ++i) {
        EXPECT_TRUE(budget.take(rate, kNow));
    }
    EXPECT_FALSE(budget.take(rate, kNow));
    EXPECT_FALSE(budget.take(rate, kNow + milliseconds{99}));
    EXPECT_TRUE(budget.take(rate, kNow + milliseconds{100}));
    EXPECT_FALSE(budget.take(rate, kNow + milliseconds{100}));
}

}  // namespace
}  // namespace orderpush::realtime

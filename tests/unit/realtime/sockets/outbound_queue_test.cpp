#include "realtime/sockets/outbound_queue.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace orderpush::realtime {
namespace {

std::string waiting(const OutboundQueue& queue) {
    std::array<iovec, 8> slots{};
    std::string text;
    for (std::size_t i = 0; i < queue.gather(slots); ++i) {
        text.append(static_cast<const char*>(slots[i].iov_base), slots[i].iov_len);
    }
    return text;
}

TEST(OutboundQueueTest, WritesInOrderAcrossPartialWrites) {
    OutboundQueue queue;
    ASSERT_TRUE(queue.push(Frame::raw("abc"), {}));
    ASSERT_TRUE(queue.push(Frame::raw("def"), {}));
    queue.consume(2);
    EXPECT_EQ(waiting(queue), "cdef");
    queue.consume(2);
    EXPECT_EQ(waiting(queue), "ef");
    queue.consume(2);
    EXPECT_TRUE(queue.is_empty());
    EXPECT_EQ(queue.bytes(), 0U);
}

TEST(OutboundQueueTest, RefusesWhatWouldPassItsBounds) {
    OutboundQueue queue;
    EXPECT_TRUE(queue.push(Frame::raw("abcd"), {.bytes_max = 6}));
    EXPECT_FALSE(queue.push(Frame::raw("efg"), {.bytes_max = 6}));
    EXPECT_FALSE(queue.push(Frame::raw("e"), {.bytes_max = 6, .frames_max = 1}));
    EXPECT_EQ(waiting(queue), "abcd");
    queue.consume(2);
    EXPECT_TRUE(queue.push(Frame::raw("efgh"), {.bytes_max = 6}));
}

TEST(OutboundQueueTest, TakesAnyFrameWhenEmpty) {
    OutboundQueue queue;
    ASSERT_TRUE(queue.push(Frame::raw("longer than the bound"), {.bytes_max = 6}));
    EXPECT_FALSE(queue.push(Frame::raw("e"), {.bytes_max = 6}));
    queue.consume(queue.bytes());
    EXPECT_TRUE(queue.push(Frame::raw("longer than the bound"), {.bytes_max = 6}));
}

TEST(OutboundQueueTest, KeepsTheFrameThatIsPartlyWrittenWhenDropped) {
    OutboundQueue queue;
    ASSERT_TRUE(queue.push(Frame::raw("abc"), {}));
    ASSERT_TRUE(queue.push(Frame::raw("def"), {}));
    queue.consume(1);
    queue.drop_unwritten();
    queue.push_last(Frame::raw("!"));
    EXPECT_EQ(waiting(queue), "bc!");
    EXPECT_EQ(queue.bytes(), 3U);
}

TEST(OutboundQueueTest, NeverDropsTheUpgradeAnswer) {
    for (const std::size_t written : {std::size_t{0}, std::size_t{1}}) {
        OutboundQueue queue;
        queue.push_upgrade_answer(Frame::raw("101"));
        ASSERT_TRUE(queue.push(Frame::raw("abc"), {}));
        queue.consume(written);
        queue.drop_unwritten();
        queue.push_last(Frame::raw("!"));
        EXPECT_EQ(waiting(queue), std::string{"101!"}.substr(written));
        EXPECT_EQ(queue.bytes(), 4 - written);
        queue.consume(queue.bytes());
        ASSERT_TRUE(queue.push(Frame::raw("abc"), {}));
        queue.drop_unwritten();
        EXPECT_TRUE(queue.is_empty());
    }
}

TEST(OutboundQueueTest, TakesAnyFrameBehindTheUpgradeAnswer) {
    OutboundQueue queue;
    queue.push_upgrade_answer(Frame::raw("101"));
    EXPECT_TRUE(queue.push(Frame::raw("greeting"), {.bytes_max = 6, .frames_max = 1}));
    EXPECT_FALSE(queue.push(Frame::raw("e"), {.bytes_max = 6, .frames_max = 1}));
}

TEST(OutboundQueueTest, DropsEverythingWhenNothingIsPartlyWritten) {
    OutboundQueue queue;
    ASSERT_TRUE(queue.push(Frame::raw("abc"), {}));
    queue.drop_unwritten();
    EXPECT_TRUE(queue.is_empty());
    EXPECT_EQ(queue.bytes(), 0U);
}

}  // namespace
}  // namespace orderpush::realtime

#include "realtime/hub/message_log.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <memory>
#include <string>
#include <vector>

namespace orderpush::realtime {
namespace {

using std::chrono::seconds;

constexpr std::size_t kEventBytes = 10'000;

class MessageLogTest : public testing::Test {
  protected:
    /// A channel's part, with the serial of its last message.
    struct Channel {
        MessageLog::Part part;
        std::uint64_t last_serial = 0;
    };

    void publish(MessageLog& log, Channel& channel, std::size_t bytes, Deadline at = {}) {
        auto message = std::make_shared<const ChannelMessage>(ChannelMessage{
            .channel = "a",
            .serial = ++channel.last_serial,
            .event = "e",
            .data = std::string(bytes, 'x'),
            .published_at = at});
        published_.push_back(message);
        log.add(channel.part, std::move(message));
    }
    /// Bytes of data of the messages that anything still holds.
    std::size_t bytes_alive() const {
        std::size_t bytes = 0;
        for (const auto& published : published_) {
            const auto message = published.lock();
            bytes += message ? message->data.size() : 0;
        }
        return bytes;
    }
    static std::vector<std::uint64_t> serials(const MessageLog& log, const Channel& channel) {
        std::vector<std::uint64_t> serials;
        for (const auto& message : log.read(channel.part)) {
            serials.push_back(message->serial);
        }
        return serials;
    }

    std::vector<std::weak_ptr<const ChannelMessage>> published_;
};

TEST_F(MessageLogTest, StaysWithinItsBytesHoweverManyChannelsThereAre) {
    constexpr std::size_t kBytesMax = 8 * 1024 * 1024;
    MessageLog log{{.bytes_max = kBytesMax}};
    std::deque<Channel> channels(3'000);
    for (int round = 0; round < 4; ++round) {
        for (Channel& channel : channels) {
            publish(log, channel, kEventBytes);
            ASSERT_LE(log.bytes(), kBytesMax);
        }
    }
    EXPECT_LE(bytes_alive(), kBytesMax);
    EXPECT_GT(bytes_alive(), kBytesMax - kBytesMax / 20) << "more was evicted than had to be";
    EXPECT_EQ(serials(log, channels.front()), std::vector<std::uint64_t>{});
    EXPECT_EQ(channels.front().part.complete_after(), 4U);
    EXPECT_EQ(serials(log, channels.back()), std::vector<std::uint64_t>{4});
    EXPECT_EQ(channels.back().part.complete_after(), 3U);
}

TEST_F(MessageLogTest, CountsWhatSmallMessagesTakeBesideTheirText) {
    constexpr std::size_t kBytesMax = 1024 * 1024;
    MessageLog log{{.bytes_max = kBytesMax}};
    Channel channel;
    for (int i = 0; i < 20'000; ++i) {
        publish(log, channel, 2);
    }
    EXPECT_LE(serials(log, channel).size() * sizeof(ChannelMessage), kBytesMax);
}

TEST_F(MessageLogTest, EvictsTheOldestOfAllChannelsFirst) {
    MessageLog log{{.bytes_max = 35'000}};
    Channel busy;
    Channel quiet;
    publish(log, busy, kEventBytes);
    publish(log, quiet, kEventBytes);
    publish(log, busy, kEventBytes);
    publish(log, busy, kEventBytes);
    EXPECT_EQ(serials(log, busy), (std::vector<std::uint64_t>{2, 3}));
    EXPECT_EQ(busy.part.complete_after(), 1U);
    EXPECT_EQ(serials(log, quiet), std::vector<std::uint64_t>{1});
    publish(log, busy, kEventBytes);
    EXPECT_EQ(serials(log, quiet), std::vector<std::uint64_t>{});
    EXPECT_EQ(quiet.part.complete_after(), 1U);
}

TEST_F(MessageLogTest, GivesBackWhatAChannelHeldWhenItGoes) {
    MessageLog log{{}};
    Channel stays;
    publish(log, stays, kEventBytes);
    {
        Channel goes;
        publish(log, goes, kEventBytes);
        publish(log, stays, kEventBytes);
        publish(log, goes, kEventBytes);
        log.drop(goes.part);
    }
    EXPECT_EQ(bytes_alive(), 2 * kEventBytes);
    publish(log, stays, kEventBytes);
    EXPECT_EQ(serials(log, stays), (std::vector<std::uint64_t>{1, 2, 3}));
    log.drop(stays.part);
    EXPECT_EQ(log.bytes(), 0U);
    EXPECT_EQ(bytes_alive(), 0U);
}

TEST_F(MessageLogTest, ForgetsWhatIsTooOld) {
    MessageLog log{{.age_max = seconds{120}}};
    Channel channel;
    const Deadline start{};
    publish(log, channel, kEventBytes, start);
    publish(log, channel, kEventBytes, start + seconds{1});
    log.sweep(start + seconds{119});
    EXPECT_EQ(serials(log, channel), (std::vector<std::uint64_t>{1, 2}));
    log.sweep(start + seconds{120});
    EXPECT_EQ(serials(log, channel), std::vector<std::uint64_t>{2});
    EXPECT_EQ(channel.part.complete_after(), 1U);
    Channel other;
    publish(log, other, kEventBytes, start + seconds{121});
    EXPECT_EQ(bytes_alive(), kEventBytes);
}

TEST_F(MessageLogTest, DoesNotKeepAMessageLargerThanTheBound) {
    MessageLog log{{.bytes_max = 5'000}};
    Channel channel;
    publish(log, channel, 10);
    publish(log, channel, kEventBytes);
    EXPECT_EQ(log.bytes(), 0U);
    EXPECT_EQ(channel.part.complete_after(), 2U);
    publish(log, channel, 10);
    EXPECT_EQ(serials(log, channel), std::vector<std::uint64_t>{3});
}

}  // namespace
}  // namespace orderpush::realtime

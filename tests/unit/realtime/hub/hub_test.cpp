#include "realtime/hub/hub.hpp"

#include <gtest/gtest.h>

#include <future>
#include <latch>
#include <map>
#include <thread>

namespace orderpush::realtime {
namespace {

constexpr std::chrono::seconds kPatience{60};

/// Writes "channel serial".
class SerialCodec final : public ChannelCodec {
  public:
    std::optional<Frame> encode(const ChannelMessage& message) const override {
        return Frame::raw(message.channel + ' ' + std::to_string(message.serial));
    }
    std::optional<Frame> encode(std::string_view channel, const MemberChange&) const override {
        return Frame::raw(channel);
    }
};

/// Checks, on its shard, that every channel's serials come one by one from 1.
class OrderedListener final : public Subscriber, public FrameSink {
  public:
    explicit OrderedListener(std::latch& subscribed) : subscribed_(subscribed) {}

    SocketId socket_id() const noexcept override { return {}; }
    bool has_left() const noexcept override { return false; }
    void on_subscribed(const std::string&, const SubscribeOutcome&) override {
        subscribed_.count_down();
    }
    FrameSink& sink() noexcept override { return *this; }
    void send(const Frame& frame) override {
        const std::string text{frame.bytes()};
        const auto space = text.find(' ');
        is_ordered =
            is_ordered && std::stoul(text.substr(space)) == ++received[text.substr(0, space)];
    }

    bool is_ordered = true;
    std::map<std::string, std::size_t> received;

  private:
    std::latch& subscribed_;
};

TEST(HubTest, GivesEverySubscriberTheSameOrderWhateverThePublishersDo) {
    constexpr std::size_t kPublishers = 4;
    constexpr std::size_t kMessagesEach = 2'500;
    const std::vector<std::string> channels{"a", "b", "c", "d", "e", "f", "g", "h"};
    std::latch subscribed{static_cast<std::ptrdiff_t>(4 * channels.size())};
    std::latch acknowledged{kPublishers * kMessagesEach};
    std::atomic<std::size_t> failed{0};
    SerialCodec codec;
    IoShards shards{2};
    Hub hub{shards, {}};
    std::vector<std::shared_ptr<OrderedListener>> listeners;
    shards.start();
    for (std::size_t i = 0; i < 4; ++i) {
        const auto listener = listeners.emplace_back(std::make_shared<OrderedListener>(subscribed));
        shards.post(i % 2, [&, i, listener] {
            for (const auto& channel : channels) {
                hub.subscribe(i % 2, {.channel = channel, .subscriber = listener, .codec = &codec});
            }
        });
    }
    subscribed.wait();
    {
        std::vector<std::jthread> publishers;
        for (std::size_t p = 0; p < kPublishers; ++p) {
            publishers.emplace_back([&, p] {
                for (std::size_t i = 0; i < kMessagesEach; ++i) {
                    hub.publish(
                        {.channel = channels[(i + p) % channels.size()],
                         .event = "e",
                         .data = "{}"},
                        [&](bool is_handed_over) {
                            failed += is_handed_over ? 0 : 1;
                            acknowledged.count_down();
                        }
                    );
                }
            });
        }
    }
    acknowledged.wait();
    shards.stop();
    EXPECT_EQ(failed, 0U);
    for (const auto& listener : listeners) {
        EXPECT_TRUE(listener->is_ordered);
        std::size_t total = 0;
        for (const auto& [channel, count] : listener->received) {
            total += count;
        }
        EXPECT_EQ(total, kPublishers * kMessagesEach);
    }
}

TEST(HubTest, AcknowledgesAMessageOnlyWhenEveryShardHasIt) {
    SerialCodec codec;
    IoShards shards{2};
    Hub hub{shards, {}};
    std::latch subscribed{2};
    std::vector<std::shared_ptr<OrderedListener>> listeners;
    for (std::size_t shard = 0; shard < 2; ++shard) {
        const auto listener = listeners.emplace_back(std::make_shared<OrderedListener>(subscribed));
        shards.post(shard, [&, shard, listener] {
            hub.subscribe(shard, {.channel = "a", .subscriber = listener, .codec = &codec});
        });
    }
    shards.start();
    subscribed.wait();
    std::promise<bool> acknowledged;
    // The completion may look at the listeners: nothing else happens on their shards.
    hub.publish({.channel = "a", .event = "e", .data = "{}"}, [&](bool is_handed_over) {
        acknowledged.set_value(
            is_handed_over && listeners[0]->received["a"] == 1 && listeners[1]->received["a"] == 1
        );
    });
    auto answer = acknowledged.get_future();
    ASSERT_EQ(answer.wait_for(kPatience), std::future_status::ready);
    EXPECT_TRUE(answer.get());
    shards.stop();
}

TEST(HubTest, KeepsTheLastMessagesWithinItsBytes) {
    IoShards shards{2};
    Hub hub{shards, {.log = {.bytes_max = 2 * 25'000}}};
    shards.start();
    for (const char digit : {'1', '2', '3'}) {
        hub.publish({.channel = "a", .event = "e", .data = std::string(10'000, digit)}, nullptr);
    }
    std::promise<LogExcerpt> read;
    hub.read_log("a", [&](LogExcerpt log) { read.set_value(std::move(log)); });
    const LogExcerpt log = read.get_future().get();
    ASSERT_EQ(log.messages.size(), 2U);
    EXPECT_EQ(log.messages[0]->data.front(), '2');
    EXPECT_EQ(log.messages[1]->serial, 3U);
    EXPECT_EQ(log.complete_after, 1U);
    EXPECT_EQ(log.last_serial, 3U);
    shards.stop();
}

TEST(HubTest, AnswersEveryPublicationOfABatchOnce) {
    constexpr std::size_t kCount = 100;
    IoShards shards{2};
    Hub hub{shards, {}};
    shards.start();
    std::vector<Publication> batch;
    for (std::size_t i = 0; i < kCount; ++i) {
        batch.push_back({.channel = "c" + std::to_string(i % 7), .event = "e", .data = "{}"});
    }
    std::vector<std::atomic<int>> answers(kCount);
    std::latch answered{kCount};
    hub.publish_batch(std::move(batch), [&](std::size_t index, bool is_handed_over) {
        answers[index] += is_handed_over ? 1 : 100;
        answered.count_down();
    });
    answered.wait();
    for (const auto& count : answers) {
        EXPECT_EQ(count, 1);
    }
    shards.stop();
}

TEST(HubTest, RefusesPublicationsOverTheBoundAndABatchAsAWhole) {
    IoShards shards{1};
    Hub hub{shards, {.publications_pending_max = 2}};
    std::atomic<int> refused{0};
    std::latch taken{1};
    const Publication publication{.channel = "a", .event = "e", .data = "{}"};
    hub.publish(publication, [&](bool is_handed_over) {
        EXPECT_TRUE(is_handed_over);
        taken.count_down();
    });
    hub.publish_batch({publication, publication}, [&](std::size_t, bool is_handed_over) {
        refused += is_handed_over ? 0 : 1;
    });
    EXPECT_EQ(refused, 2);
    shards.start();
    taken.wait();
    shards.stop();
}

TEST(HubTest, FailsWhatItCouldNotHandOverBeforeItStopped) {
    std::vector<bool> answers;
    {
        IoShards shards{2};
        Hub hub{shards, {}};
        const auto remember = [&](bool is_handed_over) { answers.push_back(is_handed_over); };
        hub.publish(
            {.channel = "a", .event = "e", .data = "{}"}, remember
        );  // never run: the shards do not start
        shards.stop();
        hub.publish({.channel = "a", .event = "e", .data = "{}"}, remember);
        EXPECT_EQ(answers, (std::vector<bool>{false}));
    }
    EXPECT_EQ(answers, (std::vector<bool>{false, false}));
}

}  // namespace
}  // namespace orderpush::realtime

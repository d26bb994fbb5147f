#include "adapters/builtin/builtin_adapter.hpp"

#include <gtest/gtest.h>

#include <latch>
#include <memory>
#include <vector>

namespace orderpush::adapters {
namespace {

using Kind = PublishOutcome::Kind;
using std::chrono::milliseconds;

class NoCodec final : public realtime::ChannelCodec {
  public:
    realtime::Frame encode(const realtime::ChannelMessage& message) const override {
        return realtime::Frame::raw(message.data);
    }
    realtime::Frame encode(std::string_view channel, const realtime::MemberChange&) const override {
        return realtime::Frame::raw(channel);
    }
};

class Listener final : public realtime::Subscriber {
  public:
    realtime::SocketId socket_id() const noexcept override { return {}; }
    bool has_left() const noexcept override { return false; }
    void on_subscribed(const std::string&, const realtime::SubscribeOutcome&) override {
        subscribed.count_down();
    }
    void deliver(const realtime::Frame&) override {}

    std::latch subscribed{1};
};

/// Right after a start: a hold that does not end during a test.
struct BuiltinAdapterAfterStartTest : testing::Test {
    NoCodec codec;
    realtime::IoShards shards{2};
    realtime::Hub hub{shards, {}};
    BuiltinAdapter adapter{
        hub, {.reconnect_hold = std::chrono::hours{1}, .hold_retry = milliseconds{250}}};
    std::vector<std::shared_ptr<Listener>> listeners;

    BuiltinAdapterAfterStartTest() { shards.start(); }
    ~BuiltinAdapterAfterStartTest() override { shards.stop(); }

    void listen(const Channel& channel) {
        auto listener = listeners.emplace_back(std::make_shared<Listener>());
        shards.post(0, [this, channel, listener] {
            hub.subscribe(0, {.channel = channel.name(), .subscriber = listener, .codec = &codec});
        });
        listener->subscribed.wait();
    }
    std::vector<PublishOutcome> publish(const std::vector<Channel>& channels) {
        std::vector<OutboxEntry> entries;
        for (const Channel& channel : channels) {
            entries.push_back(
                {.event_id = {},
                 .name = "order:created",
                 .payload = "{}",
                 .occurred_at = {},
                 .channel = channel,
                 .seq = 1}
            );
        }
        return adapter.publish(
            entries, std::chrono::steady_clock::now() + std::chrono::seconds{20}
        );
    }

    const Uuid branch = *parse_uuid("0190a5c0-7b1c-7def-8123-456789abcdef");
    const Channel kitchen = Channel::kitchen({branch});
    const Channel waiters = Channel::waiters({branch});
    const Channel order = Channel::order({branch});
};

TEST_F(BuiltinAdapterAfterStartTest, EntriesForATeamWaitUntilSomebodyListens) {
    const auto held = publish({kitchen, waiters});
    EXPECT_EQ(held.at(0).kind, Kind::kHeld);
    EXPECT_EQ(held.at(0).retry_after, milliseconds{250});
    EXPECT_EQ(held.at(1).kind, Kind::kHeld);
    listen(kitchen);
    const auto outcomes = publish({kitchen, waiters, kitchen});
    EXPECT_EQ(outcomes.at(0).kind, Kind::kDelivered);
    EXPECT_EQ(outcomes.at(1).kind, Kind::kHeld);
    EXPECT_EQ(outcomes.at(2).kind, Kind::kDelivered);
}

TEST_F(BuiltinAdapterAfterStartTest, OtherChannelsDoNotWait) {
    EXPECT_EQ(publish({order}).at(0).kind, Kind::kDelivered);
}

TEST_F(BuiltinAdapterAfterStartTest, HoldEnds) {
    BuiltinAdapter later{hub, {.reconnect_hold = milliseconds{0}}};
    const OutboxEntry entry{
        .event_id = {},
        .name = "order:created",
        .payload = "{}",
        .occurred_at = {},
        .channel = kitchen,
        .seq = 1};
    const auto outcomes =
        later.publish({&entry, 1}, std::chrono::steady_clock::now() + std::chrono::seconds{20});
    EXPECT_EQ(outcomes.at(0).kind, Kind::kDelivered);
}

}  // namespace
}  // namespace orderpush::adapters

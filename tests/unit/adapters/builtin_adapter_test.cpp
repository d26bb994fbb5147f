#include "adapters/builtin/builtin_adapter.hpp"

#include "tests/unit/adapters/hub_listener.hpp"

#include <gtest/gtest.h>

#include <latch>
#include <memory>
#include <vector>

namespace orderpush::adapters {
namespace {

using Kind = PublishOutcome::Kind;
using std::chrono::milliseconds;

/// Right after a start: a hold that does not end during a test.
struct BuiltinAdapterAfterStartTest : testing::Test {
    PlainCodec codec;
    realtime::IoShards shards{2};
    realtime::Hub hub{shards, {}};
    BuiltinAdapter adapter{
        hub, {.reconnect_hold = std::chrono::hours{1}, .hold_retry = milliseconds{250}}};
    std::vector<std::shared_ptr<HubListener>> listeners;

    BuiltinAdapterAfterStartTest() { shards.start(); }
    ~BuiltinAdapterAfterStartTest() override { shards.stop(); }

    std::shared_ptr<HubListener> listen(
        const Channel& channel, std::optional<SessionId> session = {}, std::size_t shard = 0
    ) {
        auto listener = listeners.emplace_back(std::make_shared<HubListener>());
        shards.post(shard, [this, channel, session, shard, listener] {
            hub.subscribe(
                shard,
                {.channel = channel.name(),
                 .subscriber = listener,
                 .codec = &codec,
                 .session = session}
            );
        });
        listener->subscribed.wait();
        return listener;
    }
    std::vector<PublishOutcome> publish(
        const std::vector<Channel>& channels,
        const std::string& name = "order:created",
        std::chrono::seconds patience = std::chrono::seconds{20}
    ) {
        std::vector<OutboxEntry> entries;
        for (const Channel& channel : channels) {
            entries.push_back(
                {.event_id = {},
                 .name = name,
                 .payload = "{}",
                 .occurred_at = {},
                 .channel = channel,
                 .seq = 1}
            );
        }
        return adapter.publish(entries, std::chrono::steady_clock::now() + patience);
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

TEST_F(BuiltinAdapterAfterStartTest, NothingIsPublishedAfterTheDeadline) {
    const auto listener = listen(order);
    EXPECT_EQ(publish({order}, "late", std::chrono::seconds{0}).at(0).kind, Kind::kRetry);
    EXPECT_EQ(publish({order}, "order:created").at(0).kind, Kind::kDelivered);
    shards.stop();
    ASSERT_EQ(listener->received.size(), 1U);
    EXPECT_NE(listener->received[0].find("order:created"), std::string::npos);
}

TEST_F(BuiltinAdapterAfterStartTest, AClosedSessionEndsItsGuestsSubscriptions) {
    const SessionId session{branch};
    const Channel at_session = Channel::session(session);
    const auto guest = listen(at_session, session, 0);
    const auto other_device = listen(order, session, 1);
    const auto staff = listen(at_session, {}, 1);
    // On another channel it is news and no end: those there are staff.
    EXPECT_EQ(publish({Channel::tables({branch})}, "session:closed").at(0).kind, Kind::kDelivered);
    EXPECT_EQ(publish({at_session}, "order:created").at(0).kind, Kind::kDelivered);
    EXPECT_EQ(publish({at_session}, "session:closed").at(0).kind, Kind::kDelivered);
    EXPECT_EQ(publish({at_session}, "session:closed").at(0).kind, Kind::kDelivered);
    EXPECT_EQ(publish({at_session, order}).at(1).kind, Kind::kDelivered);
    shards.stop();
    ASSERT_EQ(guest->received.size(), 3U);
    EXPECT_NE(guest->received[1].find("session:closed"), std::string::npos);
    EXPECT_EQ(guest->received[2], "ended");
    EXPECT_EQ(other_device->received, (std::vector<std::string>{"ended"}));
    EXPECT_EQ(staff->received.size(), 4U);
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

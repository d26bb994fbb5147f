// Subscriptions that end with the table session they were granted for.

#include "realtime/hub/hub.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <future>
#include <latch>
#include <memory>

namespace orderpush::realtime {
namespace {

using Lines = std::vector<std::string>;

const SessionId kSession = *parse_id<SessionId>("0190a5c0-7b1c-7def-8123-456789abcdef");
const SessionId kOther = *parse_id<SessionId>("0190a5c0-7b1c-7def-8123-456789abcd00");

/// Writes "channel data", and "channel +user" or "channel -user".
class TellingCodec final : public ChannelCodec {
  public:
    std::optional<Frame> encode(const ChannelMessage& message) const override {
        return Frame::raw(message.channel + ' ' + message.data);
    }
    std::optional<Frame> encode(std::string_view channel, const MemberChange& change)
        const override {
        const std::string sign = change.kind == MemberChange::Kind::kAdded ? " +" : " -";
        return Frame::raw(std::string{channel} + sign + change.member.user_id);
    }
};

/// Keeps, on its shard, what it received, in order.
class Listener final : public Subscriber, public FrameSink {
  public:
    SocketId socket_id() const noexcept override { return {}; }
    bool has_left() const noexcept override { return false; }
    void on_subscribed(const std::string& channel, const SubscribeOutcome& outcome) override {
        const bool is_refused = outcome.refusal == SubscribeRefusal::kSessionRevoked;
        received.push_back(channel + (is_refused ? " refused" : " joined"));
    }
    void on_session_revoked(const std::string& channel) override {
        received.push_back(channel + " ended");
    }
    FrameSink& sink() noexcept override { return *this; }
    void send(const Frame& frame) override { received.emplace_back(frame.bytes()); }

    Lines on(std::string_view channel) const {
        Lines lines;
        std::ranges::copy_if(received, std::back_inserter(lines), [&](const std::string& line) {
            return line.starts_with(channel);
        });
        return lines;
    }
    Lines received;
};

struct RevokedSessionsTest : testing::Test {
    TellingCodec codec;
    IoShards shards{2};
    Hub hub{shards, {.revoked_sessions_max = 2}};

    RevokedSessionsTest() { shards.start(); }
    ~RevokedSessionsTest() override { shards.stop(); }

    /// Everything that was given to the shards has been done, what followed from it included.
    void settle() {
        for (int round = 0; round < 4; ++round) {
            std::latch reached{2};
            shards.post(0, [&] { reached.count_down(); });
            shards.post(1, [&] { reached.count_down(); });
            reached.wait();
        }
    }
    void subscribe(
        std::size_t shard,
        const std::shared_ptr<Listener>& listener,
        const std::string& channel,
        std::optional<SessionId> session = {},
        std::optional<Member> member = {}
    ) {
        shards.post(shard, [=, this] {
            hub.subscribe(
                shard,
                {.channel = channel,
                 .subscriber = listener,
                 .codec = &codec,
                 .member = member,
                 .session = session}
            );
        });
        settle();
    }
    bool publish(
        const std::string& channel,
        const std::string& data,
        std::optional<SessionId> revokes_session = {}
    ) {
        std::promise<bool> handed_over;
        hub.publish(
            {.channel = channel, .event = "e", .data = data, .revokes_session = revokes_session},
            [&](bool is_handed_over) { handed_over.set_value(is_handed_over); }
        );
        return handed_over.get_future().get();
    }
};

TEST_F(RevokedSessionsTest, EndsTheSessionsSubscriptionsOnEveryShardBehindTheMessage) {
    // Homes on either shard, whichever the names hash to.
    for (const std::string session : {"session-1", "session-2", "session-3", "session-4"}) {
        const auto guest_session =
            SessionId{*parse_uuid("0190a5c0-7b1c-7def-8123-00000000000" + session.substr(8))};
        const std::string table = "table-" + session;
        const std::shared_ptr<Listener> guests[] = {
            std::make_shared<Listener>(), std::make_shared<Listener>()};
        const std::shared_ptr<Listener> staff[] = {
            std::make_shared<Listener>(), std::make_shared<Listener>()};
        for (std::size_t shard = 0; shard < 2; ++shard) {
            subscribe(shard, staff[shard], session);
            subscribe(shard, staff[shard], table);
            subscribe(shard, guests[shard], session, guest_session);
            subscribe(shard, guests[shard], table, guest_session);
        }
        EXPECT_TRUE(publish(session, "closed", guest_session));
        EXPECT_TRUE(publish(session, "more"));
        EXPECT_TRUE(publish(table, "more"));
        settle();
        for (std::size_t shard = 0; shard < 2; ++shard) {
            EXPECT_EQ(
                guests[shard]->on(session),
                (Lines{session + " joined", session + " closed", session + " ended"})
            );
            EXPECT_EQ(guests[shard]->on(table), (Lines{table + " joined", table + " ended"}));
            EXPECT_EQ(
                staff[shard]->on(session),
                (Lines{session + " joined", session + " closed", session + " more"})
            );
            EXPECT_EQ(staff[shard]->on(table), (Lines{table + " joined", table + " more"}));
        }
    }
}

TEST_F(RevokedSessionsTest, TheOwnersMembersLeaveForTheOthers) {
    const auto waiter = std::make_shared<Listener>();
    const auto guest = std::make_shared<Listener>();
    subscribe(0, waiter, "s", {}, Member{.user_id = "staff", .info = "{}"});
    subscribe(1, guest, "s", kSession, Member{.user_id = "guest", .info = "{}"});
    EXPECT_TRUE(publish("s", "closed", kSession));
    settle();
    EXPECT_EQ(waiter->received, (Lines{"s joined", "s +guest", "s closed", "s -guest"}));
    EXPECT_EQ(guest->received, (Lines{"s joined", "s closed", "s ended"}));
    std::promise<std::size_t> present;
    hub.read_memberships("s", [&](const auto& memberships) {
        present.set_value(memberships.size());
    });
    EXPECT_EQ(present.get_future().get(), 1U);
}

TEST_F(RevokedSessionsTest, RefusesLaterSubscriptionsOfTheOwnerOnly) {
    EXPECT_TRUE(publish("s", "closed", kSession));
    const auto late = std::make_shared<Listener>();
    subscribe(1, late, "table", kSession);
    subscribe(1, late, "elsewhere", kOther);
    EXPECT_EQ(late->received, (Lines{"table refused", "elsewhere joined"}));
    std::promise<std::size_t> subscribers;
    hub.count_subscribers("table", [&](std::size_t count) { subscribers.set_value(count); });
    EXPECT_EQ(subscribers.get_future().get(), 0U);
}

TEST_F(RevokedSessionsTest, RevokingAgainDoesNothing) {
    const auto guest = std::make_shared<Listener>();
    subscribe(0, guest, "s", kSession);
    EXPECT_TRUE(publish("s", "closed", kSession));
    EXPECT_TRUE(publish("s", "closed", kSession));
    settle();
    EXPECT_EQ(guest->received, (Lines{"s joined", "s closed", "s ended"}));
}

TEST_F(RevokedSessionsTest, RemembersAsManySessionsAsTheBoundSays) {
    const auto late = std::make_shared<Listener>();
    for (const SessionId& session : {kSession, kOther, SessionId{}}) {
        EXPECT_TRUE(publish("s", "closed", session));
    }
    subscribe(0, late, "a", kSession);
    subscribe(0, late, "b", kOther);
    EXPECT_EQ(late->received, (Lines{"a joined", "b refused"}));
}

TEST_F(RevokedSessionsTest, ASubscriptionUnderWayIsRefusedOrEnded) {
    for (std::size_t i = 0; i < 200; ++i) {
        const std::string channel = "table-" + std::to_string(i);
        const auto guest_session =
            SessionId{*parse_uuid("0190a5c0-7b1c-7def-8123-000000000" + std::to_string(100 + i))};
        const auto guest = std::make_shared<Listener>();
        const std::size_t shard = i % 2;
        shards.post(shard, [=, this] {
            hub.subscribe(
                shard,
                {.channel = channel, .subscriber = guest, .codec = &codec, .session = guest_session}
            );
        });
        EXPECT_TRUE(publish("s", "closed", guest_session));
        EXPECT_TRUE(publish(channel, "more"));
        settle();
        EXPECT_TRUE(
            guest->received.back().ends_with(" ended") ||
            guest->received.back().ends_with(" refused")
        ) << guest->received.back();
        std::promise<std::size_t> subscribers;
        hub.count_subscribers(channel, [&](std::size_t count) { subscribers.set_value(count); });
        EXPECT_EQ(subscribers.get_future().get(), 0U);
    }
}

}  // namespace
}  // namespace orderpush::realtime

#include "realtime/cluster/cluster_bridge.hpp"

#include "tests/support/cluster/memory_cluster.hpp"
#include "tests/support/sequential_ids.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <future>
#include <map>
#include <mutex>
#include <optional>
#include <thread>

namespace orderpush::realtime {
namespace {

using std::chrono::seconds;

Deadline now() {
    return std::chrono::steady_clock::now();
}

class TextCodec final : public ChannelCodec {
  public:
    std::optional<Frame> encode(const ChannelMessage& message) const override {
        return Frame::raw(message.channel + ' ' + message.data);
    }
    std::optional<Frame> encode(std::string_view, const MemberChange& change) const override {
        const bool is_added = change.kind == MemberChange::Kind::kAdded;
        return Frame::raw((is_added ? '+' : '-') + change.member.user_id);
    }
};

class Listener final : public Subscriber, public FrameSink {
  public:
    SocketId socket_id() const noexcept override { return id; }
    bool has_left() const noexcept override { return false; }
    void on_subscribed(const std::string&, const SubscribeOutcome& outcome) override {
        subscribed.set_value(outcome);
    }
    FrameSink& sink() noexcept override { return *this; }
    void send(const Frame& frame) override {
        const std::scoped_lock lock{mutex_};
        heard_.emplace_back(frame.bytes());
    }
    std::vector<std::string> received() const {
        const std::scoped_lock lock{mutex_};
        return heard_;
    }

    const SocketId id = SocketId::random();
    std::promise<SubscribeOutcome> subscribed;

  private:
    mutable std::mutex mutex_;
    std::vector<std::string> heard_;
};

/// Client events that an instance reports to its observers.
class EventCounter final : public HubObserver {
  public:
    void on_client_event(const ChannelMessage&) override { ++events; }
    std::atomic<int> events{0};
};

/// One instance: a hub, joined to the cluster.
struct Instance {
    Instance(test::MemoryCluster& cluster, const InstanceId& instance_id)
        : id(instance_id), broker(cluster, instance_id) {
        hub.join(bridge);
        hub.observe(counter);
        shards.start();
        bridge.keep({}, now());  // whoever is received of from now on stays
        broker.start(bridge);
    }
    ~Instance() {
        broker.stop({});
        shards.stop();
    }

    std::shared_ptr<Listener> listen(
        const std::string& channel, std::optional<Member> member = {}
    ) {
        const auto& listener = listeners.emplace_back(std::make_shared<Listener>());
        shards.post(0, [this, listener, channel, member] {
            hub.subscribe(
                0, {.channel = channel, .subscriber = listener, .codec = &codec, .member = member}
            );
        });
        outcome = listener->subscribed.get_future().get();
        return listener;
    }
    void leave(const Listener& listener, const std::string& channel, const std::string& user_id) {
        shards.post(0, [this, &listener, channel, user_id] {
            hub.unsubscribe(0, listener, {.channel = channel, .codec = &codec, .user_id = user_id});
        });
    }
    std::vector<std::string> members(const std::string& channel) {
        std::promise<std::vector<std::string>> read;
        hub.read_memberships(channel, [&](const auto& memberships) {
            std::vector<std::string> users;
            for (const auto& membership : memberships) {
                users.push_back(membership.member.user_id);
            }
            std::ranges::sort(users);
            read.set_value(users);
        });
        return read.get_future().get();
    }
    std::size_t subscribers(const std::string& channel) {
        std::promise<std::size_t> read;
        hub.count_subscribers(channel, [&](std::size_t count) { read.set_value(count); });
        return read.get_future().get();
    }
    bool publish(Publication publication) {
        std::promise<bool> done;
        hub.publish(std::move(publication), [&](bool is_done) { done.set_value(is_done); });
        return done.get_future().get();
    }

    const InstanceId id;
    TextCodec codec;
    EventCounter counter;
    IoShards shards{2};
    Hub hub{shards, {}};
    test::MemoryBroker broker;
    ClusterBridge bridge{hub, broker, {.changes_max = 3}};
    SubscribeOutcome outcome;
    /// Events may reach them until the loops have stopped.
    std::vector<std::shared_ptr<Listener>> listeners;
};

template <class Condition>
bool eventually(const Condition& condition) {
    const auto deadline = now() + seconds{20};
    while (!condition()) {
        if (now() > deadline) {
            return false;
        }
        std::this_thread::yield();
    }
    return true;
}

class ClusterBridgeTest : public testing::Test {
  protected:
    std::unique_ptr<Instance> start() {
        return std::make_unique<Instance>(cluster, ids.make<InstanceId>());
    }
    static Member member(const std::string& user_id) { return {user_id, "null"}; }

    using Names = std::vector<std::string>;
    test::SequentialIds ids;
    test::MemoryCluster cluster;
};

TEST_F(ClusterBridgeTest, AllSubscribersOfAllInstancesHearOneOrder) {
    constexpr int kEach = 500;
    const auto first = start();
    const auto second = start();
    const std::vector listeners{first->listen("a"), first->listen("a"), second->listen("a")};
    {
        std::vector<std::jthread> publishers;
        for (Instance* instance : {first.get(), second.get()}) {
            publishers.emplace_back([instance] {
                for (int i = 0; i < kEach; ++i) {
                    const auto text = to_string(instance->id) + ' ' + std::to_string(i);
                    instance->hub.publish({.channel = "a", .event = "e", .data = text}, nullptr);
                }
            });
        }
    }
    for (const auto& listener : listeners) {
        ASSERT_TRUE(eventually([&] { return listener->received().size() == 2 * kEach; }));
        EXPECT_EQ(listener->received(), listeners[0]->received());
    }
}

TEST_F(ClusterBridgeTest, ASocketIsLeftOutWhereverItIs) {
    const auto first = start();
    const auto second = start();
    const auto speaker = second->listen("a");
    const auto other = second->listen("a");
    EXPECT_TRUE(first->publish(
        {.channel = "a", .event = "e", .data = "1", .excluded = speaker->socket_id()}
    ));
    EXPECT_TRUE(first->publish({.channel = "a", .event = "e", .data = "2"}));
    ASSERT_TRUE(eventually([&] { return other->received().size() == 2; }));
    ASSERT_TRUE(eventually([&] { return !speaker->received().empty(); }));
    EXPECT_EQ(speaker->received(), Names{"a 2"});
}

TEST_F(ClusterBridgeTest, OnlyItsOwnInstanceReportsAClientsEvent) {
    const auto first = start();
    const auto second = start();
    const auto listener = second->listen("private-a");
    EXPECT_TRUE(first->publish(
        {.channel = "private-a", .event = "client-e", .data = "1", .is_from_client = true}
    ));
    ASSERT_TRUE(eventually([&] { return listener->received().size() == 1; }));
    ASSERT_TRUE(eventually([&] { return first->counter.events == 1; }));
    EXPECT_EQ(second->counter.events, 0);
}

TEST_F(ClusterBridgeTest, MembersAreThoseOfAllInstances) {
    const auto first = start();
    const auto second = start();
    const auto ann = first->listen("presence-room", member("ann"));
    ASSERT_TRUE(eventually([&] { return second->members("presence-room") == Names{"ann"}; }));
    const auto bob = second->listen("presence-room", member("bob"));
    EXPECT_EQ(second->outcome.members.size(), 2U) << "the list of the newcomer";
    ASSERT_TRUE(eventually([&] { return ann->received() == Names{"+bob"}; }));
    // The same user elsewhere is no news, neither coming nor, while the other is left, going.
    const auto tab = second->listen("presence-room", member("ann"));
    ASSERT_TRUE(eventually([&] { return first->subscribers("presence-room") == 3; }));
    first->leave(*ann, "presence-room", "ann");
    ASSERT_TRUE(eventually([&] { return second->subscribers("presence-room") == 2; }));
    EXPECT_EQ(second->members("presence-room"), (Names{"ann", "bob"}));
    second->leave(*tab, "presence-room", "ann");
    ASSERT_TRUE(eventually([&] { return first->members("presence-room") == Names{"bob"}; }));
    EXPECT_TRUE(eventually([&] { return bob->received() == Names{"-ann"}; }));
}

TEST_F(ClusterBridgeTest, TheBoundOfAPresenceChannelIsThatOfAllInstances) {
    const auto first = start();
    const auto second = start();
    std::vector<std::shared_ptr<Listener>> listeners;
    for (std::size_t i = 0; i < kPresenceMembersMax; ++i) {
        listeners.push_back(first->listen("presence-room", member("u" + std::to_string(i))));
    }
    ASSERT_TRUE(eventually([&] {
        return second->members("presence-room").size() == kPresenceMembersMax;
    }));
    const auto late = second->listen("presence-room", member("late"));
    EXPECT_EQ(second->outcome.refusal, SubscribeRefusal::kPresenceFull);
    const auto known = second->listen("presence-room", member("u7"));
    EXPECT_FALSE(second->outcome.refusal);
}

TEST_F(ClusterBridgeTest, OneThatStartsGetsToKnowWhoIsThere) {
    const auto first = start();
    std::vector<std::shared_ptr<Listener>> listeners;
    Names users;
    for (int i = 10; i < 30; ++i) {
        users.push_back("u" + std::to_string(i));
        listeners.push_back(first->listen("presence-room", member(users.back())));
        listeners.push_back(first->listen("news-" + std::to_string(i)));
    }
    const auto second = start();
    ASSERT_TRUE(eventually([&] { return second->members("presence-room") == users; }));
    ASSERT_TRUE(eventually([&] { return second->subscribers("news-29") == 1; }));
}

TEST_F(ClusterBridgeTest, OneIsCompleteOnceThoseThatWereThereHaveReported) {
    const auto first = start();
    Instance second{cluster, ids.make<InstanceId>()};
    ClusterBridge patient{second.hub, second.broker, {.answer_patience = seconds{600}}};
    EXPECT_FALSE(patient.is_complete());
    const std::vector alive{first->id};
    patient.keep(alive, now());
    EXPECT_FALSE(patient.is_complete());
    const std::string report =
        encode_cluster_message(RemoteState{.counts = {}, .memberships = {}, .ends = true}).value();
    const std::vector<std::string_view> bodies{report};
    patient.on_messages(first->id, bodies);
    EXPECT_TRUE(patient.is_complete());
}

TEST_F(ClusterBridgeTest, MembersOfADeadInstanceGo) {
    const auto first = start();
    auto second = start();
    const auto ann = first->listen("presence-room", member("ann"));
    const auto bob = second->listen("presence-room", member("bob"));
    ASSERT_TRUE(eventually([&] { return ann->received() == Names{"+bob"}; }));
    const std::vector alive{second->id};
    first->bridge.keep(alive, now());
    EXPECT_EQ(first->members("presence-room").size(), 2U);
    first->bridge.keep({}, now() - std::chrono::hours{1});
    EXPECT_EQ(first->members("presence-room").size(), 2U) << "it came after the question";
    first->bridge.keep({}, now());
    ASSERT_TRUE(eventually([&] { return ann->received() == (Names{"+bob", "-bob"}); }));
    EXPECT_TRUE(eventually([&] { return first->subscribers("presence-room") == 1; }));
}

TEST_F(ClusterBridgeTest, OneThatWasTakenForDeadReportsEverythingAgain) {
    const auto first = start();
    const auto second = start();
    const auto bob = second->listen("presence-room", member("bob"));
    ASSERT_TRUE(eventually([&] { return first->members("presence-room") == Names{"bob"}; }));
    first->bridge.keep({}, now());
    ASSERT_TRUE(eventually([&] { return first->members("presence-room").empty(); }));
    second->bridge.repair(true);
    EXPECT_TRUE(eventually([&] { return first->members("presence-room") == Names{"bob"}; }));
}

TEST_F(ClusterBridgeTest, WhatChangedWhileTheBrokerWasAwayIsReportedAfterwards) {
    const auto first = start();
    const auto second = start();
    const auto ann = second->listen("presence-room", member("ann"));
    ASSERT_TRUE(eventually([&] { return first->members("presence-room") == Names{"ann"}; }));
    cluster.set_cut(true);
    EXPECT_FALSE(first->publish({.channel = "a", .event = "e", .data = "1"}));
    const auto bob = second->listen("presence-room", member("bob"));
    second->leave(*ann, "presence-room", "ann");
    ASSERT_TRUE(eventually([&] { return second->members("presence-room") == Names{"bob"}; }));
    second->bridge.repair(false);
    cluster.set_cut(false);
    second->bridge.repair(false);
    EXPECT_TRUE(eventually([&] {
        second->bridge.repair(false);
        return first->members("presence-room") == Names{"bob"};
    }));
    EXPECT_TRUE(first->publish({.channel = "a", .event = "e", .data = "2"}));
}

}  // namespace
}  // namespace orderpush::realtime

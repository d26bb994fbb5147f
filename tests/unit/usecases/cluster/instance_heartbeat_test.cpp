#include "usecases/cluster/instance_heartbeat.hpp"

#include "tests/support/cluster/memory_instance_registry.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/sequential_ids.hpp"

#include <gtest/gtest.h>

namespace orderpush::usecases {
namespace {

using Peer = InstanceRegistry::Peer;

class InstanceHeartbeatTest : public testing::Test {
  protected:
    bool run(InstanceHeartbeat& heartbeat) {
        const auto warned = heartbeat.run_once(now);
        EXPECT_TRUE(warned);
        return warned.value();
    }
    Peer peer(bool is_sharing) { return {ids.make<InstanceId>(), is_sharing}; }

    test::ManualClock clock;
    test::SequentialIds ids;
    test::MemoryInstanceRegistry registry{clock};
    LiveInstanceSet live;
    InstanceHeartbeat::OnBeat remember = [this](const LiveInstanceSet& instances) {
        live = instances;
    };
    Deadline now = std::chrono::steady_clock::now();
};

TEST_F(InstanceHeartbeatTest, ReportsWhoElseSharesAndWhetherItWasAway) {
    const Peer other = peer(true);
    InstanceHeartbeat heartbeat{registry, peer(true), {}, remember};
    EXPECT_FALSE(run(heartbeat));
    EXPECT_TRUE(live.was_absent);
    EXPECT_TRUE(live.alive.empty());
    ASSERT_TRUE(registry.beat(other, std::chrono::seconds{15}));
    EXPECT_FALSE(run(heartbeat));
    EXPECT_FALSE(live.was_absent);
    EXPECT_EQ(live.alive, std::vector{other.id});
    EXPECT_EQ(live.asked_at, now);
}

TEST_F(InstanceHeartbeatTest, WarnsOnceAnHourIfAnyOfSeveralKeepsItsBroadcastsToItself) {
    for (const auto& [own, others] : {std::pair{false, false}, {false, true}, {true, false}}) {
        test::MemoryInstanceRegistry rows{clock};
        ASSERT_TRUE(rows.beat(peer(others), std::chrono::hours{3}));
        InstanceHeartbeat heartbeat{
            rows, peer(own), {.dead_after = std::chrono::hours{3}}, remember};
        EXPECT_TRUE(run(heartbeat));
        now += std::chrono::minutes{59};
        EXPECT_FALSE(run(heartbeat));
        now += std::chrono::minutes{1};
        EXPECT_TRUE(run(heartbeat));
    }
}

TEST_F(InstanceHeartbeatTest, OneAloneMayKeepItsBroadcastsToItself) {
    InstanceHeartbeat heartbeat{registry, peer(false), {}, remember};
    EXPECT_FALSE(run(heartbeat));
    EXPECT_FALSE(run(heartbeat));
}

TEST_F(InstanceHeartbeatTest, TakesTheInstanceOffAtTheEnd) {
    const Peer self = peer(true);
    InstanceHeartbeat heartbeat{registry, self, {}, remember};
    heartbeat.start();
    heartbeat.stop();
    EXPECT_TRUE(registry.beat(peer(true), std::chrono::seconds{15})->peers.empty());
}

}  // namespace
}  // namespace orderpush::usecases

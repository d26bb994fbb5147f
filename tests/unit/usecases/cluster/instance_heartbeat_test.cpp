#include "usecases/cluster/instance_heartbeat.hpp"

#include "tests/support/manual_clock.hpp"
#include "tests/support/memory/memory_instance_registry.hpp"
#include "tests/support/sequential_ids.hpp"

#include <gtest/gtest.h>

namespace orderpush::usecases {
namespace {

using Peer = InstanceRegistry::Peer;

class InstanceHeartbeatTest : public testing::Test {
  protected:
    bool run(InstanceHeartbeat& watch) {
        const auto warned = watch.run_once(now);
        EXPECT_TRUE(warned);
        return warned.value();
    }
    Peer peer(bool is_sharing) { return {ids.make<InstanceId>(), is_sharing}; }

    test::ManualClock clock;
    test::SequentialIds ids;
    test::MemoryInstanceRegistry registry{clock};
    LiveInstanceSet told;
    InstanceHeartbeat::OnBeat keep = [this](const LiveInstanceSet& roll) { told = roll; };
    Deadline now = std::chrono::steady_clock::now();
};

TEST_F(InstanceHeartbeatTest, TellsWhoElseSharesAndWhetherItWasAway) {
    const Peer other = peer(true);
    InstanceHeartbeat watch{registry, peer(true), {}, keep};
    EXPECT_FALSE(run(watch));
    EXPECT_TRUE(told.was_absent);
    EXPECT_TRUE(told.alive.empty());
    ASSERT_TRUE(registry.beat(other, std::chrono::seconds{15}));
    EXPECT_FALSE(run(watch));
    EXPECT_FALSE(told.was_absent);
    EXPECT_EQ(told.alive, std::vector{other.id});
    EXPECT_EQ(told.asked_at, now);
}

TEST_F(InstanceHeartbeatTest, WarnsOnceAnHourIfAnyOfSeveralKeepsItsBroadcastsToItself) {
    for (const auto& [own, others] : {std::pair{false, false}, {false, true}, {true, false}}) {
        test::MemoryInstanceRegistry rows{clock};
        ASSERT_TRUE(rows.beat(peer(others), std::chrono::hours{3}));
        InstanceHeartbeat watch{rows, peer(own), {.dead_after = std::chrono::hours{3}}, keep};
        EXPECT_TRUE(run(watch));
        now += std::chrono::minutes{59};
        EXPECT_FALSE(run(watch));
        now += std::chrono::minutes{1};
        EXPECT_TRUE(run(watch));
    }
}

TEST_F(InstanceHeartbeatTest, OneAloneMayKeepItsBroadcastsToItself) {
    InstanceHeartbeat watch{registry, peer(false), {}, keep};
    EXPECT_FALSE(run(watch));
    EXPECT_FALSE(run(watch));
}

TEST_F(InstanceHeartbeatTest, TakesTheInstanceOffAtTheEnd) {
    const Peer self = peer(true);
    InstanceHeartbeat watch{registry, self, {}, keep};
    watch.start();
    watch.stop();
    EXPECT_TRUE(registry.beat(peer(true), std::chrono::seconds{15})->peers.empty());
}

}  // namespace
}  // namespace orderpush::usecases

#include "storage/store_factories.hpp"
#include "tests/contract/store_contract.hpp"
#include "tests/support/cluster/memory_instance_registry.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/postgres/pg_world.hpp"

namespace orderpush::test {
namespace {

using Peer = InstanceRegistry::Peer;

constexpr std::chrono::seconds kDeadAfter{15};

class InstanceRegistryContract : public StoreContract {
  protected:
    std::unique_ptr<InstanceRegistry> make_registry() {
        if (GetParam() == Implementation::kMemory) {
            return std::make_unique<MemoryInstanceRegistry>(world->clock);
        }
        return storage::make_instance_registry(dynamic_cast<PgWorld&>(*world).pool());
    }
    /// PostgreSQL goes by its own clock: what was seen so far was seen that much earlier.
    void pass(std::chrono::seconds time) {
        world->clock.advance(time);
        if (GetParam() == Implementation::kPostgres) {
            dynamic_cast<PgWorld&>(*world).database().execute(
                "update instances set seen_at = seen_at - interval '1 second' * " +
                std::to_string(time.count())
            );
        }
    }
    InstanceRegistry::LiveInstances beat(const Peer& self) {
        auto roll = registry->beat(self, kDeadAfter);
        EXPECT_TRUE(roll) << roll.error().detail;
        return roll.value();
    }

    std::unique_ptr<InstanceRegistry> registry = make_registry();
    const Peer first{.id = ids.make<InstanceId>(), .is_sharing = true};
    const Peer second{.id = ids.make<InstanceId>(), .is_sharing = false};
};

TEST_P(InstanceRegistryContract, EachSeesTheOthersAndNotItself) {
    EXPECT_TRUE(beat(first).peers.empty());
    EXPECT_EQ(beat(second).peers, std::vector{first});
    EXPECT_EQ(beat(first).peers, std::vector{second});
}

TEST_P(InstanceRegistryContract, OneThatIsSilentForTooLongIsNoLongerSeen) {
    beat(first);
    pass(std::chrono::seconds{14});
    EXPECT_EQ(beat(second).peers.size(), 1U);
    pass(std::chrono::seconds{2});
    EXPECT_TRUE(beat(second).peers.empty());
}

TEST_P(InstanceRegistryContract, OneLearnsThatItWasTakenForDead) {
    EXPECT_TRUE(beat(first).was_absent);
    EXPECT_FALSE(beat(first).was_absent);
    pass(std::chrono::seconds{16});
    EXPECT_TRUE(beat(first).was_absent);
    EXPECT_FALSE(beat(first).was_absent);
}

TEST_P(InstanceRegistryContract, OneThatLeavesIsGoneAtOnce) {
    beat(first);
    ASSERT_TRUE(registry->leave(first.id));
    EXPECT_TRUE(registry->leave(first.id));
    EXPECT_TRUE(beat(second).peers.empty());
}

ORDERPUSH_CONTRACT_SUITE(InstanceRegistryContract);

}  // namespace
}  // namespace orderpush::test

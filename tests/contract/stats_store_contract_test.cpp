#include "base/clock.hpp"
#include "core/events/event.hpp"
#include "core/events/event_log.hpp"
#include "core/kitchen/stats_store.hpp"
#include "tests/contract/store_contract.hpp"
#include "tests/support/manual_clock.hpp"

#include <gtest/gtest.h>

namespace orderpush::test {
namespace {

class StatsStoreContract : public StoreContract {
  protected:
    KitchenCount count() {
        const auto counted = world->stats().count(sample.branch.id);
        EXPECT_TRUE(counted) << counted.error().detail;
        return counted ? *counted : KitchenCount{};
    }
    bool tell(const KitchenCount& known, bool is_changed = true) {
        ToldCount told{
            .branch = sample.branch.id,
            .stats = known.stats,
            .kitchen_seq = known.kitchen_seq,
            .at = world->clock.now(),
            .events = {}};
        if (is_changed) {
            told.events.push_back(sample.event("kitchen:stats_update", {kitchen}));
        }
        const auto done = world->stats().tell(told);
        EXPECT_TRUE(done) << done.error().detail;
        return done && *done;
    }
    std::vector<BranchId> outdated(const std::optional<BranchId>& after = {}, int limit = 10) {
        const auto branches = world->stats().list_outdated(after, limit);
        EXPECT_TRUE(branches) << branches.error().detail;
        return branches ? *branches : std::vector<BranchId>{};
    }
    std::int64_t kitchen_seq() {
        const auto history = world->events().read(kitchen, 0, 100);
        EXPECT_TRUE(history);
        return history ? history->last_seq : -1;
    }

    TableSession session = sample.open_session();
    Channel kitchen = Channel::kitchen(sample.branch.id);
};

TEST_P(StatsStoreContract, AQuietKitchenWasToldNothingAndIsNotOutdated) {
    const auto counted = count();
    EXPECT_EQ(counted.stats, KitchenStats{});
    EXPECT_EQ(counted.told, KitchenStats{});
    EXPECT_EQ(counted.kitchen_seq, 0);
    EXPECT_TRUE(outdated().empty());
}

TEST_P(StatsStoreContract, ACountKnowsItsPositionAndWhatWasTold) {
    sample.place_order(session);
    const auto before = count();
    EXPECT_EQ(before.stats, (KitchenStats{.pending = 2}));
    EXPECT_EQ(before.kitchen_seq, 1);
    EXPECT_EQ(before.told, KitchenStats{});
    EXPECT_TRUE(tell(before));
    EXPECT_EQ(count().told, before.stats);
}

TEST_P(StatsStoreContract, TellingRecordsItsEventAndEndsBeingOutdated) {
    sample.place_order(session);
    EXPECT_EQ(outdated(), std::vector{sample.branch.id});
    EXPECT_TRUE(tell(count()));
    EXPECT_EQ(kitchen_seq(), 2);
    EXPECT_TRUE(outdated().empty());
}

TEST_P(StatsStoreContract, NotingThatNothingChangedEndsItToo) {
    sample.place_order(session);
    EXPECT_TRUE(tell(count(), false));
    EXPECT_EQ(kitchen_seq(), 1);
    EXPECT_TRUE(outdated().empty());
}

TEST_P(StatsStoreContract, ABranchWithEventsBetweenCountAndTellingIsOutdatedAgain) {
    sample.place_order(session);
    const auto known = count();
    sample.place_order(session);
    EXPECT_TRUE(tell(known));
    EXPECT_EQ(outdated(), std::vector{sample.branch.id});
    EXPECT_TRUE(tell(count()));
    EXPECT_TRUE(outdated().empty());
    EXPECT_EQ(count().told, (KitchenStats{.pending = 4}));
}

TEST_P(StatsStoreContract, AnOlderCountIsNotTold) {
    sample.place_order(session);
    const auto known = count();
    EXPECT_TRUE(tell(known));
    EXPECT_FALSE(tell(known));
    EXPECT_EQ(kitchen_seq(), 2);
}

TEST_P(StatsStoreContract, OutdatedBranchesPageInOrderOfId) {
    SampleRestaurant other{*world, ids};
    sample.place_order(session);
    other.place_order(other.open_session());
    EXPECT_EQ(outdated({}, 1), std::vector{sample.branch.id});
    EXPECT_EQ(outdated(sample.branch.id, 1), std::vector{other.branch.id});
    EXPECT_TRUE(outdated(other.branch.id).empty());
}

ORDERPUSH_CONTRACT_SUITE(StatsStoreContract);

}  // namespace
}  // namespace orderpush::test

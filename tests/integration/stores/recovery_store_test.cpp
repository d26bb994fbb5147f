#include "core/events/recovery_store.hpp"

#include "tests/integration/pg_test.hpp"
#include "tests/support/manual_clock.hpp"

namespace orderpush::test {
namespace {

using std::chrono::minutes;

class RecoveryStoreTest : public PgTest {
  protected:
    std::optional<std::string> find(const std::string& key) {
        const auto found = store.find(key, world.clock.now());
        EXPECT_TRUE(found) << found.error().detail;
        return found.value();
    }
    Timestamp in(minutes time) { return world.clock.now() + time; }

    RecoveryStore& store = world.recovery();
    TableSession session = sample.open_session();
    const Channel kitchen = Channel::kitchen(sample.branch.id);
    const Channel waiters = Channel::waiters(sample.branch.id);
};

TEST_F(RecoveryStoreTest, GivesBackWhatWasSavedLast) {
    EXPECT_EQ(find("key"), std::nullopt);
    ASSERT_TRUE(store.save("key", "one", in(minutes{5})));
    ASSERT_TRUE(store.save("key", "two", in(minutes{5})));
    ASSERT_TRUE(store.save("other", "three", in(minutes{5})));
    EXPECT_EQ(find("key"), "two");
    ASSERT_TRUE(store.remove("key"));
    EXPECT_EQ(find("key"), std::nullopt);
    EXPECT_EQ(find("other"), "three");
}

TEST_F(RecoveryStoreTest, ForgetsWhatIsNotExtended) {
    ASSERT_TRUE(store.save("left", "x", in(minutes{5})));
    ASSERT_TRUE(store.save("stays", "y", in(minutes{5})));
    ASSERT_TRUE(store.extend({"stays", "unknown"}, in(minutes{10})));
    world.clock.advance(minutes{6});
    EXPECT_EQ(find("left"), std::nullopt);
    EXPECT_EQ(find("stays"), "y");
    EXPECT_EQ(find("unknown"), std::nullopt);
    EXPECT_EQ(store.purge(world.clock.now(), 10).value(), 1U);
    EXPECT_EQ(store.purge(world.clock.now(), 10).value(), 0U);
    EXPECT_EQ(find("stays"), "y");
}

TEST_F(RecoveryStoreTest, KnowsWhereAListenerStandsOnItsOtherChannels) {
    sample.place_order(session);
    sample.place_order(session);
    sample.place_order(session);
    const Channel table = Channel::table(session.table.id);
    const auto positions = store.positions(kitchen, 2, {waiters, kitchen, table});
    ASSERT_TRUE(positions) << positions.error().detail;
    EXPECT_EQ(*positions, (std::vector<std::int64_t>{2, 2, 0})) << "the table's has no events";
    const auto quiet = store.positions(kitchen, 1, {Channel::kitchen(ids.make<BranchId>())});
    EXPECT_EQ(*quiet, (std::vector<std::int64_t>{0}));
    EXPECT_EQ(store.positions(kitchen, 4, {waiters}).value(), std::nullopt) << "not there yet";
    EXPECT_EQ(store.positions(kitchen, 0, {waiters}).value(), std::nullopt);
}

TEST_F(RecoveryStoreTest, TakesAnEventThatCommittedLateForUnheard) {
    sample.place_order(session);
    sample.place_order(session);
    const auto settle = [&](const Channel& channel, int seq, const std::string& at) {
        world.database().execute(
            "insert into deliveries (adapter, channel, seq, state, attempts, via, updated_at) "
            "values ('builtin', '" +
            channel.name() + "', " + std::to_string(seq) + ", 'delivered', 1, 'builtin', '" + at +
            "')"
        );
    };
    world.database().execute(
        "insert into streams (name, is_active, is_first, changed_at) "
        "values ('builtin', true, true, now()) on conflict do nothing"
    );
    settle(kitchen, 1, "2026-11-30 12:00:01+00");
    settle(waiters, 1, "2026-11-30 12:00:01+00");
    settle(kitchen, 2, "2026-11-30 12:00:02+00");
    EXPECT_EQ(store.positions(kitchen, 2, {waiters}).value(), (std::vector<std::int64_t>{1}))
        << "its second is not told of yet, though its event is no newer";
    settle(waiters, 2, "2026-11-30 12:00:03+00");
    EXPECT_EQ(store.positions(kitchen, 2, {waiters}).value(), (std::vector<std::int64_t>{1}))
        << "it was told of behind what was heard last";
    EXPECT_EQ(store.positions(waiters, 2, {kitchen}).value(), (std::vector<std::int64_t>{2}));
    EXPECT_EQ(store.positions(kitchen, 1, {waiters}).value(), (std::vector<std::int64_t>{1}))
        << "told of together";
}

}  // namespace
}  // namespace orderpush::test

#include "base/clock.hpp"
#include "tests/integration/pg_test.hpp"
#include "tests/support/manual_clock.hpp"

#include <gtest/gtest.h>

namespace orderpush::test {
namespace {

class OutboxLeaseTest : public PgTest {
  protected:
    Result<std::vector<OutboxEntry>> claim(storage::PgOutbox& outbox) {
        return outbox.claim("test", 10, world.clock.now());
    }
    int terminate_holder() {
        return world.database()
                   .execute(
                       "select pg_terminate_backend(pid, 5000) from pg_locks "
                       "where locktype = 'advisory' and database = (select oid from pg_database "
                       "where datname = current_database())"
                   )
                   .affected_rows() > 0;
    }

    storage::PgOutbox first{{.url = world.database().url()}};
    storage::PgOutbox second{{.url = world.database().url()}};
};

TEST_F(OutboxLeaseTest, OneInstanceRelaysAtATime) {
    ASSERT_TRUE(claim(first));
    const auto refused = claim(second);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::kConflict);
    EXPECT_EQ(refused.error().code, "relay_elsewhere");
    EXPECT_TRUE(claim(first));
}

TEST_F(OutboxLeaseTest, AnotherTakesOverWhenTheHoldersSessionEnds) {
    sample.place_order(sample.open_session());
    const auto entries = claim(first);
    ASSERT_TRUE(entries);
    ASSERT_FALSE(claim(second));
    ASSERT_TRUE(terminate_holder());
    const auto taken = claim(second);
    ASSERT_TRUE(taken) << taken.error().detail;
    EXPECT_EQ(taken->size(), 3U);
    EXPECT_EQ(claim(first).error().code, "relay_elsewhere");
}

TEST_F(OutboxLeaseTest, WhoLostTheLeaseSettlesNothing) {
    sample.place_order(sample.open_session());
    const auto entries = claim(first);
    ASSERT_TRUE(terminate_holder());
    ASSERT_TRUE(claim(second));
    const std::vector<Settlement> settlements{
        {.channel = entries->at(0).channel, .seq = 1, .state = Settlement::State::kDead}};
    const auto settled = first.settle("test", settlements, world.clock.now());
    ASSERT_FALSE(settled);
    EXPECT_EQ(settled.error().code, "relay_elsewhere");
    EXPECT_EQ(claim(second)->size(), 3U);
}

TEST_F(OutboxLeaseTest, AHolderThatFellSilentLosesTheLease) {
    storage::PgOutbox frozen{
        {.url = world.database().url(), .idle_session_timeout = std::chrono::milliseconds{100}}};
    ASSERT_TRUE(claim(frozen));
    EXPECT_TRUE(eventually([&] { return claim(second).has_value(); }));
    EXPECT_EQ(claim(frozen).error().code, "relay_elsewhere");
}

TEST_F(OutboxLeaseTest, AdaptersHaveLeasesOfTheirOwn) {
    ASSERT_TRUE(claim(first));
    EXPECT_TRUE(second.claim("other", 10, world.clock.now()));
}

}  // namespace
}  // namespace orderpush::test

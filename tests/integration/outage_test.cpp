#include "base/clock.hpp"
#include "core/delivery/outbox.hpp"
#include "core/orders/order_store.hpp"
#include "core/tables/session_store.hpp"
#include "storage/database/connection.hpp"
#include "storage/database/failure.hpp"
#include "storage/database/transaction.hpp"
#include "storage/database/watchdog.hpp"
#include "storage/statement_lists.hpp"
#include "tests/integration/pg_test.hpp"
#include "tests/support/manual_clock.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <stdexcept>

namespace orderpush::test {
namespace {

class OutageTest : public PgTest {
  protected:
    /// Ends every session of the test's database but the asking one, as a restart of the server
    /// does.
    void terminate_all() {
        world.database().execute(
            "select pg_terminate_backend(pid, 5000) from pg_stat_activity "
            "where datname = current_database() and pid <> pg_backend_pid()"
        );
    }
};

TEST_F(OutageTest, ThePoolRecoversFromARestartWithoutAFailedCall) {
    const auto session = sample.open_session();
    in_parallel(8, [&](int) { EXPECT_TRUE(world.orders().place(sample.new_order(session))); });
    terminate_all();
    in_parallel(8, [&](int) {
        const auto placed = world.orders().place(sample.new_order(session));
        EXPECT_TRUE(placed) << placed.error().detail;
    });
}

TEST_F(OutageTest, ATransactionThatIsLostBeforeItsCommitIsTriedAgain) {
    const auto lock = storage::Parameters{}.add(sample.open_session().id);
    int attempts = 0;
    const auto rows = world.pool().transact([&](storage::Transaction& transaction) {
        auto locked = transaction.execute(storage::find_statement("lock_session"), lock);
        if (++attempts == 1) {
            terminate_all();
            locked = transaction.execute(storage::find_statement("lock_session"), lock);
        }
        return Result<pqxx::result>{locked};
    });
    ASSERT_TRUE(rows) << rows.error().detail;
    EXPECT_EQ(attempts, 2);
}

TEST_F(OutageTest, ATransactionThatIsLostInItsCommitIsInDoubtAndNotTriedAgain) {
    const auto lock = storage::Parameters{}.add(sample.open_session().id);
    int attempts = 0;
    const auto rows = world.pool().transact([&](storage::Transaction& transaction) {
        ++attempts;
        auto locked = transaction.execute(storage::find_statement("lock_session"), lock);
        terminate_all();
        return Result<pqxx::result>{locked};
    });
    ASSERT_FALSE(rows);
    EXPECT_EQ(rows.error().code, "outcome_unknown");
    EXPECT_EQ(attempts, 1);
}

TEST_F(OutageTest, ATransactionThatAnswersWithAnErrorLeavesNothing) {
    const auto session = sample.open_session();
    const auto closing = storage::Parameters{}
                             .add(session.id)
                             .add(world.clock.now())
                             .add("[]")
                             .add("[]")
                             .add(std::optional<Timestamp>{});
    const auto rows =
        world.pool().transact([&](storage::Transaction& transaction) -> Result<pqxx::result> {
            transaction.execute(storage::find_statement("close_session"), closing);
            return Error{.kind = ErrorKind::kConflict, .code = "no", .message = {}};
        });
    ASSERT_FALSE(rows);
    EXPECT_EQ(rows.error().code, "no");
    EXPECT_TRUE(world.sessions().find(session.id)->is_open);
}

TEST_F(OutageTest, TheOutboxRecoversFromARestart) {
    sample.place_order(sample.open_session());
    ASSERT_EQ(world.outbox().claim("test", 10, world.clock.now())->size(), 3U);
    terminate_all();
    const auto again = world.outbox().claim("test", 10, world.clock.now());
    ASSERT_TRUE(again) << again.error().detail;
    EXPECT_EQ(again->size(), 3U);
}

TEST_F(OutageTest, AWriteWhoseAnswerIsLostIsUnavailableAndSaysSo) {
    const auto session = sample.open_session();
    pqxx::connection closer{world.database().url()};
    pqxx::work closing{closer};
    closing.exec0("update table_sessions set closed_at = null");
    std::optional<Result<PlacedOrder>> placed;
    std::jthread placing{[&] { placed = world.orders().place(sample.new_order(session)); }};
    ASSERT_TRUE(eventually([&] {
        return world.database()
                   .execute(
                       "select count(pg_terminate_backend(pid)) from pg_stat_activity "
                       "where datname = current_database() and wait_event_type = 'Lock'"
                   )
                   .at(0)[0]
                   .as<int>() > 0;
    }));
    placing.join();
    ASSERT_FALSE(*placed);
    EXPECT_EQ(placed->error().kind, ErrorKind::kUnavailable);
    EXPECT_EQ(placed->error().code, "outcome_unknown");
    EXPECT_TRUE(placed->error().retry_after);
}

TEST_F(OutageTest, APoolWithoutServerFailsForEveryoneAfterOneAttempt) {
    // Port 1 refuses: nobody listens on it.
    storage::DbPool pool{
        {.url = "host=127.0.0.1 port=1 dbname=none", .away_pause = std::chrono::seconds{600}}};
    constexpr const char* kNotTried = "the last attempt to connect failed";
    const auto attempt = pool.lease();
    ASSERT_FALSE(attempt);
    EXPECT_NE(attempt.error().detail, kNotTried);
    in_parallel(8, [&](int) {
        for (int i = 0; i < 10; ++i) {
            const auto lease = pool.lease();
            ASSERT_FALSE(lease);
            EXPECT_EQ(lease.error().kind, ErrorKind::kUnavailable);
            EXPECT_TRUE(lease.error().retry_after);
            EXPECT_EQ(lease.error().detail, kNotTried);
        }
    });
}

TEST_F(OutageTest, AFullPoolIsUnavailableAfterItsDeadline) {
    storage::DbPool pool{
        {.url = world.database().url(), .size = 1, .lease_timeout = std::chrono::milliseconds{50}}};
    const auto held = pool.lease();
    ASSERT_TRUE(held);
    const auto refused = pool.lease();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::kUnavailable);
}

TEST_F(OutageTest, ALeaseGoesBackWhenItEnds) {
    storage::DbPool pool{{.url = world.database().url(), .size = 1}};
    for (int i = 0; i < 3; ++i) {
        EXPECT_TRUE(pool.lease());
    }
}

TEST_F(OutageTest, TheWatchdogEndsACallThatIsOverdue) {
    storage::Connection connection{{.url = world.database().url()}};
    constexpr storage::Statement kSleep{
        "sleep", "select pg_sleep(4)", storage::Statement::Access::kRead};
    storage::Watchdog watchdog{std::chrono::milliseconds{10}};
    const storage::Watchdog::Watch watch{watchdog, connection};
    try {
        static_cast<void>(connection.execute(kSleep, {}));
        FAIL() << "the call came back";
    } catch (const std::exception& exception) {
        EXPECT_EQ(storage::to_failure(exception).kind, storage::Failure::Kind::kConnectionLost);
    }
    EXPECT_TRUE(connection.is_stale());
}

TEST_F(OutageTest, AUrlThatCannotBeReadIsRefusedWithoutShowingIt) {
    try {
        const storage::DbPool pool{{.url = "postgresql://user:geheim@[host/"}};
        FAIL();
    } catch (const std::invalid_argument& error) {
        EXPECT_EQ(std::string{error.what()}.find("geheim"), std::string::npos);
    }
}

}  // namespace
}  // namespace orderpush::test

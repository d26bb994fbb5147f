#include "core/orders/order_store.hpp"
#include "storage/database/connection.hpp"
#include "storage/database/transaction.hpp"
#include "storage/statement_lists.hpp"
#include "tests/integration/pg_test.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/postgres/test_role.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <optional>

namespace orderpush::test {
namespace {

using namespace std::chrono_literals;
using storage::DbPool;

constexpr storage::Statement kSettings{
    "settings",
    "select current_setting('statement_timeout') as statement_timeout, "
    "current_setting('lock_timeout') as lock_timeout, current_setting('TimeZone') as time_zone, "
    "(select count(*) from pg_prepared_statements) as prepared",
    storage::Statement::Access::kRead};

constexpr storage::Statement kWrite{
    "write", "delete from hub_kept_messages", storage::Statement::Access::kWrite};

class PoolTest : public PgTest {
  protected:
    std::string url() { return world.database().url(); }
    void set_read_only(bool is_on) {
        world.database().execute(
            "alter database " + world.database().name() +
            " set default_transaction_read_only = " + (is_on ? "on" : "off")
        );
    }
    void TearDown() override {
        // A session may set it off again.
        pqxx::connection connection{url() + " options='-c default_transaction_read_only=off'"};
        pqxx::nontransaction{connection}.exec0(
            "alter database " + world.database().name() + " reset default_transaction_read_only"
        );
    }
};

TEST_F(PoolTest, ADirectSessionKeepsItsLimitsAndItsStatements) {
    DbPool pool{{.url = url(), .size = 1}};
    ASSERT_TRUE(pool.run(kSettings, {}));
    const auto rows = pool.run(kSettings, {});
    ASSERT_TRUE(rows) << rows.error().detail;
    const auto row = rows->at(0);
    EXPECT_STREQ(row["statement_timeout"].c_str(), "5s");
    EXPECT_STREQ(row["lock_timeout"].c_str(), "3s");
    EXPECT_STREQ(row["time_zone"].c_str(), "UTC");
    EXPECT_EQ(row["prepared"].as<int>(), 1);
}

TEST_F(PoolTest, WhatTheUrlSetsWins) {
    DbPool pool{{.url = url() + " options='-c lock_timeout=1234'", .size = 1}};
    const auto rows = pool.run(kSettings, {});
    ASSERT_TRUE(rows) << rows.error().detail;
    EXPECT_STREQ(rows->at(0)["lock_timeout"].c_str(), "1234ms");
    EXPECT_STREQ(rows->at(0)["statement_timeout"].c_str(), "5s");
}

TEST_F(PoolTest, APooledSessionHasLimitsOnlyWithinTransactionsAndNoStatements) {
    DbPool pool{{.url = url(), .is_pooled = true, .size = 1}};
    const auto alone = pool.run(kSettings, {});
    ASSERT_TRUE(alone) << alone.error().detail;
    EXPECT_STREQ(alone->at(0)["statement_timeout"].c_str(), "5s");
    const auto within = pool.transact([](storage::Transaction& transaction) {
        return Result<pqxx::result>{transaction.execute(kSettings, {})};
    });
    ASSERT_TRUE(within) << within.error().detail;
    EXPECT_STREQ(within->at(0)["lock_timeout"].c_str(), "3s");
    EXPECT_EQ(within->at(0)["prepared"].as<int>(), 0);
    auto lease = pool.lease();
    ASSERT_TRUE(lease);
    pqxx::nontransaction session{lease->connection().raw()};
    EXPECT_STRNE(session.exec1("show statement_timeout")[0].c_str(), "5s");
}

TEST_F(PoolTest, PooledSessionsServeTheStores) {
    DbPool pool{{.url = url(), .is_pooled = true, .size = 4}};
    storage::Stores stores{pool, world.clock};
    const auto session = sample.open_session();
    in_parallel(4, [&](int) {
        for (int i = 0; i < 5; ++i) {
            const auto placed = stores.orders().place(sample.new_order(session));
            EXPECT_TRUE(placed) << placed.error().detail;
        }
    });
    // A statement that fails leaves no transaction behind.
    EXPECT_FALSE(pool.run({"broken", "select 1 / 0", storage::Statement::Access::kRead}, {}));
    EXPECT_TRUE(pool.run(kWrite, {}));
}

TEST_F(PoolTest, AStatementThatTheSessionDoesNotKnowIsRunOnAnother) {
    for (const bool is_pooled : {false, true}) {
        DbPool pool{{.url = url(), .is_pooled = is_pooled, .size = 1}};
        ASSERT_TRUE(pool.run(kSettings, {}));
        {
            auto lease = pool.lease();
            ASSERT_TRUE(lease);
            pqxx::nontransaction{lease->connection().raw()}.exec0("deallocate all");
        }
        const auto rows = pool.run(kSettings, {});
        EXPECT_TRUE(rows) << rows.error().detail;
    }
}

TEST_F(PoolTest, CallersShareWhatTheServerGrants) {
    const TestRole role{world.database(), "connection limit 2"};
    DbPool pool{{.url = role.url(), .size = 10, .lease_timeout = 30s, .growth_pause = 600s}};
    std::atomic<int> done{0};
    in_parallel(10, [&](int) {
        for (int i = 0; i < 20; ++i) {
            const auto rows = pool.run(kSettings, {});
            ASSERT_TRUE(rows) << rows.error().detail;
            ++done;
        }
    });
    EXPECT_EQ(done, 200);
    EXPECT_LE(pool.figures().open, 2U);
}

TEST_F(PoolTest, MoreAreAskedForLater) {
    const TestRole role{world.database(), "connection limit 1"};
    DbPool pool{{.url = role.url(), .size = 2, .lease_timeout = 30s, .growth_pause = 1ms}};
    std::optional<DbPool::Lease> first;
    {
        auto lease = pool.lease();
        ASSERT_TRUE(lease);
        first.emplace(*std::move(lease));
    }
    std::jthread granting{
        [&] { world.database().execute("alter role " + role.name() + " connection limit 2"); }};
    const auto second = pool.lease();
    EXPECT_TRUE(second) << second.error().detail;
}

TEST_F(PoolTest, ARoleWithoutAnyConnectionLeftIsUnavailableAtOnce) {
    const TestRole role{world.database(), "connection limit 1"};
    const pqxx::connection other{role.url()};
    DbPool pool{{.url = role.url(), .size = 5, .lease_timeout = 600s}};
    const auto refused = pool.lease();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, "database_unavailable");
}

TEST_F(PoolTest, MakesRoomForASessionOutsideIt) {
    const TestRole role{world.database(), "connection limit 3"};
    DbPool pool{{.url = role.url(), .size = 3, .growth_pause = 600s}};
    {
        // A leased one goes when it comes back.
        auto one = pool.lease();
        auto two = pool.lease();
        auto three = pool.lease();
        ASSERT_TRUE(one && two && three);
        EXPECT_THROW(pqxx::connection{role.url()}, pqxx::broken_connection);
        pool.make_room();
        EXPECT_EQ(pool.figures().open, 3U);
    }
    EXPECT_EQ(pool.figures().open, 2U);
    ASSERT_TRUE(eventually([&] {
        try {
            const pqxx::connection outside{role.url()};
            return true;
        } catch (const pqxx::broken_connection&) {
            return false;
        }
    }));
    pool.make_room();
    pool.make_room();
    EXPECT_EQ(pool.figures().open, 1U) << "the last one stays";
}

TEST_F(PoolTest, AServerThatTakesNoWritesIsNoticedAndLeft) {
    DbPool pool{{.url = url(), .size = 2}};
    EXPECT_TRUE(pool.check_writable());
    set_read_only(true);
    // Sessions of before write on, as far as they know; a demoted server ends them.
    DbPool later{{.url = url(), .size = 2}};
    const auto refused = later.check_writable();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, "database_read_only");
    EXPECT_EQ(refused.error().kind, ErrorKind::kUnavailable);
    EXPECT_EQ(later.figures().open, 0U);
    const auto write = later.run(kWrite, {});
    ASSERT_FALSE(write);
    EXPECT_EQ(write.error().code, "database_read_only");
    EXPECT_TRUE(write.error().retry_after);
    EXPECT_EQ(later.figures().open, 0U) << "the next one may find the new primary";
    TearDown();
    EXPECT_TRUE(later.run(kWrite, {}));
    EXPECT_TRUE(later.check_writable());
}

TEST_F(PoolTest, AWriteThatFindsNoRoomIsToldUntilItIsDone) {
    world.database().execute(
        "create function no_room() returns trigger language plpgsql as $$ begin raise exception "
        "'could not extend file' using errcode = '53100'; end $$; "
        "create trigger no_room before delete on hub_kept_messages "
        "for each statement execute function no_room()"
    );
    DbPool pool{{.url = url(), .size = 1}};
    const auto write = pool.run(kWrite, {});
    ASSERT_FALSE(write);
    EXPECT_EQ(write.error().code, "database_full");
    ASSERT_FALSE(pool.check_writable());
    EXPECT_EQ(pool.check_writable().error().code, "database_full");
    world.database().execute("drop trigger no_room on hub_kept_messages; drop function no_room");
    EXPECT_TRUE(pool.run(kWrite, {}));
    EXPECT_TRUE(pool.check_writable());
}

}  // namespace
}  // namespace orderpush::test

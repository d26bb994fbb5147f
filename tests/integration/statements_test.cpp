#include "core/orders/order_store.hpp"
#include "storage/database/connection.hpp"
#include "storage/database/failure.hpp"
#include "storage/statement_lists.hpp"
#include "tests/integration/pg_test.hpp"
#include "tests/support/manual_clock.hpp"

#include <gtest/gtest.h>

#include <set>

namespace orderpush::test {
namespace {

class StatementsTest : public PgTest {
  protected:
    /// The error of a statement that fails.
    Error error_of(const std::string& sql) {
        try {
            world.database().execute(sql);
        } catch (const std::exception& exception) {
            return storage::to_failure(exception).error;
        }
        ADD_FAILURE() << "did not fail: " << sql;
        return {};
    }
};

TEST_F(StatementsTest, EachPreparesUnderANameOfItsOwn) {
    storage::Connection connection{{.url = world.database().url()}};
    std::set<std::string> names;
    for (const auto& statement : storage::all_statements()) {
        EXPECT_TRUE(names.insert(statement.name).second) << statement.name;
        connection.raw().prepare(statement.name, statement.text);
        EXPECT_NO_THROW(connection.raw().prepare_now(statement.name)) << statement.name;
    }
}

TEST_F(StatementsTest, ATakenKeyIsAConflict) {
    const std::string insert = "insert into idempotency_keys values ('" + to_string(ids.next()) +
                               "', 'k', 'h', 201, '{}', now())";
    world.database().execute(insert);
    const Error error = error_of(insert);
    EXPECT_EQ(error.kind, ErrorKind::kConflict);
    EXPECT_EQ(error.code, "idempotency_key_taken");
    EXPECT_NE(error.detail.find("idempotency_keys_pkey"), std::string::npos);
    EXPECT_EQ(error.message.find("idempotency_keys_pkey"), std::string::npos);
}

TEST_F(StatementsTest, AConstraintNamedOnlyInAValueIsNotMistaken) {
    const Error error = error_of(
        "insert into restaurants values ('" + to_string(sample.branch.restaurant) +
        "', 'idempotency_keys_pkey', 'EUR', now())"
    );
    EXPECT_EQ(error.kind, ErrorKind::kInternal);
}

TEST_F(StatementsTest, AConstraintOfNoMeaningToCallersIsInternal) {
    const Error error =
        error_of("insert into restaurants values (gen_random_uuid(), 'R', 'eur', now())");
    EXPECT_EQ(error.kind, ErrorKind::kInternal);
    EXPECT_NE(error.detail.find("restaurants_currency_form"), std::string::npos);
}

TEST_F(StatementsTest, TimeoutsAreTimeouts) {
    const Error statement = error_of("set local statement_timeout = 20; select pg_sleep(10)");
    EXPECT_EQ(statement.kind, ErrorKind::kTimeout);
    pqxx::connection holder{world.database().url()};
    pqxx::work holding{holder};
    holding.exec("lock table orders");
    const Error lock = error_of("set local lock_timeout = 20; lock table orders");
    EXPECT_EQ(lock.kind, ErrorKind::kTimeout);
    EXPECT_TRUE(lock.retry_after);
}

TEST_F(StatementsTest, AnOrderOfTwoTenantsCannotBeWritten) {
    SampleRestaurant other{world, ids};
    const auto session = sample.open_session();
    const auto order = sample.place_order(session);
    const Error error = error_of(
        "update orders set branch_id = '" + to_string(other.branch.id) + "' where id = '" +
        to_string(order) + "'"
    );
    EXPECT_NE(error.detail.find("orders_session_fkey"), std::string::npos);
}

TEST_F(StatementsTest, ABranchNeedsAKnownTimeZone) {
    const Error error = error_of("update branches set time_zone = 'Mars/Olympus'");
    EXPECT_EQ(error.kind, ErrorKind::kInvalid);
}

TEST_F(StatementsTest, OrderNumbersFollowTheBusinessDayOfTheBranch) {
    // 18:30 in UTC is already the next day in Auckland, and two hours later still is.
    world.database().execute("update branches set time_zone = 'Pacific/Auckland'");
    const auto session = sample.open_session();
    EXPECT_EQ(world.orders().place(sample.new_order(session))->number, 1);
    world.clock.advance(std::chrono::hours{8});
    EXPECT_EQ(world.orders().place(sample.new_order(session))->number, 2);
    world.clock.advance(std::chrono::hours{10});
    EXPECT_EQ(world.orders().place(sample.new_order(session))->number, 1);
}

TEST_F(StatementsTest, CancellingCancelsTheTicketsToo) {
    const auto order = sample.place_order(sample.open_session());
    ASSERT_TRUE(world.orders().change(sample.moved(order, OrderStatus::kCancelled)));
    const auto tickets = world.database().execute(
        "select count(*), count(*) filter (where status = 'cancelled') from tickets"
    );
    EXPECT_EQ(tickets[0][0].as<int>(), 2);
    EXPECT_EQ(tickets[0][1].as<int>(), 2);
}

}  // namespace
}  // namespace orderpush::test

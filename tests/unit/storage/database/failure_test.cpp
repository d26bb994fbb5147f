#include "storage/database/failure.hpp"

#include <gtest/gtest.h>
#include <pqxx/pqxx>

namespace orderpush::storage {
namespace {

using Kind = Failure::Kind;

TEST(FailureTest, LostConnectionsAreUnavailableWithRetryAfter) {
    for (const char* state : {"", "57P01", "57P02", "57P05", "08006", "25P03"}) {
        const Failure failure = to_failure(pqxx::sql_error{"text", "query", state});
        EXPECT_EQ(failure.kind, Kind::kConnectionLost) << state;
        EXPECT_EQ(failure.error.kind, ErrorKind::kUnavailable) << state;
        EXPECT_TRUE(failure.error.retry_after) << state;
    }
    EXPECT_EQ(to_failure(pqxx::broken_connection{"text"}).kind, Kind::kConnectionLost);
}

TEST(FailureTest, ACommitInDoubtSaysThatItsOutcomeIsUnknown) {
    const Failure failure = to_failure(pqxx::in_doubt_error{"text"});
    EXPECT_EQ(failure.error.kind, ErrorKind::kUnavailable);
    EXPECT_EQ(failure.error.code, "outcome_unknown");
}

TEST(FailureTest, WhatTheServerRolledBackMayBeTriedAgain) {
    EXPECT_EQ(to_failure(pqxx::deadlock_detected{"text"}).kind, Kind::kRolledBack);
    EXPECT_EQ(to_failure(pqxx::serialization_failure{"text"}).kind, Kind::kRolledBack);
}

TEST(FailureTest, TimeoutsAreTimeouts) {
    EXPECT_EQ(to_failure(pqxx::sql_error{"t", "q", "57014"}).error.kind, ErrorKind::kTimeout);
    EXPECT_EQ(to_failure(pqxx::sql_error{"t", "q", "55P03"}).error.kind, ErrorKind::kTimeout);
}

TEST(FailureTest, AServerThatTakesNoWritesIsUnavailableAndAnotherConnectionIsTried) {
    const Failure failure = to_failure(pqxx::sql_error{"text", "query", "25006"});
    EXPECT_EQ(failure.error.code, "database_read_only");
    EXPECT_EQ(failure.error.kind, ErrorKind::kUnavailable);
    EXPECT_TRUE(failure.error.retry_after);
    EXPECT_EQ(failure.kind, Kind::kWrongSession);
    EXPECT_TRUE(failure.ends_connection());
    EXPECT_EQ(
        to_failure(pqxx::broken_connection{"… failed: session is read-only"}).error.code,
        "database_read_only"
    );
}

TEST(FailureTest, WhatTheServerCannotDoForAnybodyTellsOfIt) {
    const Failure full = to_failure(pqxx::disk_full{"text", "query", "53100"});
    EXPECT_EQ(full.error.code, "database_full");
    EXPECT_TRUE(full.error.retry_after);
    EXPECT_EQ(full.telling_count, 1);
    EXPECT_FALSE(full.ends_connection());
    EXPECT_EQ(to_failure(pqxx::sql_error{"t", "q", "58030"}).error.code, "database_unavailable");
    EXPECT_EQ(to_failure(pqxx::sql_error{"t", "q", "58030"}).telling_count, 1);
    EXPECT_GT(to_failure(pqxx::sql_error{"t", "q", "55P03"}).telling_count, 1);
    EXPECT_EQ(to_failure(pqxx::sql_error{"t", "q", "57014"}).telling_count, 0);
    EXPECT_EQ(to_failure(pqxx::unique_violation{"t", "q", "23505"}).telling_count, 0);
}

TEST(FailureTest, AStatementThatTheSessionDoesNotKnowIsTriedOnAnother) {
    for (const char* state : {"26000", "42P05", "0A000"}) {
        const Failure failure = to_failure(pqxx::sql_error{"text", "query", state});
        EXPECT_EQ(failure.kind, Kind::kWrongSession) << state;
        EXPECT_EQ(failure.error.kind, ErrorKind::kInternal) << state;
    }
}

TEST(FailureTest, AMissingRightIsNoLostConnection) {
    // As libpqxx throws it: without a state.
    const Failure failure = to_failure(pqxx::insufficient_privilege{"permission denied", "query"});
    EXPECT_EQ(failure.kind, Kind::kFinal);
    EXPECT_EQ(failure.error.kind, ErrorKind::kInternal);
    EXPECT_EQ(failure.error.detail, "permission denied");
}

TEST(FailureTest, TheLibrarysTextStaysInTheDetail) {
    const Failure failure = to_failure(pqxx::sql_error{"password=geheim", "query", "42601"});
    EXPECT_EQ(failure.error.kind, ErrorKind::kInternal);
    EXPECT_EQ(failure.error.message.find("geheim"), std::string::npos);
    EXPECT_EQ(failure.error.detail, "password=geheim");
}

TEST(FailureTest, AnyOtherExceptionIsInternal) {
    EXPECT_EQ(to_failure(std::runtime_error{"text"}).error.kind, ErrorKind::kInternal);
}

}  // namespace
}  // namespace orderpush::storage

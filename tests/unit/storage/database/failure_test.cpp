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

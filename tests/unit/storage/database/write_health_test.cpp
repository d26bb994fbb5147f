#include "storage/database/write_health.hpp"

#include <gtest/gtest.h>

namespace orderpush::storage {
namespace {

using namespace std::chrono_literals;

class WriteHealthTest : public testing::Test {
  protected:
    void fail(std::string_view name, const char* code, int telling_count = 1) {
        health.failed(
            name, {.kind = ErrorKind::kUnavailable, .code = code, .message = {}}, telling_count, now
        );
    }
    std::string trouble() {
        const auto error = health.trouble(now);
        return error ? error->code : "";
    }

    WriteHealth health;
    Deadline now = std::chrono::steady_clock::now();
};

TEST_F(WriteHealthTest, AFullDiskIsTroubleUntilThatWriteIsDone) {
    EXPECT_EQ(trouble(), "");
    fail("place_order", "database_full");
    EXPECT_EQ(trouble(), "database_full");
    health.done("beat");
    EXPECT_EQ(trouble(), "database_full") << "a small write may still find room";
    health.done("place_order");
    EXPECT_EQ(trouble(), "");
}

TEST_F(WriteHealthTest, WhatNobodyTriedForAWhileIsForgotten) {
    fail("place_order", "database_full");
    now += 29s;
    EXPECT_EQ(trouble(), "database_full");
    now += 1s;
    EXPECT_EQ(trouble(), "");
}

TEST_F(WriteHealthTest, TimeoutsTellOnlyInARow) {
    for (int i = 0; i < 4; ++i) {
        fail("place_order", "database_timeout", 5);
    }
    EXPECT_EQ(trouble(), "");
    health.done("place_order");
    fail("place_order", "database_timeout", 5);
    EXPECT_EQ(trouble(), "") << "one of another table's rows";
    for (int i = 0; i < 4; ++i) {
        fail("place_order", "database_timeout", 5);
    }
    EXPECT_EQ(trouble(), "database_timeout");
}

TEST_F(WriteHealthTest, TheLatestTroubleCounts) {
    fail("place_order", "database_full");
    now += 1s;
    fail("close_session", "database_unavailable");
    EXPECT_EQ(trouble(), "database_unavailable");
    health.done("close_session");
    EXPECT_EQ(trouble(), "database_full");
}

}  // namespace
}  // namespace orderpush::storage

#include "storage/database/conninfo.hpp"

#include "storage/database/connection.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>

namespace orderpush::storage {
namespace {

/// What libpq would use for a keyword.
std::string value_of(const std::string& connection_string, const std::string& keyword) {
    std::string value;
    for (const auto& [key, text] : parse_conninfo(connection_string)) {
        value = key == keyword ? text : value;
    }
    return value;
}

TEST(ConninfoTest, QuotesWhatNeedsQuoting) {
    const std::string text = to_string(Conninfo{{"password", R"(it's a \ "secret")"}});
    EXPECT_EQ(value_of(text, "password"), R"(it's a \ "secret")");
}

TEST(ConninfoTest, ReadsUrisAndStringsAlike) {
    for (const char* url :
         {"postgresql://ana:p%40ss@db:6543/orders?sslmode=require",
          "user=ana password=p@ss host=db port=6543 dbname=orders sslmode=require"}) {
        EXPECT_EQ(value_of(url, "host"), "db");
        EXPECT_EQ(value_of(url, "port"), "6543");
        EXPECT_EQ(value_of(url, "password"), "p@ss");
        EXPECT_EQ(value_of(url, "sslmode"), "require");
    }
}

TEST(ConninfoTest, RefusesWhatIsNeither) {
    EXPECT_THROW(parse_conninfo("postgresql://[host"), std::invalid_argument);
}

TEST(ConnectionStringTest, FillsInDeadlines) {
    const std::string text = connection_string({.url = "host=db"});
    EXPECT_EQ(value_of(text, "connect_timeout"), "2");
    const std::string options = value_of(text, "options");
    EXPECT_NE(options.find("statement_timeout=5000"), std::string::npos);
    EXPECT_NE(options.find("lock_timeout=3000"), std::string::npos);
}

TEST(ConnectionStringTest, WhatTheUrlSetsWins) {
    const std::string text = connection_string(
        {.url = "postgresql://db/?connect_timeout=9&options=-c%20statement_timeout%3D1"}
    );
    EXPECT_EQ(value_of(text, "connect_timeout"), "9");
    const std::string options = value_of(text, "options");
    EXPECT_LT(options.find("statement_timeout=5000"), options.find("statement_timeout=1"));
}

}  // namespace
}  // namespace orderpush::storage

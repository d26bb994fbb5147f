#include "storage/database/conninfo.hpp"

#include "storage/database/connection.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
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

TEST(ConninfoTest, CountsTheServersToChooseFrom) {
    EXPECT_EQ(host_count(parse_conninfo("postgresql://db/orders")), 1U);
    EXPECT_EQ(host_count(parse_conninfo("dbname=orders")), 1U);
    EXPECT_EQ(host_count(parse_conninfo("postgresql://a:5432,b:5433,c/orders")), 3U);
    EXPECT_EQ(host_count(parse_conninfo("host=a,b dbname=orders")), 2U);
    EXPECT_EQ(host_count(parse_conninfo("hostaddr=10.0.0.1,10.0.0.2")), 2U);
}

TEST(ConninfoTest, TellsConnectionsApartByWhatTheySay) {
    EXPECT_TRUE(is_same_connection(
        "postgresql://me@db:6543/orders",
        "dbname=orders port=6543 "
        "host=db user=me"
    ));
    EXPECT_FALSE(is_same_connection("postgresql://db:6543/orders", "postgresql://db:5432/orders"));
}

TEST(DatabaseUrlTest, TakesWhatLibpqCanReach) {
    for (const char* url :
         {"postgresql://me:pw@db:5432/orders",
          "postgres://db/orders",
          "host=db dbname=orders user=me password='p@ss word'",
          "dbname=orders",
          "postgresql:///orders?host=/var/run/postgresql",
          "postgresql://me:pw@a:5432,b:5433/orders?target_session_attrs=read-write",
          "postgresql://me:pw@a,b/orders?port=5432&target_session_attrs=primary",
          "host=a,b port=5432,5433 dbname=orders target_session_attrs=read-write",
          "host=a,b,c port=5432 dbname=orders",
          "host=a,b port=5432, dbname=orders target_session_attrs=any"}) {
        EXPECT_EQ(database_url_fault(url), std::nullopt) << url;
    }
}

TEST(DatabaseUrlTest, SaysWhatNoServerCanHave) {
    for (const char* url :
         {"mysql://x",
          "postgresql://me:p@ss@a,b/orders",
          "postgresql://db:70000/orders",
          "host=a,b port=5432,0",
          "host=a,b,c port=5432,5433",
          "host=db port=one",
          "host=db colour=red",
          "postgresql://a,b/orders?target_session_attrs=standby",
          "postgresql://a,b/orders?target_session_attrs=read-only",
          "postgresql://a,b/orders?target_session_attrs=prefer-standby",
          "postgresql://a,b/orders?target_session_attrs=primry"}) {
        EXPECT_TRUE(database_url_fault(url)) << url;
    }
    EXPECT_EQ(database_url_fault("postgresql://me:p@ss@db/orders")->find("ss@"), std::string::npos);
}

TEST(ConnectionStringTest, FillsInDeadlinesWithoutStartUpOptions) {
    const std::string text = connection_string({.url = "host=db"});
    EXPECT_EQ(value_of(text, "connect_timeout"), "2");
    EXPECT_EQ(value_of(text, "options"), "");
}

TEST(ConnectionStringTest, OfSeveralServersTheOneThatTakesWritesIsWanted) {
    const auto wanted = [](const std::string& url) {
        return value_of(connection_string({.url = url}), "target_session_attrs");
    };
    EXPECT_EQ(wanted("host=a,b"), "read-write");
    EXPECT_EQ(wanted("postgresql://a,b/x?target_session_attrs=primary"), "primary");
    EXPECT_EQ(wanted("host=a"), "");
}

TEST(SettingsSqlTest, SetsLimitsOfTheSessionOrOfATransaction) {
    const std::string session = settings_sql({.url = "host=db", .settings = {{"jit_x", "on"}}});
    EXPECT_NE(session.find("set statement_timeout = '5000'; "), std::string::npos);
    EXPECT_NE(session.find("set lock_timeout = '3000'; "), std::string::npos);
    EXPECT_TRUE(session.ends_with("; set jit_x = 'on'")) << session;
    const std::string transaction = settings_sql({.url = "host=db", .is_pooled = true});
    EXPECT_NE(transaction.find("set local statement_timeout = '5000'"), std::string::npos);
    EXPECT_EQ(transaction.find("set s"), std::string::npos) << transaction;
}

TEST(SettingsSqlTest, WhatTheUrlSetsWins) {
    EXPECT_EQ(
        value_of(
            connection_string({.url = "postgresql://db/?connect_timeout=9"}), "connect_timeout"
        ),
        "9"
    );
    const ConnectionOptions options{
        .url = "postgresql://db/?options=-c%20statement_timeout%3D1%20--TimeZone%3DCET"};
    const std::string sql = settings_sql(options);
    EXPECT_EQ(sql.find("set statement_timeout"), std::string::npos) << sql;
    EXPECT_EQ(sql.find("timezone"), std::string::npos) << sql;
    EXPECT_NE(sql.find("set lock_timeout"), std::string::npos) << sql;
    EXPECT_NE(
        value_of(connection_string(options), "options").find("statement_timeout=1"),
        std::string::npos
    );
    // Another setting of which the name is a part.
    EXPECT_NE(
        settings_sql({.url = "options='-c deadlock_timeout=2s'"}).find("set lock_timeout"),
        std::string::npos
    );
}

}  // namespace
}  // namespace orderpush::storage

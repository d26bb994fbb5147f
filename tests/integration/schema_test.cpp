#include "storage/database/schema.hpp"

#include "tests/integration/pg_test.hpp"
#include "tests/support/postgres/test_role.hpp"

#include <gtest/gtest.h>

#include <array>
#include <atomic>

namespace orderpush::test {
namespace {

using storage::Migration;

class SchemaTest : public testing::Test {
  protected:
    Result<void> check() {
        storage::DbPool pool{{.url = database.url()}};
        return storage::check_schema(pool);
    }
    TestDatabase database{TestDatabase::Schema::kEmpty};
};

TEST_F(SchemaTest, MigratesAnEmptyDatabaseOnce) {
    const int newest = storage::embedded_migrations().back().version;
    const int count = static_cast<int>(storage::embedded_migrations().size());
    const auto first = storage::migrate(database.url());
    ASSERT_TRUE(first) << first.error().message << first.error().detail;
    EXPECT_EQ(first->version, newest);
    EXPECT_EQ(first->applied_count, count);
    EXPECT_TRUE(check());
    const auto second = storage::migrate(database.url());
    ASSERT_TRUE(second) << second.error().message;
    EXPECT_EQ(second->version, newest);
    EXPECT_EQ(second->applied_count, 0);
}

TEST_F(SchemaTest, EmbedsMigrationsInTheirOrder) {
    int before = 0;
    for (const Migration& migration : storage::embedded_migrations()) {
        EXPECT_GT(migration.version, before);
        before = migration.version;
        EXPECT_TRUE(std::string_view{migration.text}.starts_with("-- ")) << migration.name;
    }
    EXPECT_GE(before, 4);
}

TEST_F(SchemaTest, AppliesEachMigrationOnceWhenManyMigrateAtOnce) {
    std::atomic<int> applied{0};
    in_parallel(4, [&](int) {
        const auto report = storage::migrate(database.url());
        ASSERT_TRUE(report) << report.error().message << report.error().detail;
        applied += report->applied_count;
    });
    EXPECT_EQ(applied, static_cast<int>(storage::embedded_migrations().size()));
}

TEST_F(SchemaTest, RefusesADatabaseThatIsNewerAndNamesBothVersions) {
    ASSERT_TRUE(storage::migrate(database.url()));
    database.execute("insert into schema_migrations values (99, '0099_from_tomorrow', 'x', now())");
    const auto report = storage::migrate(database.url());
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().code, "schema_newer");
    EXPECT_NE(report.error().message.find("99"), std::string::npos);
    EXPECT_NE(
        report.error().message.find(std::to_string(storage::embedded_migrations().back().version)),
        std::string::npos
    );
    EXPECT_EQ(check().error().code, "schema_newer");
}

TEST_F(SchemaTest, LivesWithANewerMigrationThatSaysSo) {
    ASSERT_TRUE(storage::migrate(database.url()));
    const std::string own = std::to_string(storage::embedded_migrations().back().version);
    const auto plant = [&](const std::string& version, const std::string& oldest_binary) {
        database.execute(
            "insert into schema_migrations (version, name, checksum, applied_at, oldest_binary) "
            "values (" +
            version + ", 'later', 'x', now(), " + oldest_binary + ")"
        );
    };
    plant("97", own);
    EXPECT_TRUE(check());
    const auto report = storage::migrate(database.url());
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_EQ(report->version, 97);
    EXPECT_EQ(report->applied_count, 0);
    plant("98", "97");
    EXPECT_EQ(check().error().code, "schema_newer") << "it has to know 97";
    EXPECT_EQ(storage::migrate(database.url()).error().code, "schema_newer");
}

TEST_F(SchemaTest, AMigrationIsRecordedWithTheOldestBinaryThatItNames) {
    constexpr std::array kMigrations{
        Migration{1, "0001_table", "-- why\nselect 1"},
        Migration{
            2,
            "0002_column",
            "-- why\n-- oldest-binary: 0001\nalter table schema_migrations add column "
            "oldest_binary integer"}};
    ASSERT_TRUE(storage::migrate(database.url(), kMigrations));
    const auto rows =
        database.execute("select oldest_binary from schema_migrations order by version");
    EXPECT_TRUE(rows[0][0].is_null());
    EXPECT_EQ(rows[1][0].as<int>(), 1);
    EXPECT_TRUE(storage::migrate(database.url(), std::span{kMigrations}.first(1)))
        << "an older binary";
}

TEST_F(SchemaTest, ACurrentSchemaTakesNoRightToCreate) {
    ASSERT_TRUE(storage::migrate(database.url()));
    database.execute("revoke create on schema public from public");
    const TestRole role{database, ""};
    const auto report = storage::migrate(role.url());
    ASSERT_TRUE(report) << report.error().message << report.error().detail;
    EXPECT_EQ(report->applied_count, 0);
}

TEST_F(SchemaTest, AMigrationThatTheRoleMayNotMakeIsRefusedWithTheReason) {
    for (const std::size_t applied : {std::size_t{0}, std::size_t{2}}) {
        ASSERT_TRUE(storage::migrate(database.url(), storage::embedded_migrations().first(applied))
        );
        database.execute("revoke create on schema public from public");
        const TestRole role{database, ""};
        const auto report = storage::migrate(role.url());
        ASSERT_FALSE(report);
        EXPECT_EQ(report.error().kind, ErrorKind::kConflict);
        EXPECT_EQ(report.error().code, "schema_permission_missing");
        EXPECT_NE(report.error().detail.find("permission denied"), std::string::npos);
    }
}

TEST_F(SchemaTest, ADirectConnectionHasASessionForItself) {
    const auto checked = storage::check_session(database.url());
    EXPECT_TRUE(checked) << checked.error().detail;
}

TEST_F(SchemaTest, RefusesAnAppliedMigrationThatChanged) {
    ASSERT_TRUE(storage::migrate(database.url()));
    database.execute("update schema_migrations set checksum = 'other' where version = 2");
    EXPECT_EQ(storage::migrate(database.url()).error().code, "schema_changed");
    EXPECT_EQ(check().error().code, "schema_changed");
}

TEST_F(SchemaTest, ADatabaseWithoutSchemaIsOutdated) {
    EXPECT_EQ(check().error().code, "schema_outdated");
}

TEST_F(SchemaTest, ADatabaseThatLacksMigrationsIsOutdated) {
    ASSERT_TRUE(storage::migrate(database.url(), storage::embedded_migrations().first(2)));
    EXPECT_EQ(check().error().code, "schema_outdated");
}

TEST_F(SchemaTest, AFailingMigrationLeavesNothingBehind) {
    constexpr std::array kMigrations{
        Migration{1, "0001_good", "create table good (id integer)"},
        Migration{2, "0002_bad", "create table half (id integer); select 1 / 0"}};
    EXPECT_FALSE(storage::migrate(database.url(), kMigrations));
    const auto tables = database.execute(
        "select to_regclass('good') is not null, to_regclass('half') is not null, "
        "(select count(*) from schema_migrations)"
    );
    EXPECT_TRUE(tables[0][0].as<bool>());
    EXPECT_FALSE(tables[0][1].as<bool>());
    EXPECT_EQ(tables[0][2].as<int>(), 1);
}

TEST_F(SchemaTest, EveryConstraintAndIndexHasANameOfOurs) {
    ASSERT_TRUE(storage::migrate(database.url()));
    const auto unnamed = database.execute(
        "select conname from pg_constraint c join pg_class t on t.oid = c.conrelid "
        "where c.connamespace = 'public'::regnamespace and conname not like relname || '\\_%'"
    );
    EXPECT_TRUE(unnamed.empty()) << unnamed[0][0].c_str();
}

}  // namespace
}  // namespace orderpush::test

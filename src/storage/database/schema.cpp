#include "storage/database/schema.hpp"

#include "base/crypto/crypto.hpp"
#include "storage/database/connection.hpp"
#include "storage/database/failure.hpp"
#include "storage/database/query.hpp"
#include "storage/statement_lists.hpp"

#include <pqxx/pqxx>

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace orderpush::storage {
namespace {

// Run as plain text inside a migration's transaction, not prepared.

/// Waits for the lock and for locks of tables, and lets a migration itself take its time.
constexpr const char* kSetMigrationDeadlines =
    "set local lock_timeout = '10s'; set local statement_timeout = '10min'";

/// One migrating process at a time; released at the end of the transaction. 28784 is "pp", as in
/// all locks.
constexpr const char* kLockMigrations = "select pg_advisory_xact_lock(28784, 0)";

constexpr const char* kCreateSchemaMigrations = R"sql(
create table if not exists schema_migrations (
    version integer not null,
    name text not null,
    checksum text not null,
    applied_at timestamptz not null,
    constraint schema_migrations_pkey primary key (version)
)
)sql";

/// $1 version, $2 name, $3 checksum.
constexpr const char* kInsertSchemaMigration =
    "insert into schema_migrations (version, name, checksum, applied_at) values ($1, $2, $3, "
    "now())";

constexpr Statement kListSchemaMigrations{
    "list_schema_migrations",
    "select m.version, m.name, m.checksum from schema_migrations m order by m.version",
    Statement::Access::kRead};

Error schema_error(const char* code, std::string message) {
    return {.kind = ErrorKind::kConflict, .code = code, .message = std::move(message)};
}

/// How many of `migrations` are applied, in rows of kListSchemaMigrations.
Result<int> count_applied(const pqxx::result& rows, std::span<const Migration> migrations) {
    const int known = migrations.empty() ? 0 : migrations.back().version;
    const int newest = rows.empty() ? 0 : rows.back()["version"].as<int>();
    if (newest > known) {
        return schema_error(
            "schema_newer",
            "The database has schema version " + std::to_string(newest) +
                ", newer than this program's " + std::to_string(known) + "."
        );
    }
    // Versions rise; one that was never used leaves a gap.
    int applied = 0;
    for (const auto& row : rows) {
        const auto at = static_cast<std::size_t>(applied++);
        const Migration& migration = migrations[std::min(at, migrations.size() - 1)];
        if (row["version"].as<int>() != migration.version ||
            row["checksum"].c_str() != sha256_hex(migration.text)) {
            return schema_error(
                "schema_changed",
                std::string{"Migration "} + migration.name +
                    " was applied to the database in another form."
            );
        }
    }
    return applied;
}

/// Applies the next migration that is missing. The version afterwards; `did_apply` tells whether
/// there was one.
Result<int> apply_next(
    Connection& connection, std::span<const Migration> migrations, bool& did_apply
) {
    pqxx::work transaction{connection.raw()};
    transaction.exec0(kSetMigrationDeadlines);
    transaction.exec(kLockMigrations);
    transaction.exec0(kCreateSchemaMigrations);
    auto applied = count_applied(transaction.exec(kListSchemaMigrations.text), migrations);
    did_apply = applied && static_cast<std::size_t>(*applied) < migrations.size();
    if (!applied) {
        return applied;
    }
    if (!did_apply) {
        return migrations.empty() ? 0 : migrations.back().version;
    }
    const Migration& next = migrations[static_cast<std::size_t>(*applied)];
    transaction.exec(next.text);
    transaction.exec_params0(
        kInsertSchemaMigration, next.version, next.name, sha256_hex(next.text)
    );
    transaction.commit();
    return next.version;
}

Result<MigrationReport> apply_missing(
    Connection& connection, std::span<const Migration> migrations
) {
    MigrationReport report;
    bool did_apply = true;
    while (did_apply) {
        const auto version = apply_next(connection, migrations, did_apply);
        if (!version) {
            return version.error();
        }
        report.version = *version;
        report.applied_count += did_apply ? 1 : 0;
    }
    return report;
}

}  // namespace

Result<MigrationReport> migrate(const std::string& url) {
    return migrate(url, embedded_migrations());
}

Result<MigrationReport> migrate(const std::string& url, std::span<const Migration> migrations) {
    try {
        Connection connection{{.url = url, .settings = "-c client_min_messages=warning"}};
        return apply_missing(connection, migrations);
    } catch (const std::exception& exception) {
        return to_failure(exception).error;
    }
}

Result<void> check_schema(DbPool& pool) {
    const auto migrations = embedded_migrations();
    const auto applied =
        ORDERPUSH_TRY(query(pool, kListSchemaMigrations, {}, [&](const pqxx::result& rows) {
            return count_applied(rows, migrations);
        }));
    if (static_cast<std::size_t>(applied) == migrations.size()) {
        return {};
    }
    return schema_error(
        "schema_outdated",
        "The database has " + std::to_string(applied) + " of " + std::to_string(migrations.size()) +
            " migrations; run the others."
    );
}

std::span<const Statement> schema_statements() {
    static constexpr std::array kAll{kListSchemaMigrations};
    return kAll;
}

}  // namespace orderpush::storage

#pragma once

#include "storage/database/statement.hpp"

namespace orderpush::storage {

// Run as plain text inside a migration's transaction, not prepared.

/// Waits for the lock and for locks of tables, and lets a migration itself take its time.
inline constexpr const char* kSetMigrationDeadlines =
    "set local lock_timeout = '10s'; set local statement_timeout = '10min'";
/// One migrating process at a time; released at the end of the transaction. 28784 is "pp", as in
/// kTryRelayLease.
inline constexpr const char* kLockMigrations = "select pg_advisory_xact_lock(28784, 0)";
inline constexpr const char* kCreateSchemaMigrations = R"sql(
create table if not exists schema_migrations (
    version integer not null,
    name text not null,
    checksum text not null,
    applied_at timestamptz not null,
    constraint schema_migrations_pkey primary key (version)
)
)sql";
/// $1 version, $2 name, $3 checksum.
inline constexpr const char* kInsertSchemaMigration =
    "insert into schema_migrations (version, name, checksum, applied_at) values ($1, $2, $3, "
    "now())";

inline constexpr Statement kListSchemaMigrations{
    "list_schema_migrations",
    "select m.version, m.name, m.checksum from schema_migrations m order by m.version",
    Statement::Access::kRead};

}  // namespace orderpush::storage

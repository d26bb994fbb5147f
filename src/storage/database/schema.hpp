#pragma once

#include "base/result.hpp"
#include "storage/database/db_pool.hpp"
#include "storage/database/embedded_sql.hpp"

#include <span>
#include <string>

namespace orderpush::storage {

struct MigrationReport {
    /// The schema's version afterwards.
    int version = 0;
    /// How many migrations this run applied.
    int applied_count = 0;
};

/// Brings the database to the schema of this binary. Each migration is a transaction of its own
/// under an advisory lock, which is waited for ten seconds; several processes at once are safe.
/// kConflict: "schema_newer" if the database is ahead of this binary, "schema_changed" if an
/// applied migration differs from the one embedded here.
Result<MigrationReport> migrate(const std::string& url);
/// The same with other migrations, for tests. Requires versions from 1 without gaps.
Result<MigrationReport> migrate(const std::string& url, std::span<const Migration> migrations);

/// Whether the database has exactly the schema of this binary. kConflict as above, and
/// "schema_outdated" if migrations are missing.
Result<void> check_schema(DbPool& pool);

}  // namespace orderpush::storage

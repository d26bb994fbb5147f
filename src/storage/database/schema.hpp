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

/// Brings the database to the schema of this binary, or finds it there, for which a role that may
/// read is enough. Each migration is a transaction of its own under an advisory lock, which is
/// waited for ten seconds; several processes at once are safe. kConflict: "schema_newer" if the
/// database is ahead of this binary by a migration that it cannot live with, "schema_changed" if an
/// applied migration differs from the one embedded here, "schema_permission_missing" if the role
/// may not read the table of migrations, or not migrate.
Result<MigrationReport> migrate(const std::string& url);
/// The same with other migrations, for tests. Requires ascending versions.
Result<MigrationReport> migrate(const std::string& url, std::span<const Migration> migrations);

/// Whether the database has the schema of this binary, or a newer one that it can live with.
/// kConflict as above, and "schema_outdated" if migrations are missing.
Result<void> check_schema(DbPool& pool);

/// Whether a connection has a session of the server for itself, as the lease of a relay and what
/// listens need. kConflict "pooler_in_between" if a transaction pooler stands before the server and
/// can be told from it.
Result<void> check_session(const std::string& url);

}  // namespace orderpush::storage

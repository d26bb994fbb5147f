#include "storage/database/schema.hpp"

#include "base/crypto/crypto.hpp"
#include "storage/database/connection.hpp"
#include "storage/database/failure.hpp"
#include "storage/database/query.hpp"
#include "storage/statement_lists.hpp"

#include <pqxx/pqxx>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string>
#include <string_view>
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

/// Run only when something is to be applied: it takes the right to create, which a service may
/// lack.
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

/// $1 version, $2 the schema version of the oldest binary that can live with it. The column came
/// with 0023, as did the first migration that says so.
constexpr const char* kSetOldestBinary =
    "update schema_migrations set oldest_binary = $2 where version = $1";

/// By the catalog's rows: to_regclass() may answer from what this session remembers, which the wait
/// for the lock does not bring up to date.
constexpr const char* kFindSchemaMigrations =
    "select exists (select from pg_class where relname = 'schema_migrations' and relkind = 'r' "
    "and pg_table_is_visible(oid))";

/// As JSON, because older versions of the table lack the column.
constexpr Statement kListSchemaMigrations{
    "list_schema_migrations",
    "select m.version, m.name, m.checksum, "
    "coalesce((to_jsonb(m) ->> 'oldest_binary')::integer, m.version) as oldest_binary "
    "from schema_migrations m order by m.version",
    Statement::Access::kRead};

Error schema_error(const char* code, std::string message) {
    return {.kind = ErrorKind::kConflict, .code = code, .message = std::move(message)};
}

/// Of the database.
struct SchemaState {
    int version = 0;
    /// How many of this binary's migrations are applied.
    std::size_t applied_count = 0;
};

/// What this binary does not know, it can live with if the migration says so.
Result<void> check_newer(const pqxx::row& row, int known) {
    if (row["oldest_binary"].as<int>() <= known) {
        return {};
    }
    return schema_error(
        "schema_newer",
        "The database has schema version " + std::string{row["version"].c_str()} +
            ", newer than this program's " + std::to_string(known) + ", which cannot work with it."
    );
}

/// In rows of kListSchemaMigrations.
Result<SchemaState> read_state(const pqxx::result& rows, std::span<const Migration> migrations) {
    const int known = migrations.empty() ? 0 : migrations.back().version;
    SchemaState state;
    for (const auto& row : rows) {
        state.version = row["version"].as<int>();
        if (state.version > known) {
            ORDERPUSH_TRY(check_newer(row, known));
            continue;
        }
        // Versions rise; one that was never used leaves a gap.
        const Migration& migration =
            migrations[std::min(state.applied_count, migrations.size() - 1)];
        ++state.applied_count;
        if (state.version != migration.version ||
            row["checksum"].c_str() != sha256_hex(migration.text)) {
            return schema_error(
                "schema_changed",
                std::string{"Migration "} + migration.name +
                    " was applied to the database in another form."
            );
        }
    }
    return state;
}

/// Empty without a schema.
Result<SchemaState> find_state(
    pqxx::transaction_base& transaction, std::span<const Migration> migrations
) {
    if (!transaction.exec1(kFindSchemaMigrations)[0].as<bool>()) {
        return SchemaState{};
    }
    return read_state(transaction.exec(kListSchemaMigrations.text), migrations);
}

/// What a migration says of the oldest binary that can live with it.
std::optional<int> oldest_binary(const Migration& migration) {
    constexpr std::string_view kMark = "\n-- oldest-binary: ";
    const std::string_view text = migration.text;
    const auto at = text.find(kMark);
    if (at == std::string_view::npos) {
        return std::nullopt;
    }
    const std::string_view number = text.substr(at + kMark.size());
    int version = migration.version;
    std::from_chars(number.data(), number.data() + number.size(), version);
    return version;
}

/// Applies the next migration that is missing; whether there was one.
Result<bool> apply_next(Connection& connection, std::span<const Migration> migrations) {
    pqxx::work transaction{connection.raw()};
    transaction.exec0(kSetMigrationDeadlines);
    transaction.exec(kLockMigrations);
    const auto state = ORDERPUSH_TRY(find_state(transaction, migrations));
    if (state.applied_count == migrations.size()) {
        return false;
    }
    transaction.exec0(kCreateSchemaMigrations);
    const Migration& next = migrations[state.applied_count];
    transaction.exec(next.text);
    transaction.exec_params0(
        kInsertSchemaMigration, next.version, next.name, sha256_hex(next.text)
    );
    if (const auto oldest = oldest_binary(next)) {
        transaction.exec_params0(kSetOldestBinary, next.version, *oldest);
    }
    transaction.commit();
    return true;
}

/// What the role may not do is said in words that help; libpqxx tells it by a type of its own.
Error not_allowed(const std::exception& exception) {
    auto error = schema_error(
        "schema_permission_missing",
        "The database has to be migrated, or its table of migrations to be read, and the role may "
        "not do that: run `orderpush migrate` as the schema's owner."
    );
    error.detail = to_failure(exception).error.detail;
    return error;
}

/// Of a pooler's sessions an idle one is taken, so a few tries find the same behind both.
constexpr int kSessionAttempts = 5;

/// The server's process behind the connection, at this moment.
int session_of(Connection& connection) {
    pqxx::nontransaction session{connection.raw()};
    return session.exec1("select pg_backend_pid()")[0].as<int>();
}

Result<MigrationReport> apply_missing(
    Connection& connection, std::span<const Migration> migrations
) {
    connection.make_ready();
    const auto state_now = [&] {
        pqxx::nontransaction session{connection.raw()};
        return find_state(session, migrations);
    };
    MigrationReport report;
    // First without a lock or any right but to read: mostly there is nothing to do.
    auto state = ORDERPUSH_TRY(state_now());
    while (state.applied_count < migrations.size()) {
        report.applied_count += ORDERPUSH_TRY(apply_next(connection, migrations)) ? 1 : 0;
        state = ORDERPUSH_TRY(state_now());
    }
    report.version = state.version;
    return report;
}

}  // namespace

Result<MigrationReport> migrate(const std::string& url) {
    return migrate(url, embedded_migrations());
}

Result<MigrationReport> migrate(const std::string& url, std::span<const Migration> migrations) {
    try {
        Connection connection{{.url = url, .settings = {{"client_min_messages", "warning"}}}};
        return apply_missing(connection, migrations);
    } catch (const pqxx::insufficient_privilege& refused) {
        return not_allowed(refused);
    } catch (const std::exception& exception) {
        return to_failure(exception).error;
    }
}

Result<void> check_schema(DbPool& pool) {
    const auto migrations = embedded_migrations();
    const auto state =
        ORDERPUSH_TRY(query(pool, kListSchemaMigrations, {}, [&](const pqxx::result& rows) {
            return read_state(rows, migrations);
        }));
    if (state.applied_count == migrations.size()) {
        return {};
    }
    return schema_error(
        "schema_outdated",
        "The database has " + std::to_string(state.applied_count) + " of " +
            std::to_string(migrations.size()) + " migrations; run the others."
    );
}

Result<void> check_session(const std::string& url) {
    try {
        // Nothing is left in a session that may be others' too.
        const ConnectionOptions options{.url = url, .is_pooled = true};
        Connection one{options};
        if (session_of(one) == one.raw().backendpid()) {
            return {};
        }
        Connection other{options};
        for (int attempt = 0; attempt < kSessionAttempts; ++attempt) {
            if (session_of(one) == session_of(other)) {
                return schema_error(
                    "pooler_in_between",
                    "A transaction pooler stands before the database: name the server itself in "
                    "DATABASE_DIRECT_URL."
                );
            }
        }
        return {};
    } catch (const std::exception& exception) {
        return to_failure(exception).error;
    }
}

std::span<const Statement> schema_statements() {
    static constexpr std::array kAll{kListSchemaMigrations};
    return kAll;
}

}  // namespace orderpush::storage

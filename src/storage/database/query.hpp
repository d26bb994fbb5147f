#pragma once

#include "base/result.hpp"
#include "storage/database/db_pool.hpp"
#include "storage/database/failure.hpp"
#include "storage/database/parameters.hpp"

#include <pqxx/pqxx>

#include <exception>
#include <utility>

namespace orderpush::storage {

/// Runs `statement` and hands its rows to `read`, which returns a Result. What `read` throws
/// becomes an Error.
template <class Read>
auto query(DbPool& pool, const Statement& statement, const Parameters& parameters, Read&& read)
    -> decltype(read(std::declval<const pqxx::result&>())) {
    auto rows = ORDERPUSH_TRY(pool.run(statement, parameters));
    try {
        return std::forward<Read>(read)(rows);
    } catch (const std::exception& exception) {
        return to_failure(exception).error;
    }
}

/// As query(), for a statement of at most one row: `missing` if there is none.
template <class Read>
auto query_one(
    DbPool& pool,
    const Statement& statement,
    const Parameters& parameters,
    Error missing,
    Read&& read
) -> Result<decltype(read(std::declval<const pqxx::row&>()))> {
    using Value = decltype(read(std::declval<const pqxx::row&>()));
    return query(pool, statement, parameters, [&](const pqxx::result& rows) -> Result<Value> {
        if (rows.empty()) {
            return std::move(missing);
        }
        return std::forward<Read>(read)(rows.front());
    });
}

/// Runs `statement`, whose rows tell nothing.
inline Result<void> execute(
    DbPool& pool, const Statement& statement, const Parameters& parameters
) {
    const auto rows = pool.run(statement, parameters);
    return rows ? Result<void>{} : Result<void>{rows.error()};
}

/// Runs `statement`, which has a row if it did what it is for: `otherwise` if there is none.
inline Result<void> execute_one(
    DbPool& pool, const Statement& statement, const Parameters& parameters, const Error& otherwise
) {
    const auto rows = ORDERPUSH_TRY(pool.run(statement, parameters));
    return rows.empty() ? Result<void>{otherwise} : Result<void>{};
}

/// Reads every row with `read`.
template <class Read>
auto all_of(const pqxx::result& rows, Read read) {
    std::vector<decltype(read(rows.front()))> found;
    for (const auto& row : rows) {
        found.push_back(read(row));
    }
    return found;
}

inline Error not_found(const char* code, const char* message) {
    return Error{.kind = ErrorKind::kNotFound, .code = code, .message = message};
}

}  // namespace orderpush::storage

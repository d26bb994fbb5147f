#pragma once

#include "base/result.hpp"

#include <exception>

namespace orderpush::storage {

/// A failed statement or connection attempt.
struct Failure {
    enum class Kind {
        kFinal,       ///< trying again gives the same
        kRolledBack,  ///< undone by the server for a reason that may be gone: trying again is right
        kWrongSession,    ///< nothing was done, and this connection goes on refusing: another one
                          ///< may be right, e.g. one to the server that is the primary now
        kConnectionLost,  ///< the connection is of no more use; whether a statement was executed is
                          ///< not known
    };
    Error error;
    Kind kind = Kind::kFinal;
    /// So many in a row, of one statement, say that the server cannot do it for anybody, as for
    /// want of disk; 0: it says nothing of the server.
    int telling_count = 0;

    /// Whether nothing was done, and trying again may do it.
    bool is_undone() const noexcept {
        return kind == Kind::kRolledBack || kind == Kind::kWrongSession;
    }
    /// Whether the connection is of no more use.
    bool ends_connection() const noexcept {
        return kind == Kind::kConnectionLost || kind == Kind::kWrongSession;
    }
};

/// The one place that says what an exception of libpqxx means. Constraint names become reasons,
/// e.g. kConflict "idempotency_key_taken"; what has no row of its own is kInternal. The library's
/// text goes into `detail` only.
Failure to_failure(const std::exception& exception);

/// kUnavailable "database_unavailable" with retry_after.
Error database_unavailable(std::string detail);
/// kUnavailable "database_read_only" with retry_after.
Error database_read_only(std::string detail);
/// A write whose answer was lost.
Error outcome_unknown(std::string detail);

}  // namespace orderpush::storage

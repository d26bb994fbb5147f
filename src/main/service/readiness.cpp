#include "main/service/readiness.hpp"

#include "core/error_codes.hpp"
#include "storage/database/schema.hpp"

#include <chrono>

namespace orderpush {

Result<void> Readiness::state() {
    if (is_draining_) {
        return Error{
            .kind = ErrorKind::kUnavailable,
            .code = "draining",
            .message = "The service is stopping."};
    }
    ORDERPUSH_TRY(schema_.state());
    if (!cluster_.is_complete()) {
        return Error{
            .kind = ErrorKind::kUnavailable,
            .code = "joining",
            .message = "The other instances have not told yet who is connected to them."};
    }
    ORDERPUSH_TRY(storage::check_schema(pool_));
    return pool_.check_writable();
}

Result<void> Readiness::may_write() const {
    if (schema_.is_open()) {
        return {};
    }
    // What is committed now would be told to nobody: no stream is named, no relay runs.
    Error error = make_error("schema_not_ready");
    error.retry_after = std::chrono::seconds{1};
    return error;
}

}  // namespace orderpush

#pragma once

#include "base/result.hpp"

#include <string_view>

namespace orderpush::usecases {

/// How often a change is decided anew when another one came between reading and writing.
inline constexpr int kChangeAttemptsMax = 5;

/// Optimistic concurrency: runs `attempt`, which reads, decides and writes and answers with a
/// Result, until its write is not refused with `conflict_code`, the store's code for "changed since
/// you read it". kConflict "busy" (with retry_after) after kChangeAttemptsMax such refusals; every
/// other outcome of an attempt is handed on.
template <class Attempt>
auto retry_on_conflict(std::string_view conflict_code, const Attempt& attempt)
    -> decltype(attempt()) {
    for (int i = 0; i < kChangeAttemptsMax; ++i) {
        auto outcome = attempt();
        if (outcome || outcome.error().code != conflict_code) {
            return outcome;
        }
    }
    return Error{
        .kind = ErrorKind::kConflict,
        .code = "busy",
        .message = "This is being changed by others at the same time. Try again.",
        .retry_after = std::chrono::seconds{1}};
}

}  // namespace orderpush::usecases

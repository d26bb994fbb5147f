#pragma once

#include "base/result.hpp"

namespace orderpush::test {

inline Error not_found(const char* reason) {
    return Error{.code = ErrorCode::kNotFound, .reason = reason, .message = "There is none."};
}

inline Error conflict(const char* reason) {
    return Error{.code = ErrorCode::kConflict, .reason = reason, .message = "It is taken already."};
}

}  // namespace orderpush::test

#pragma once

#include "base/result.hpp"

namespace orderpush::test {

inline Error not_found(const char* reason) {
    return Error{.kind = ErrorKind::kNotFound, .code = reason, .message = "There is none."};
}

inline Error conflict(const char* reason) {
    return Error{.kind = ErrorKind::kConflict, .code = reason, .message = "It is taken already."};
}

}  // namespace orderpush::test

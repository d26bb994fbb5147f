#include "usecases/expected_versions.hpp"

#include <algorithm>

namespace orderpush::usecases {

Result<void> check_version(const ExpectedVersions& expected, std::int64_t current) {
    if (!expected || std::ranges::find(*expected, current) != expected->end()) {
        return {};
    }
    return Error{
        .kind = ErrorKind::kPreconditionFailed,
        .code = "version_mismatch",
        .message = "This is no longer the version that If-Match names. Read it again.",
        .extensions = {{"currentVersion", current}}};
}

}  // namespace orderpush::usecases

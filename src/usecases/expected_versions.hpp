#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace orderpush::usecases {

/// The versions that a caller would change (If-Match); any if empty.
using ExpectedVersions = std::optional<std::vector<std::int64_t>>;

/// kPreconditionFailed "version_mismatch" with the fact `currentVersion`.
Result<void> check_version(const ExpectedVersions& expected, std::int64_t current);

}  // namespace orderpush::usecases

#pragma once

#include "base/result.hpp"
#include "http/routing/message.hpp"
#include "usecases/expected_versions.hpp"

#include <cstdint>
#include <string>

namespace orderpush::http {

/// The header ETag's value for a version: a strong tag.
std::string etag_of(std::int64_t version);

/// The versions that the request's If-Match lets be changed (RFC 9110, section 13.1.1). Weak tags
/// and tags that are not ours match nothing; "*" matches all. kMalformed "malformed_if_match".
Result<usecases::ExpectedVersions> read_if_match(const Request& request);

}  // namespace orderpush::http

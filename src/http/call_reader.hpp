#pragma once

#include "base/result.hpp"
#include "http/route.hpp"

#include <cstddef>

namespace orderpush::http {

/// Fills in what the route asks for: the proven caller, the query, the body. kUnauthenticated;
/// kMalformed for what cannot be parsed; kInvalid for unknown or repeated query parameters and for
/// a body that is no object. Blocks on the stores for the caller. Requires a body of a media type
/// that takes_media_type() accepts.
Result<void> read_call(const Route& route, std::size_t json_depth_max, Call& call);

/// Whether the route takes a body such as the request's, by its Content-Type and Content-Encoding.
bool takes_media_type(const Route& route, const Request& request);

}  // namespace orderpush::http

#pragma once

#include "base/result.hpp"
#include "http/routing/route.hpp"

#include <cstddef>
#include <optional>
#include <string_view>

namespace orderpush::http {

/// Fills in the caller, where the route asks for one and a credential was sent. kUnauthenticated.
/// Blocks on the stores.
Result<void> read_caller(const Route& route, RequestContext& context);

/// Fills in the query and the body that the route asks for. kMalformed for what cannot be parsed;
/// kInvalid for unknown or repeated query parameters, for an Idempotency-Key that is repeated or
/// cannot be one, and for a body that is no object. Requires a body of a media type that
/// takes_media_type() accepts.
Result<void> read_input(const Route& route, std::size_t json_depth_max, RequestContext& context);

/// Whether its credential alone proves somebody, whatever the route. Blocks on the stores.
bool has_proven_sender(const Request& head, usecases::Authenticator& authenticator);

/// The token of `Authorization: Bearer …`; empty if there is none.
std::string_view bearer_token_of(const Request& request);

/// Whether the route takes a body such as the request's, by its Content-Type and Content-Encoding.
bool takes_media_type(const Route& route, const Request& request);

}  // namespace orderpush::http

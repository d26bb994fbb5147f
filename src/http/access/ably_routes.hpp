#pragma once

#include "http/routing/route.hpp"

namespace orderpush::http {

/// GET|POST /v1/realtime/ably/auth, what ably-js calls as its `authUrl` → 200: an Ably JWT as
/// application/jwt, or with format=tokenRequest a signed TokenRequest as application/json (Ably,
/// "Token authentication"). In the query, in a form or as JSON: `clientId` (none but the caller's
/// own: 403), `ttl` (ms), `capability`; others are ignored. 403 ends the SDK's attempts, anything
/// else it tries again.
Result<Answer> authorize_ably(const RequestContext& call);

}  // namespace orderpush::http

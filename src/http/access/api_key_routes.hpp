#pragma once

#include "http/routing/route.hpp"

namespace orderpush::http {

/// POST /v1/api-keys {name} → 201 {id, name, key, createdAt}; the key is shown here only.
Result<Answer> create_api_key(const RequestContext& call);
/// GET /v1/api-keys → 200 {apiKeys}.
Result<Answer> list_api_keys(const RequestContext& call);
/// DELETE /v1/api-keys/{id} → 204, also for one that is revoked already.
Result<Answer> revoke_api_key(const RequestContext& call);

}  // namespace orderpush::http

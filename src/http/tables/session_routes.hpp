#pragma once

#include "http/routing/route.hpp"

namespace orderpush::http {

/// POST /v1/sessions {qrToken, deviceId?, name?} → 201 if this opened the session, 200 if it
/// joined; honours Idempotency-Key.
Result<Answer> open_session(const RequestContext& call);
/// GET /v1/sessions/{id}, GET /v1/sessions/{id}/bill → 200: the session, its orders, bill and
/// payments.
Result<Answer> show_session(const RequestContext& call);
/// POST /v1/sessions/{id}/close → 200 as GET; a closed one is shown as it is.
Result<Answer> close_session(const RequestContext& call);

}  // namespace orderpush::http

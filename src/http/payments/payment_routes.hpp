#pragma once

#include "http/routing/route.hpp"

namespace orderpush::http {

/// POST /v1/payments {sessionId, amount, method, orderIds?} → 201; honours Idempotency-Key.
Result<Answer> take_payment(const RequestContext& call);
/// GET /v1/payments/{id} → 200.
Result<Answer> show_payment(const RequestContext& call);

}  // namespace orderpush::http

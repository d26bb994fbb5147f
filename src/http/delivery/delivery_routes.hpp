#pragma once

#include "http/routing/route.hpp"

namespace orderpush::http {

/// GET /v1/deliveries?state&adapter&after&limit → 200 {deliveries, next}: what was not delivered,
/// `state` "dead" (the default) or "retry".
Result<Answer> list_deliveries(const RequestContext& call);
/// POST /v1/deliveries/{delivery}/retry → 202 {id, state}: it is sent again, with its own id and
/// `seq`, behind what followed it. 404; 409 if it is settled or its adapter is no longer in use.
Result<Answer> retry_delivery(const RequestContext& call);
/// POST /v1/deliveries/retry {adapter?, state: "dead"} → 202 {count, more}: at most 1,000 at a
/// time.
Result<Answer> retry_deliveries(const RequestContext& call);
/// GET /v1/adapters → 200 {mode, adapters}: circuits as this instance sees them, and what of the
/// caller's own events waits.
Result<Answer> list_adapters(const RequestContext& call);

}  // namespace orderpush::http

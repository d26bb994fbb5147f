#pragma once

#include "http/routing/route.hpp"

namespace orderpush::http {

/// GET /v1/operations/overview → 200 {asOf, branches, outbox, dead, total, minutes, truncated}: how
/// the last hour was.
Result<Answer> show_operations(const RequestContext& call);
/// GET /v1/operations/orders?number → 200 {orders}: those of that number, the newest first.
Result<Answer> find_orders(const RequestContext& call);

}  // namespace orderpush::http

#pragma once

#include "http/route.hpp"

namespace orderpush::http {

/// POST /v1/orders {sessionId?, items: [{menuItemId, quantity, note?}], note?, customerName?} → 201
/// with the stored answer; honours Idempotency-Key.
Result<Answer> place_order(const Call& call);
/// GET /v1/orders?branchId&status&after&limit → 200 {orders, next}.
Result<Answer> list_orders(const Call& call);
/// GET /v1/orders/{id} → 200 with its version as ETag.
Result<Answer> show_order(const Call& call);
/// PATCH /v1/orders/{id} {status} → 200 with the order; takes the words of older clients too.
Result<Answer> change_order(const Call& call);

}  // namespace orderpush::http

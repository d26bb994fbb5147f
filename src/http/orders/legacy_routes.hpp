#pragma once

#include "http/routing/route.hpp"

namespace orderpush::http {

// Routes of earlier systems that are more than another path to a handler of today. Statuses go out
// in the older words: SENT, READY, COMPLETED, CANCELLED.

/// POST /public/order/place {qrToken?, items, note?, customerName?, deviceId?} → 201 as POST
/// /v1/orders. A guest's token names the session, and honours Idempotency-Key; without one, qrToken
/// seats the guest first, and the answer has the new `sessionToken`.
Result<Answer> place_public_order(const RequestContext& call);
/// PATCH or POST /kitchen/order/{id}/status {status} → 200 {orderId, status, broadcastSent}; what
/// is written will be sent: the event is committed with the change.
Result<Answer> change_kitchen_order(const RequestContext& call);
/// GET /kitchen/orders?status&branchId → 200 {orders: [{orderId, status, table, itemCount,
/// timestamp, orderNumber}]}, oldest first, at most 200. SENT stands for all that is still to be
/// made; without a status: SENT and READY.
Result<Answer> list_kitchen_orders(const RequestContext& call);

}  // namespace orderpush::http

#pragma once

#include "core/access/caller.hpp"
#include "core/orders/order_status.hpp"
#include "http/json/field_reader.hpp"
#include "http/routing/route.hpp"
#include "usecases/idempotency.hpp"
#include "usecases/orders/order_draft.hpp"

#include <optional>
#include <vector>

namespace orderpush::http {

/// POST /v1/orders {sessionId?, items: [{menuItemId, quantity, note?}], note?, customerName?} → 201
/// with the stored answer; honours Idempotency-Key.
Result<Answer> place_order(const RequestContext& call);
/// GET /v1/orders?branchId&status&sessionId&after&limit → 200 {orders, next}.
Result<Answer> list_orders(const RequestContext& call);
/// GET /v1/orders/{id} → 200 with its version as ETag.
Result<Answer> show_order(const RequestContext& call);
/// PATCH /v1/orders/{id} {status, reason?} → 200 with the order; takes the words of older clients
/// too, and honours If-Match.
Result<Answer> change_order(const RequestContext& call);
/// POST /v1/orders/{id}/items {items: [{menuItemId, quantity, note?}]} → 201 with the order;
/// honours Idempotency-Key.
Result<Answer> add_items(const RequestContext& call);
/// PATCH /v1/orders/{id}/items/{itemId} {status} → 200 with the order; honours If-Match, of the
/// order.
Result<Answer> change_item(const RequestContext& call);
/// POST /v1/orders/{id}/cancel-request {reason} → 201 with the order; honours Idempotency-Key.
Result<Answer> request_cancel(const RequestContext& call);
/// POST /v1/orders/{id}/cancel-request/accept {ticketId?} → 200 with the order.
Result<Answer> accept_cancel(const RequestContext& call);
/// POST /v1/orders/{id}/cancel-request/reject {reason, ticketId?} → 200 with the order.
Result<Answer> reject_cancel(const RequestContext& call);

// What the routes of older clients share.

/// As place_order(), with all that it reads from `call`.
Result<Answer> place_order_as(
    const Caller& caller,
    const usecases::PlaceOrder& order,
    const std::optional<usecases::Idempotency>& idempotency,
    const RequestContext& call
);
/// The field `items`.
std::vector<usecases::RequestedItem> read_items(FieldReader& fields);
/// The field `status`; to be read before others.
OrderStatus read_order_status(FieldReader& fields, FieldErrorList& faults);

}  // namespace orderpush::http

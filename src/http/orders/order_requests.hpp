#pragma once

#include "core/access/caller.hpp"
#include "core/orders/order_status.hpp"
#include "http/json/field_reader.hpp"
#include "http/routing/route.hpp"
#include "usecases/idempotency.hpp"
#include "usecases/orders/order_draft.hpp"

#include <optional>
#include <vector>

/// What the routes of today and those of older clients share.
namespace orderpush::http {

/// As place_order(), with all that it reads from `context`.
Result<Response> place_order_as(
    const Caller& caller,
    const usecases::PlaceOrder& order,
    const std::optional<usecases::Idempotency>& idempotency,
    const RequestContext& context
);
/// The field `items`.
std::vector<usecases::RequestedItem> read_items(FieldReader& fields);
/// The field `status`; to be read before others.
OrderStatus read_order_status(FieldReader& fields, FieldErrorList& errors);

}  // namespace orderpush::http

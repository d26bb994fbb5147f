#include "http/json/field_reader.hpp"
#include "http/routing/handlers.hpp"
#include "http/routing/idempotency_key.hpp"
#include "http/routing/services.hpp"
#include "usecases/json/restaurant_json.hpp"
#include "usecases/payments/payment_service.hpp"

#include <utility>

namespace orderpush::http {

/// POST /v1/payments {sessionId, amount, method, orderIds?} → 201; honours Idempotency-Key.
Result<Response> take_payment(const RequestContext& context) {
    FieldErrorList errors;
    FieldReader fields{context.body, errors};
    usecases::TakePayment request{
        .session = fields.id<SessionId>("sessionId"),
        .amount_minor = fields.integer("amount"),
        .orders = fields.optional_ids<OrderId>("orderIds")};
    const auto method = parse_payment_method(fields.text("method"));
    fields.finish();
    const auto idempotency = read_idempotency(context.request);
    if (!method && errors.is_empty()) {
        errors.add("method", "must be cash, card, online or other");
    }
    if (!errors.is_empty()) {
        return errors.error();
    }
    request.method = *method;
    auto taken =
        ORDERPUSH_TRY(context.services.payments.take(context.caller(), request, idempotency));
    return created_response(std::move(taken), "/v1/payments/");
}

/// GET /v1/payments/{id} → 200.
Result<Response> show_payment(const RequestContext& context) {
    const auto payment =
        ORDERPUSH_TRY(context.services.payments.find(context.caller(), context.id<PaymentId>()));
    return Response{.body = usecases::payment_json(payment)};
}

}  // namespace orderpush::http

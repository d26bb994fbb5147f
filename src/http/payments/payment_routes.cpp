#include "http/payments/payment_routes.hpp"

#include "http/json/field_reader.hpp"
#include "http/routing/idempotency_key.hpp"
#include "usecases/json/restaurant_json.hpp"

#include <utility>

namespace orderpush::http {

Result<Answer> take_payment(const RequestContext& call) {
    FieldErrorList faults;
    FieldReader fields{call.body, faults};
    usecases::TakePayment request{
        .session = fields.id<SessionId>("sessionId"),
        .amount_minor = fields.integer("amount"),
        .orders = fields.optional_ids<OrderId>("orderIds")};
    const auto method = parse_payment_method(fields.text("method"));
    fields.finish();
    const auto idempotency = read_idempotency(call.request, faults);
    if (!method && faults.is_empty()) {
        faults.add("method", "must be cash, card, online or other");
    }
    if (!faults.is_empty()) {
        return faults.error();
    }
    request.method = *method;
    auto taken = ORDERPUSH_TRY(call.services.payments.take(call.caller(), request, idempotency));
    return created_answer(std::move(taken), "/v1/payments/");
}

Result<Answer> show_payment(const RequestContext& call) {
    const auto payment =
        ORDERPUSH_TRY(call.services.payments.find(call.caller(), call.id<PaymentId>()));
    return Answer{.body = usecases::payment_json(payment)};
}

}  // namespace orderpush::http

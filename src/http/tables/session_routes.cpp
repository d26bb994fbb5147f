#include "http/json/field_reader.hpp"
#include "http/routing/handlers.hpp"
#include "http/routing/idempotency_key.hpp"
#include "http/routing/services.hpp"
#include "usecases/json/order_json.hpp"
#include "usecases/json/restaurant_json.hpp"
#include "usecases/tables/session_service.hpp"

#include <nlohmann/json.hpp>

#include <utility>

namespace orderpush::http {
namespace {

using Json = nlohmann::ordered_json;

/// The parts are JSON texts already; parsing them to print them again would cost more than both.
Response session_response(const usecases::SessionView& view) {
    const Json bill{
        {"totalAmount", view.total_minor},
        {"finalAmount", view.final_minor},
        {"paidAmount", view.paid_minor},
        {"outstandingAmount", view.outstanding_minor()},
        {"currency", view.session.table.branch.currency}};
    std::string body = R"({"session":)" + usecases::session_json(view.session) + R"(,"orders":[)";
    for (const Order& order : view.orders) {
        body += body.ends_with('[') ? "" : ",";
        body += usecases::order_json(order);
    }
    body += R"(],"bill":)" + bill.dump() + R"(,"payments":[)";
    for (const Payment& payment : view.payments) {
        body += body.ends_with('[') ? "" : ",";
        body += usecases::payment_json(payment);
    }
    return {.body = body + "]}"};
}

}  // namespace

/// POST /v1/sessions {qrToken, deviceId?, name?} → 201 if this opened the session, 200 if it
/// joined; honours Idempotency-Key.
Result<Response> open_session(const RequestContext& context) {
    FieldErrorList errors;
    FieldReader fields{context.body, errors};
    const usecases::OpenSession request{
        .qr_token = fields.text("qrToken"),
        .device_id = fields.optional_text("deviceId"),
        .guest_name = fields.optional_text("name")};
    fields.finish();
    const auto idempotency = read_idempotency(context.request, errors);
    if (!errors.is_empty()) {
        return errors.error();
    }
    auto opened = ORDERPUSH_TRY(context.services.sessions.open(request, idempotency));
    if (opened.status == 201) {
        return created_response(std::move(opened), "/v1/sessions/");
    }
    return created_response(std::move(opened));
}

/// GET /v1/sessions/{id}, GET /v1/sessions/{id}/bill → 200: the session, its orders, bill and
/// payments.
Result<Response> show_session(const RequestContext& context) {
    const auto view =
        ORDERPUSH_TRY(context.services.sessions.find(context.caller(), context.id<SessionId>()));
    return session_response(view);
}

/// POST /v1/sessions/{id}/close → 200 as GET; a closed one is shown as it is.
Result<Response> close_session(const RequestContext& context) {
    const auto view =
        ORDERPUSH_TRY(context.services.sessions.close(context.caller(), context.id<SessionId>()));
    return session_response(view);
}

}  // namespace orderpush::http

#include "http/json/field_reader.hpp"
#include "http/routing/handlers.hpp"
#include "http/routing/idempotency_key.hpp"
#include "http/routing/services.hpp"
#include "usecases/json/order_json.hpp"
#include "usecases/json/restaurant_json.hpp"
#include "usecases/tables/session_service.hpp"

#include <string>
#include <utility>

namespace orderpush::http {
namespace {

/// The parts are JSON texts already; parsing them to print them again would cost more than both.
Response session_response(const usecases::SessionView& view, bool is_replay = false) {
    std::string body = R"({"session":)" + usecases::session_json(view.session) + R"(,"orders":[)";
    for (const Order& order : view.orders) {
        body += body.ends_with('[') ? "" : ",";
        body += usecases::order_json(order);
    }
    body += R"(],"next":)" + (view.next ? '"' + to_string(*view.next) + '"' : "null") +
            R"(,"openOrders":)" + std::to_string(view.open_orders) + R"(,"bill":)" +
            usecases::bill_json(view.bill, view.session.table.branch.currency) + R"(,"payments":[)";
    for (const Payment& payment : view.payments) {
        body += body.ends_with('[') ? "" : ",";
        body += usecases::payment_json(payment);
    }
    return created_response({.id = {}, .body = body + "]}", .status = 200, .is_replay = is_replay});
}

usecases::OpenOrders read_open_orders(const JsonObject& body, FieldErrorList& errors) {
    FieldReader fields{body, errors};
    const auto word = fields.optional_text("openOrders");
    fields.finish();
    const auto meant = usecases::parse_open_orders(word.value_or("keep"));
    if (!meant) {
        errors.add("openOrders", "must be keep, cancel or refuse");
    }
    return meant.value_or(usecases::OpenOrders::kKeep);
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
        .guest_name = fields.optional_text("name"),
        .client_address = context.client_address};
    fields.finish();
    const auto idempotency = read_idempotency(context.request);
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

/// POST /v1/sessions/{id}/close {openOrders?} → 200 as GET; a closed one is shown as it is. What is
/// not served is kept, unless `openOrders` says cancel, or refuse: 409. Honours Idempotency-Key.
Result<Response> close_session(const RequestContext& context) {
    FieldErrorList errors;
    const auto open_orders = read_open_orders(context.body, errors);
    if (!errors.is_empty()) {
        return errors.error();
    }
    const auto closed = ORDERPUSH_TRY(context.services.sessions.close(
        context.caller(), context.id<SessionId>(), open_orders, read_idempotency(context.request)
    ));
    return session_response(closed.view, closed.is_replay);
}

}  // namespace orderpush::http

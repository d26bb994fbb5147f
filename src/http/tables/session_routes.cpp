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

Response session_response(const usecases::SessionView& view) {
    Json orders = Json::array();
    for (const Order& order : view.orders) {
        orders.push_back(Json::parse(usecases::order_document(order)));
    }
    Json payments = Json::array();
    for (const Payment& payment : view.payments) {
        payments.push_back(Json::parse(usecases::payment_document(payment)));
    }
    const Json document{
        {"session", Json::parse(usecases::session_document(view.session))},
        {"orders", std::move(orders)},
        {"bill",
         {{"totalAmount", view.total_minor},
          {"finalAmount", view.final_minor},
          {"paidAmount", view.paid_minor},
          {"outstandingAmount", view.outstanding_minor()},
          {"currency", view.session.table.branch.currency}}},
        {"payments", std::move(payments)},
    };
    return {.body = document.dump()};
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
    Response response = created_response(std::move(opened));
    if (response.status == 201) {
        const std::string id = Json::parse(response.body).at("session").at("id");
        response.headers.emplace_back("Location", "/v1/sessions/" + id);
    }
    return response;
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

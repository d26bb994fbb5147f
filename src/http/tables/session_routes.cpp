#include "http/tables/session_routes.hpp"

#include "http/json/field_reader.hpp"
#include "http/routing/idempotency_key.hpp"
#include "usecases/json/order_json.hpp"
#include "usecases/json/restaurant_json.hpp"

#include <nlohmann/json.hpp>

#include <utility>

namespace orderpush::http {
namespace {

using Json = nlohmann::ordered_json;

Answer session_answer(const usecases::SessionView& view) {
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

Result<Answer> open_session(const RequestContext& call) {
    FieldErrorList faults;
    FieldReader fields{call.body, faults};
    const usecases::OpenSession request{
        .qr_token = fields.text("qrToken"),
        .device_id = fields.optional_text("deviceId"),
        .guest_name = fields.optional_text("name")};
    fields.finish();
    const auto idempotency = read_idempotency(call.request, faults);
    if (!faults.is_empty()) {
        return faults.error();
    }
    auto opened = ORDERPUSH_TRY(call.services.sessions.open(request, idempotency));
    Answer answer = created_answer(std::move(opened));
    if (answer.status == 201) {
        const std::string id = Json::parse(answer.body).at("session").at("id");
        answer.headers.emplace_back("Location", "/v1/sessions/" + id);
    }
    return answer;
}

Result<Answer> show_session(const RequestContext& call) {
    const auto view =
        ORDERPUSH_TRY(call.services.sessions.find(call.caller(), call.id<SessionId>()));
    return session_answer(view);
}

Result<Answer> close_session(const RequestContext& call) {
    const auto view =
        ORDERPUSH_TRY(call.services.sessions.close(call.caller(), call.id<SessionId>()));
    return session_answer(view);
}

}  // namespace orderpush::http

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

/// The parts are JSON texts already; parsing them to print them again would cost more than both.
Answer session_answer(const usecases::SessionView& view) {
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
    if (opened.status == 201) {
        return created_answer(std::move(opened), "/v1/sessions/");
    }
    return created_answer(std::move(opened));
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

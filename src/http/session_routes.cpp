#include "http/session_routes.hpp"

#include "app/order_document.hpp"
#include "core/order.hpp"
#include "http/field_reader.hpp"

#include <nlohmann/json.hpp>

namespace orderpush::http {
namespace {

using Json = nlohmann::ordered_json;

Json session_json(const TableSession& session) {
    const Table& table = session.table;
    Json json{
        {"id", to_string(session.id)},
        {"status", session.is_open ? "open" : "closed"},
        {"tableId", to_string(table.id)},
        {"tableNumber", table.number},
        {"table", table_label(table.area_name, table.number)},
        {"branchId", to_string(table.branch.id)},
        {"branchName", table.branch.name},
        {"openedAt", to_rfc3339(session.opened_at)},
    };
    if (session.closed_at) {
        json["closedAt"] = to_rfc3339(*session.closed_at);
    }
    return json;
}

}  // namespace

Result<Answer> open_session(const Call& call) {
    FaultList faults;
    FieldReader fields{call.body, faults};
    const app::OpenSession request{
        .qr_token = fields.text("qrToken"),
        .device_id = fields.optional_text("deviceId"),
        .guest_name = fields.optional_text("name")};
    fields.finish();
    if (!faults.is_empty()) {
        return faults.error();
    }
    const auto opened = call.services.sessions.open(request);
    if (!opened) {
        return opened.error();
    }
    const Json document{
        {"session", session_json(opened->session)},
        {"token", opened->token},
        {"deviceId", opened->device_id},
    };
    Answer answer{.status = opened->was_opened ? 201 : 200, .body = document.dump()};
    if (opened->was_opened) {
        answer.headers.emplace_back("Location", "/v1/sessions/" + to_string(opened->session.id));
    }
    return answer;
}

Result<Answer> show_session(const Call& call) {
    const auto view = call.services.sessions.find(call.caller(), call.id<SessionId>());
    if (!view) {
        return view.error();
    }
    Json orders = Json::array();
    for (const Order& order : view->orders) {
        orders.push_back(Json::parse(app::order_document(order)));
    }
    const Json document{
        {"session", session_json(view->session)},
        {"orders", std::move(orders)},
        {"bill",
         {{"totalAmount", view->total_minor},
          {"finalAmount", view->final_minor},
          {"currency", view->session.table.branch.currency}}},
    };
    return Answer{.body = document.dump()};
}

}  // namespace orderpush::http

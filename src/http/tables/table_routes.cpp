#include "http/json/field_reader.hpp"
#include "http/routing/handlers.hpp"
#include "http/routing/idempotency_key.hpp"
#include "http/routing/services.hpp"
#include "usecases/json/order_json.hpp"
#include "usecases/json/restaurant_json.hpp"
#include "usecases/tables/table_service.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <utility>

namespace orderpush::http {
namespace {

using Json = nlohmann::ordered_json;

std::string session_on_floor(const usecases::FloorSession& session, const std::string& currency) {
    return R"({"id":")" + to_string(session.id) + R"(","tableId":")" + to_string(session.table) +
           R"(","openedAt":")" + to_rfc3339(session.opened_at) + R"(","bill":)" +
           usecases::bill_json(session.bill, currency) + '}';
}

Json alarm_on_floor(const FloorAlarm& alarm) {
    return {
        {"orderId", to_string(alarm.order)},
        {"orderNumber", alarm.order_number},
        {"tableId", to_string(alarm.table)},
        {"table", table_label(alarm.area_name, alarm.table_number)},
        {"reason", to_string(alarm.cause)},
        {"since", to_rfc3339(alarm.since)},
    };
}

/// A JSON array of what `document_of` prints, which is not parsed again to be printed again.
template <class Range, class DocumentOf>
std::string list_of(const Range& range, DocumentOf document_of) {
    std::string list{"["};
    for (const auto& each : range) {
        list += list.size() > 1 ? "," : "";
        list += document_of(each);
    }
    return list + ']';
}

std::string floor_document(const BranchId& branch, const usecases::ShownFloor& floor) {
    Json seqs = Json::object();
    for (const auto& [channel, seq] : floor.content.seqs) {
        seqs[channel.name()] = seq;
    }
    const auto table = [](const FloorTable& seated) {
        const KnownTable known{
            .table = seated.table, .open_session = seated.session, .qr_token = {}};
        return usecases::table_json(known, false);
    };
    const auto session = [&](const usecases::FloorSession& each) {
        return session_on_floor(each, floor.currency);
    };
    const auto alarm = [](const FloorAlarm& each) { return alarm_on_floor(each).dump(); };
    return R"({"branchId":")" + to_string(branch) + R"(","asOf":")" + to_rfc3339(floor.as_of) +
           R"(","currency":)" + Json(floor.currency).dump() + R"(,"seq":)" + seqs.dump() +
           R"(,"tables":)" + list_of(floor.content.tables, table) + R"(,"sessions":)" +
           list_of(floor.sessions, session) + R"(,"orders":)" +
           list_of(floor.content.orders, usecases::order_json) + R"(,"alarms":)" +
           list_of(floor.content.alarms, alarm) + '}';
}

}  // namespace

/// GET /v1/branches/{id}/tables → 200 {branchId, tables}.
Result<Response> list_tables(const RequestContext& context) {
    const auto branch = context.id<BranchId>();
    const auto shown = ORDERPUSH_TRY(context.services.tables.list(context.caller(), branch));
    std::string body = R"({"branchId":")" + to_string(branch) + R"(","tables":[)";
    for (const KnownTable& table : shown.tables) {
        body += body.ends_with('[') ? "" : ",";
        body += usecases::table_json(table, shown.shows_code);
    }
    return Response{.body = body + "]}"};
}

/// GET /v1/branches/{id}/floor → 200 {branchId, asOf, currency, seq, tables, sessions, orders,
/// alarms}.
Result<Response> show_floor(const RequestContext& context) {
    const auto branch = context.id<BranchId>();
    const auto floor = ORDERPUSH_TRY(context.services.tables.floor(context.caller(), branch));
    return Response{.body = floor_document(branch, floor)};
}

/// POST /v1/branches/{id}/tables {number, areaId | areaName} → 201; honours Idempotency-Key.
Result<Response> create_table(const RequestContext& context) {
    FieldErrorList errors;
    FieldReader fields{context.body, errors};
    const usecases::CreateTable request{
        .number = fields.text("number"),
        .area = fields.optional_id<AreaId>("areaId"),
        .area_name = fields.optional_text("areaName")};
    fields.finish();
    const auto idempotency = read_idempotency(context.request);
    if (!errors.is_empty()) {
        return errors.error();
    }
    auto created = ORDERPUSH_TRY(context.services.tables.create(
        context.caller(), context.id<BranchId>(), request, idempotency
    ));
    return created_response(std::move(created));
}

/// PATCH /v1/tables/{id} {number?, areaId?, status?} → 200.
Result<Response> change_table(const RequestContext& context) {
    FieldErrorList errors;
    FieldReader fields{context.body, errors};
    usecases::ChangeTable request{
        .number = fields.optional_text("number"), .area = fields.optional_id<AreaId>("areaId")};
    const auto status = fields.optional_text("status");
    fields.finish();
    request.state = status ? parse_table_state(*status) : std::nullopt;
    if (status && !request.state) {
        errors.add("status", "must be free or needs-cleaning");
    }
    if (!errors.is_empty()) {
        return errors.error();
    }
    const auto shown = ORDERPUSH_TRY(
        context.services.tables.change(context.caller(), context.id<TableId>(), request)
    );
    return Response{.body = usecases::table_json(shown.table, shown.shows_code)};
}

/// POST /v1/tables/{id}/qr → 201 with the new code; honours Idempotency-Key.
Result<Response> renew_qr_token(const RequestContext& context) {
    FieldErrorList errors;
    const auto idempotency = read_idempotency(context.request);
    if (!errors.is_empty()) {
        return errors.error();
    }
    auto renewed = ORDERPUSH_TRY(
        context.services.tables.renew_qr_token(context.caller(), context.id<TableId>(), idempotency)
    );
    return created_response(std::move(renewed));
}

}  // namespace orderpush::http

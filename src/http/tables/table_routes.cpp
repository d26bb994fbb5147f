#include "http/tables/table_routes.hpp"

#include "http/json/field_reader.hpp"
#include "http/routing/idempotency_key.hpp"
#include "usecases/json/order_json.hpp"
#include "usecases/json/restaurant_json.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <utility>

namespace orderpush::http {
namespace {

using Json = nlohmann::ordered_json;

Json session_on_floor(const usecases::FloorSession& session, const std::string& currency) {
    return {
        {"id", to_string(session.id)},
        {"tableId", to_string(session.table)},
        {"openedAt", to_rfc3339(session.opened_at)},
        {"bill",
         {{"totalAmount", session.total_minor},
          {"finalAmount", session.final_minor},
          {"paidAmount", session.paid_minor},
          {"outstandingAmount", session.outstanding_minor()},
          {"currency", currency}}},
    };
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
        return session_on_floor(each, floor.currency).dump();
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

Result<Answer> list_tables(const RequestContext& call) {
    const auto branch = call.id<BranchId>();
    const auto shown = ORDERPUSH_TRY(call.services.tables.list(call.caller(), branch));
    std::string body = R"({"branchId":")" + to_string(branch) + R"(","tables":[)";
    for (const KnownTable& table : shown.tables) {
        body += body.ends_with('[') ? "" : ",";
        body += usecases::table_json(table, shown.shows_code);
    }
    return Answer{.body = body + "]}"};
}

Result<Answer> show_floor(const RequestContext& call) {
    const auto branch = call.id<BranchId>();
    const auto floor = ORDERPUSH_TRY(call.services.tables.floor(call.caller(), branch));
    return Answer{.body = floor_document(branch, floor)};
}

Result<Answer> create_table(const RequestContext& call) {
    FieldErrorList faults;
    FieldReader fields{call.body, faults};
    const usecases::CreateTable request{
        .number = fields.text("number"),
        .area = fields.optional_id<AreaId>("areaId"),
        .area_name = fields.optional_text("areaName")};
    fields.finish();
    const auto idempotency = read_idempotency(call.request, faults);
    if (!faults.is_empty()) {
        return faults.error();
    }
    auto created = ORDERPUSH_TRY(
        call.services.tables.create(call.caller(), call.id<BranchId>(), request, idempotency)
    );
    return created_answer(std::move(created));
}

Result<Answer> change_table(const RequestContext& call) {
    FieldErrorList faults;
    FieldReader fields{call.body, faults};
    usecases::ChangeTable request{
        .number = fields.optional_text("number"), .area = fields.optional_id<AreaId>("areaId")};
    const auto status = fields.optional_text("status");
    fields.finish();
    request.state = status ? parse_table_state(*status) : std::nullopt;
    if (status && !request.state) {
        faults.add("status", "must be free or needs-cleaning");
    }
    if (!faults.is_empty()) {
        return faults.error();
    }
    const auto shown =
        ORDERPUSH_TRY(call.services.tables.change(call.caller(), call.id<TableId>(), request));
    return Answer{.body = usecases::table_json(shown.table, shown.shows_code)};
}

Result<Answer> renew_qr_token(const RequestContext& call) {
    FieldErrorList faults;
    const auto idempotency = read_idempotency(call.request, faults);
    if (!faults.is_empty()) {
        return faults.error();
    }
    auto renewed = ORDERPUSH_TRY(
        call.services.tables.renew_qr_token(call.caller(), call.id<TableId>(), idempotency)
    );
    return created_answer(std::move(renewed));
}

}  // namespace orderpush::http

#include "http/table_routes.hpp"

#include "app/house_documents.hpp"
#include "http/field_reader.hpp"
#include "http/idempotency_key.hpp"

#include <utility>

namespace orderpush::http {

Result<Answer> list_tables(const Call& call) {
    const auto branch = call.id<BranchId>();
    const auto shown = call.services.tables.list(call.caller(), branch);
    if (!shown) {
        return shown.error();
    }
    std::string body = R"({"branchId":")" + to_string(branch) + R"(","tables":[)";
    for (const KnownTable& table : shown->tables) {
        body += body.ends_with('[') ? "" : ",";
        body += app::table_document(table, shown->shows_code);
    }
    return Answer{.body = body + "]}"};
}

Result<Answer> create_table(const Call& call) {
    FaultList faults;
    FieldReader fields{call.body, faults};
    const app::CreateTable request{
        .number = fields.text("number"),
        .area = fields.optional_id<AreaId>("areaId"),
        .area_name = fields.optional_text("areaName")};
    fields.finish();
    const auto idempotency = read_idempotency(call.request, faults);
    if (!faults.is_empty()) {
        return faults.error();
    }
    auto created =
        call.services.tables.create(call.caller(), call.id<BranchId>(), request, idempotency);
    if (!created) {
        return std::move(created).error();
    }
    return created_answer(std::move(*created));
}

Result<Answer> change_table(const Call& call) {
    FaultList faults;
    FieldReader fields{call.body, faults};
    app::ChangeTable request{
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
    const auto shown = call.services.tables.change(call.caller(), call.id<TableId>(), request);
    if (!shown) {
        return shown.error();
    }
    return Answer{.body = app::table_document(shown->table, shown->shows_code)};
}

Result<Answer> renew_qr_token(const Call& call) {
    FaultList faults;
    const auto idempotency = read_idempotency(call.request, faults);
    if (!faults.is_empty()) {
        return faults.error();
    }
    auto renewed =
        call.services.tables.renew_qr_token(call.caller(), call.id<TableId>(), idempotency);
    if (!renewed) {
        return std::move(renewed).error();
    }
    return created_answer(std::move(*renewed));
}

}  // namespace orderpush::http

#include "http/json/field_reader.hpp"
#include "http/routing/handlers.hpp"
#include "http/routing/idempotency_key.hpp"
#include "http/routing/if_match.hpp"
#include "http/routing/services.hpp"
#include "usecases/json/set_up_json.hpp"
#include "usecases/restaurant/branch_service.hpp"

#include <utility>

namespace orderpush::http {
namespace {

Response branch_response(const BranchSettings& branch) {
    Response response{.body = usecases::branch_settings_json(branch)};
    response.headers.emplace_back("ETag", etag_of(branch.version));
    return response;
}

using Kind = BranchPart::Kind;

Result<Response> list_parts(const RequestContext& context, Kind kind, const char* name) {
    const auto parts = ORDERPUSH_TRY(
        context.services.branches.list_parts(context.caller(), kind, context.id<BranchId>())
    );
    std::string body = std::string{"{\""} + name + "\":[";
    for (const BranchPart& part : parts) {
        body += body.ends_with('[') ? "" : ",";
        body += usecases::branch_part_json(part);
    }
    return Response{.body = body + "]}"};
}

Result<std::string> read_name(const RequestContext& context) {
    FieldErrorList errors;
    FieldReader fields{context.body, errors};
    std::string name = fields.text("name");
    fields.finish();
    if (!errors.is_empty()) {
        return errors.error();
    }
    return name;
}

Result<Response> create_part(const RequestContext& context, Kind kind) {
    const auto name = ORDERPUSH_TRY(read_name(context));
    auto created = ORDERPUSH_TRY(context.services.branches.create_part(
        context.caller(), kind, context.id<BranchId>(), name, read_idempotency(context.request)
    ));
    return created_response(std::move(created));
}

Result<Response> rename_part(const RequestContext& context, Kind kind, const Uuid& id) {
    const auto name = ORDERPUSH_TRY(read_name(context));
    const auto part =
        ORDERPUSH_TRY(context.services.branches.rename_part(context.caller(), kind, id, name));
    return Response{.body = usecases::branch_part_json(part)};
}

/// With `is_new`, name and time zone have to be there.
usecases::ChangeBranch read_branch(FieldReader& fields, FieldErrorList& errors, bool is_new) {
    const auto text = [&](const char* name) {
        return is_new ? std::optional{fields.text(name)} : fields.optional_text(name);
    };
    usecases::ChangeBranch request{
        .name = text("name"),
        .time_zone = text("timeZone"),
        .tax_rate_bp = fields.optional_integer("taxRateBp"),
        .warn_after_seconds = fields.optional_integer("warnAfterSeconds"),
        .late_after_seconds = fields.optional_integer("lateAfterSeconds"),
        .unseen_after_seconds = fields.optional_integer("unseenAfterSeconds"),
        .unattended_after_seconds = fields.optional_integer("unattendedAfterSeconds"),
        .guest_unserved_orders_max = fields.optional_integer("guestUnservedOrdersMax")};
    const auto rule = fields.optional_text("closeSessions");
    request.close_sessions = rule ? parse_close_sessions(*rule) : std::nullopt;
    fields.finish();
    if (rule && !request.close_sessions) {
        errors.add("closeSessions", "must be served, settled or manual");
    }
    return request;
}

}  // namespace

/// GET /v1/branches → 200 {branches}.
Result<Response> list_branches(const RequestContext& context) {
    const auto branches = ORDERPUSH_TRY(context.services.branches.list(context.caller()));
    std::string body = R"({"branches":[)";
    for (const BranchSettings& branch : branches) {
        body += body.ends_with('[') ? "" : ",";
        body += usecases::branch_settings_json(branch);
    }
    return Response{.body = body + "]}"};
}

/// POST /v1/branches {name, timeZone, …} → 201; honours Idempotency-Key.
Result<Response> create_branch(const RequestContext& context) {
    FieldErrorList errors;
    FieldReader fields{context.body, errors};
    const auto request = read_branch(fields, errors, true);
    const auto idempotency = read_idempotency(context.request);
    if (!errors.is_empty()) {
        return errors.error();
    }
    auto created =
        ORDERPUSH_TRY(context.services.branches.create(context.caller(), request, idempotency));
    return created_response(std::move(created), "/v1/branches/");
}

/// GET /v1/branches/{id} → 200.
Result<Response> show_branch(const RequestContext& context) {
    return branch_response(
        ORDERPUSH_TRY(context.services.branches.find(context.caller(), context.id<BranchId>()))
    );
}

/// PATCH /v1/branches/{id} {name?, timeZone?, …} → 200; honours If-Match.
Result<Response> change_branch(const RequestContext& context) {
    FieldErrorList errors;
    FieldReader fields{context.body, errors};
    const auto request = read_branch(fields, errors, false);
    if (!errors.is_empty()) {
        return errors.error();
    }
    const auto expected = ORDERPUSH_TRY(read_if_match(context.request));
    return branch_response(ORDERPUSH_TRY(context.services.branches.change(
        context.caller(), context.id<BranchId>(), request, expected
    )));
}

/// GET /v1/branches/{id}/areas → 200 {areas}.
Result<Response> list_areas(const RequestContext& context) {
    return list_parts(context, Kind::kArea, "areas");
}

/// POST /v1/branches/{id}/areas {name} → 201; honours Idempotency-Key.
Result<Response> create_area(const RequestContext& context) {
    return create_part(context, Kind::kArea);
}

/// PATCH /v1/areas/{id} {name} → 200.
Result<Response> change_area(const RequestContext& context) {
    return rename_part(context, Kind::kArea, context.id<AreaId>().value);
}

/// GET /v1/branches/{id}/stations → 200 {stations}.
Result<Response> list_stations(const RequestContext& context) {
    return list_parts(context, Kind::kStation, "stations");
}

/// POST /v1/branches/{id}/stations {name} → 201; honours Idempotency-Key.
Result<Response> create_station(const RequestContext& context) {
    return create_part(context, Kind::kStation);
}

/// PATCH /v1/stations/{id} {name} → 200.
Result<Response> change_station(const RequestContext& context) {
    return rename_part(context, Kind::kStation, context.id<StationId>().value);
}

}  // namespace orderpush::http

#include "http/json/field_reader.hpp"
#include "http/routing/handlers.hpp"
#include "http/routing/idempotency_key.hpp"
#include "http/routing/services.hpp"
#include "usecases/access/staff_service.hpp"

#include <nlohmann/json.hpp>

#include <utility>

namespace orderpush::http {

using Json = nlohmann::ordered_json;

/// POST /v1/staff/login {email, password} → 200.
Result<Response> log_in_staff(const RequestContext& context) {
    FieldErrorList errors;
    FieldReader fields{context.body, errors};
    const usecases::LoginAttempt attempt{
        .email = fields.text("email"),
        .password = fields.text("password"),
        .client_address = context.client_address};
    fields.finish();
    if (!errors.is_empty()) {
        return errors.error();
    }
    const auto login = ORDERPUSH_TRY(context.services.staff.log_in(attempt));
    const Json document{
        {"token", login.token},
        {"role", to_string(login.staff.role)},
        {"branchId", to_string(login.staff.branch)},
        {"staffId", to_string(login.staff.id)},
        {"name", login.staff.name},
        {"expiresAt", to_rfc3339(login.expires_at)},
    };
    return Response{.body = document.dump()};
}

/// POST /v1/staff {name, email, password, role, branchId, stationId?} → 201; honours
/// Idempotency-Key.
Result<Response> create_staff(const RequestContext& context) {
    FieldErrorList errors;
    FieldReader fields{context.body, errors};
    usecases::CreateStaff request{
        .name = fields.text("name"),
        .email = fields.text("email"),
        .password = fields.text("password"),
        .branch = fields.id<BranchId>("branchId"),
        .station = fields.optional_id<StationId>("stationId")};
    const auto role = parse_role(fields.text("role"));
    fields.finish();
    const auto idempotency = read_idempotency(context.request);
    if (!role && errors.is_empty()) {
        errors.add("role", "must be KITCHEN, WAITER, MANAGER or ADMIN");
    }
    if (!errors.is_empty()) {
        return errors.error();
    }
    request.role = *role;
    auto created =
        ORDERPUSH_TRY(context.services.staff.create(context.caller(), request, idempotency));
    return created_response(std::move(created));
}

}  // namespace orderpush::http

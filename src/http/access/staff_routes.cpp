#include "http/json/field_reader.hpp"
#include "http/routing/handlers.hpp"
#include "http/routing/idempotency_key.hpp"
#include "http/routing/services.hpp"
#include "usecases/access/staff_service.hpp"

#include <nlohmann/json.hpp>

#include <utility>

namespace orderpush::http {

namespace {

using Json = nlohmann::ordered_json;

Response login_response(const usecases::Login& login) {
    const Json document{
        {"token", login.token},
        {"role", to_string(login.staff.role)},
        {"branchId", to_string(login.staff.branch)},
        {"staffId", to_string(login.staff.id)},
        {"name", login.staff.name},
        {"expiresAt", to_rfc3339(login.expires_at)},
        {"expiresIn", login.expires_in.count()},
    };
    return Response{.body = document.dump()};
}

}  // namespace

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
    return login_response(ORDERPUSH_TRY(context.services.staff.log_in(attempt)));
}

/// POST /v1/staff/token, with a token that is good still → 200, as a log-in answers.
Result<Response> renew_staff_token(const RequestContext& context) {
    return login_response(ORDERPUSH_TRY(context.services.staff.renew(context.caller())));
}

/// POST /v1/staff/{id}/sign-out → 204, also if nobody of that id is logged in.
Result<Response> sign_out_staff(const RequestContext& context) {
    ORDERPUSH_TRY(context.services.staff.sign_out(context.caller(), context.id<StaffId>()));
    return Response{.status = 204};
}

/// PATCH /v1/staff/{id} {isActive} → 200.
Result<Response> change_staff(const RequestContext& context) {
    FieldErrorList errors;
    FieldReader fields{context.body, errors};
    const auto is_active = fields.optional_boolean("isActive");
    fields.finish();
    if (!is_active && errors.is_empty()) {
        errors.add("isActive", "is required");
    }
    if (!errors.is_empty()) {
        return errors.error();
    }
    auto document = ORDERPUSH_TRY(context.services.staff.change(
        context.caller(), {.staff = context.id<StaffId>(), .is_active = *is_active}
    ));
    return Response{.body = std::move(document)};
}

/// POST /v1/staff/{id}/password {password} → 204.
Result<Response> set_staff_password(const RequestContext& context) {
    FieldErrorList errors;
    FieldReader fields{context.body, errors};
    const usecases::NewPassword request{
        .staff = context.id<StaffId>(), .password = fields.text("password")};
    fields.finish();
    if (!errors.is_empty()) {
        return errors.error();
    }
    ORDERPUSH_TRY(context.services.staff.set_password(context.caller(), request));
    return Response{.status = 204};
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

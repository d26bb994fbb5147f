#include "http/json/field_reader.hpp"
#include "http/routing/handlers.hpp"
#include "http/routing/idempotency_key.hpp"
#include "http/routing/services.hpp"
#include "usecases/access/staff_service.hpp"
#include "usecases/json/restaurant_json.hpp"

#include <nlohmann/json.hpp>

#include <utility>

namespace orderpush::http {

namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kRoleError = "must be KITCHEN, WAITER, MANAGER or ADMIN";

Response login_response(const usecases::Login& login) {
    const Json document{
        {"token", login.token},
        {"role", to_string(login.staff.role)},
        {"branchId", to_string(login.staff.branch)},
        {"staffId", to_string(login.staff.id)},
        {"name", login.staff.name},
        {"expiresAt", to_rfc3339(login.expires_at)},
        {"expiresIn", login.expires_in.count()},
        {"mustChangePassword", login.staff.must_change_password},
    };
    return Response{.body = document.dump()};
}

}  // namespace

/// POST /v1/staff/login {email, password, restaurantId?} → 200.
Result<Response> log_in_staff(const RequestContext& context) {
    FieldErrorList errors;
    FieldReader fields{context.body, errors};
    const usecases::LoginAttempt attempt{
        .email = fields.text("email"),
        .password = fields.text("password"),
        .restaurant = fields.optional_id<RestaurantId>("restaurantId"),
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

/// POST /v1/staff/me/password {password, newPassword} → 200, as a log-in answers.
Result<Response> change_own_password(const RequestContext& context) {
    FieldErrorList errors;
    FieldReader fields{context.body, errors};
    const usecases::OwnPassword request{
        .password = fields.text("password"),
        .new_password = fields.text("newPassword"),
        .client_address = context.client_address};
    fields.finish();
    if (!errors.is_empty()) {
        return errors.error();
    }
    return login_response(
        ORDERPUSH_TRY(context.services.staff.change_own_password(context.caller(), request))
    );
}

/// POST /v1/staff/{id}/sign-out → 204, also if nobody of that id is logged in.
Result<Response> sign_out_staff(const RequestContext& context) {
    ORDERPUSH_TRY(context.services.staff.sign_out(context.caller(), context.id<StaffId>()));
    return Response{.status = 204};
}

/// PATCH /v1/staff/{id} {name?, role?, branchId?, stationId?, isActive?} → 200; a stationId of null
/// takes the station away.
Result<Response> change_staff(const RequestContext& context) {
    FieldErrorList errors;
    FieldReader fields{context.body, errors};
    usecases::ChangeStaff request{
        .staff = context.id<StaffId>(),
        .name = fields.optional_text("name"),
        .branch = fields.optional_id<BranchId>("branchId"),
        .station = fields.clearable_id<StationId>("stationId"),
        .is_active = fields.optional_boolean("isActive")};
    const auto role = fields.optional_text("role");
    fields.finish();
    request.role = role ? parse_role(*role) : std::nullopt;
    if (role && !request.role) {
        errors.add("role", kRoleError);
    }
    if (!errors.is_empty()) {
        return errors.error();
    }
    auto document = ORDERPUSH_TRY(context.services.staff.change(context.caller(), request));
    return Response{.body = std::move(document)};
}

/// POST /v1/staff/{id}/password {password?} → 204, or 200 {oneTimePassword} where none is given.
Result<Response> set_staff_password(const RequestContext& context) {
    FieldErrorList errors;
    FieldReader fields{context.body, errors};
    const usecases::NewPassword request{
        .staff = context.id<StaffId>(), .password = fields.optional_text("password")};
    fields.finish();
    if (!errors.is_empty()) {
        return errors.error();
    }
    const auto made = ORDERPUSH_TRY(context.services.staff.set_password(context.caller(), request));
    if (!made) {
        return Response{.status = 204};
    }
    return Response{.body = Json{{"oneTimePassword", *made}}.dump()};
}

/// GET /v1/staff → 200 {staff}.
Result<Response> list_staff(const RequestContext& context) {
    const auto staff = ORDERPUSH_TRY(context.services.staff.list(context.caller()));
    std::string body = R"({"staff":[)";
    for (const Staff& person : staff) {
        body += body.ends_with('[') ? "" : ",";
        body += usecases::staff_json(person);
    }
    return Response{.body = body + "]}"};
}

/// POST /v1/staff {name, email, password?, role, branchId, stationId?} → 201; honours
/// Idempotency-Key.
Result<Response> create_staff(const RequestContext& context) {
    FieldErrorList errors;
    FieldReader fields{context.body, errors};
    usecases::CreateStaff request{
        .name = fields.text("name"),
        .email = fields.text("email"),
        .password = fields.optional_text("password"),
        .branch = fields.id<BranchId>("branchId"),
        .station = fields.optional_id<StationId>("stationId")};
    const auto role = parse_role(fields.text("role"));
    fields.finish();
    const auto idempotency = read_idempotency(context.request);
    if (!role && errors.is_empty()) {
        errors.add("role", kRoleError);
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

#include "http/access/staff_routes.hpp"

#include "http/json/field_reader.hpp"
#include "http/routing/idempotency_key.hpp"

#include <nlohmann/json.hpp>

#include <utility>

namespace orderpush::http {

using Json = nlohmann::ordered_json;

Result<Answer> log_in_staff(const RequestContext& call) {
    FieldErrorList faults;
    FieldReader fields{call.body, faults};
    const usecases::LoginAttempt attempt{
        .email = fields.text("email"),
        .password = fields.text("password"),
        .client_address = call.request.client_address};
    fields.finish();
    if (!faults.is_empty()) {
        return faults.error();
    }
    const auto login = ORDERPUSH_TRY(call.services.staff.log_in(attempt));
    const Json document{
        {"token", login.token},
        {"role", to_string(login.staff.role)},
        {"branchId", to_string(login.staff.branch)},
        {"staffId", to_string(login.staff.id)},
        {"name", login.staff.name},
        {"expiresAt", to_rfc3339(login.expires_at)},
    };
    return Answer{.body = document.dump()};
}

Result<Answer> create_staff(const RequestContext& call) {
    FieldErrorList faults;
    FieldReader fields{call.body, faults};
    usecases::CreateStaff request{
        .name = fields.text("name"),
        .email = fields.text("email"),
        .password = fields.text("password"),
        .branch = fields.id<BranchId>("branchId"),
        .station = fields.optional_id<StationId>("stationId")};
    const auto role = parse_role(fields.text("role"));
    fields.finish();
    const auto idempotency = read_idempotency(call.request, faults);
    if (!role && faults.is_empty()) {
        faults.add("role", "must be KITCHEN, WAITER, MANAGER or ADMIN");
    }
    if (!faults.is_empty()) {
        return faults.error();
    }
    request.role = *role;
    auto created = ORDERPUSH_TRY(call.services.staff.create(call.caller(), request, idempotency));
    return created_answer(std::move(created));
}

}  // namespace orderpush::http

#include "http/staff_routes.hpp"

#include "http/field_reader.hpp"

#include <nlohmann/json.hpp>

namespace orderpush::http {

using Json = nlohmann::ordered_json;

Result<Answer> log_in_staff(const Call& call) {
    FaultList faults;
    FieldReader fields{call.body, faults};
    const app::LoginAttempt attempt{
        .email = fields.text("email"),
        .password = fields.text("password"),
        .client_address = call.request.client_address};
    fields.finish();
    if (!faults.is_empty()) {
        return faults.error();
    }
    const auto login = call.services.staff.log_in(attempt);
    if (!login) {
        return login.error();
    }
    const Json document{
        {"token", login->token},
        {"role", to_word(login->staff.role)},
        {"branchId", to_string(login->staff.branch)},
        {"staffId", to_string(login->staff.id)},
        {"name", login->staff.name},
        {"expiresAt", to_rfc3339(login->expires_at)},
    };
    return Answer{.body = document.dump()};
}

}  // namespace orderpush::http

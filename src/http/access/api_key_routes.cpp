#include "http/access/api_key_routes.hpp"

#include "http/json/field_reader.hpp"
#include "http/routing/idempotency_key.hpp"
#include "usecases/json/restaurant_json.hpp"

#include <utility>

namespace orderpush::http {

Result<Answer> create_api_key(const RequestContext& call) {
    FieldErrorList faults;
    FieldReader fields{call.body, faults};
    const std::string name = fields.text("name");
    fields.finish();
    const auto idempotency = read_idempotency(call.request, faults);
    if (!faults.is_empty()) {
        return faults.error();
    }
    auto created = ORDERPUSH_TRY(call.services.api_keys.create(call.caller(), name, idempotency));
    return created_answer(std::move(created));
}

Result<Answer> list_api_keys(const RequestContext& call) {
    const auto keys = ORDERPUSH_TRY(call.services.api_keys.list(call.caller()));
    std::string body = R"({"apiKeys":[)";
    for (const ApiKey& key : keys) {
        body += body.ends_with('[') ? "" : ",";
        body += usecases::api_key_json(key);
    }
    return Answer{.body = body + "]}"};
}

Result<Answer> revoke_api_key(const RequestContext& call) {
    ORDERPUSH_TRY(call.services.api_keys.revoke(call.caller(), call.id<ApiKeyId>()));
    return Answer{.status = 204};
}

}  // namespace orderpush::http

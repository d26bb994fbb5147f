#include "http/json/field_reader.hpp"
#include "http/routing/handlers.hpp"
#include "http/routing/idempotency_key.hpp"
#include "http/routing/services.hpp"
#include "usecases/access/api_key_service.hpp"
#include "usecases/json/restaurant_json.hpp"

#include <utility>

namespace orderpush::http {

/// POST /v1/api-keys {name} → 201 {id, name, key, createdAt}; the key is shown here only.
Result<Response> create_api_key(const RequestContext& context) {
    FieldErrorList errors;
    FieldReader fields{context.body, errors};
    const std::string name = fields.text("name");
    fields.finish();
    const auto idempotency = read_idempotency(context.request);
    if (!errors.is_empty()) {
        return errors.error();
    }
    auto created =
        ORDERPUSH_TRY(context.services.api_keys.create(context.caller(), name, idempotency));
    return created_response(std::move(created));
}

/// GET /v1/api-keys → 200 {apiKeys}.
Result<Response> list_api_keys(const RequestContext& context) {
    const auto keys = ORDERPUSH_TRY(context.services.api_keys.list(context.caller()));
    std::string body = R"({"apiKeys":[)";
    for (const ApiKey& key : keys) {
        body += body.ends_with('[') ? "" : ",";
        body += usecases::api_key_json(key);
    }
    return Response{.body = body + "]}"};
}

/// DELETE /v1/api-keys/{id} → 204, also for one that is revoked already.
Result<Response> revoke_api_key(const RequestContext& context) {
    ORDERPUSH_TRY(context.services.api_keys.revoke(context.caller(), context.id<ApiKeyId>()));
    return Response{.status = 204};
}

}  // namespace orderpush::http

#include "usecases/access/api_key_service.hpp"

#include "base/clock.hpp"
#include "base/crypto/crypto.hpp"
#include "core/access/policy.hpp"
#include "usecases/access/audit.hpp"
#include "usecases/access/authenticator.hpp"
#include "usecases/json/restaurant_json.hpp"
#include "usecases/validation.hpp"

namespace orderpush::usecases {
namespace {

constexpr TextLength kNameLength{.least = 1, .most = 100};
constexpr std::size_t kKeyBytes = 32;
/// More keys than a restaurant ever makes; the oldest are listed.
constexpr int kKeysListedMax = 1'000;

/// Keys belong to the whole restaurant: there is no branch to be in.
Result<void> authorize_for_all(const Caller& caller) {
    const auto* staff = std::get_if<StaffMember>(&caller);
    return authorize(
        caller,
        Action::kManageApiKeys,
        {.restaurant = restaurant_of(caller),
         .branch = staff != nullptr ? staff->branch : BranchId{}}
    );
}

AuditedChange audited(const RestaurantId& restaurant, const ApiKeyId& key, const char* action) {
    return {
        .restaurant = restaurant,
        .action = action,
        .subject_kind = "api_key",
        .subject = key.value};
}

}  // namespace

Result<CreatedResponse> ApiKeyService::create(
    const Caller& caller, const std::string& name, const std::optional<Idempotency>& idempotency
) {
    ORDERPUSH_TRY(authorize_for_all(caller));
    std::vector<FieldError> errors;
    check_length(errors, "name", name, kNameLength);
    ORDERPUSH_TRY(refuse_if_any(std::move(errors)));
    const RestaurantId restaurant = restaurant_of(caller);
    return deps_.guard.run(
        restaurant,
        name_of(caller),
        idempotency,
        [&](const std::optional<IdempotencyKey>& key) { return create_once(caller, name, key); }
    );
}

Result<CreatedResponse> ApiKeyService::create_once(
    const Caller& caller, const std::string& name, const std::optional<IdempotencyKey>& key
) {
    const std::string secret = std::string{kApiKeyPrefix} + random_token(kKeyBytes);
    const ApiKey made{
        .id = deps_.ids.make<ApiKeyId>(),
        .restaurant = restaurant_of(caller),
        .name = name,
        .created_at = deps_.clock.now()};
    auto document = api_key_json(made, secret);
    auto change = audited(made.restaurant, made.id, "api_key:created");
    change.after = api_key_json(made);
    ORDERPUSH_TRY(deps_.staff.create_api_key(
        {.key = made,
         .key_hash = sha256_hex(secret),
         .answer = deps_.guard.encrypted_response(key, document, made.created_at),
         .audit = {audit_entry(actor_of(caller), std::move(change), made.created_at, deps_.ids)}}
    ));
    return CreatedResponse{.id = to_string(made.id), .body = std::move(document)};
}

Result<std::vector<ApiKey>> ApiKeyService::list(const Caller& caller) {
    ORDERPUSH_TRY(authorize_for_all(caller));
    return deps_.staff.list_api_keys(restaurant_of(caller), kKeysListedMax);
}

Result<void> ApiKeyService::revoke(const Caller& caller, const ApiKeyId& id) {
    ORDERPUSH_TRY(authorize_for_all(caller));
    const RestaurantId restaurant = restaurant_of(caller);
    const Timestamp now = deps_.clock.now();
    return deps_.staff.revoke_api_key(
        {.restaurant = restaurant,
         .key = id,
         .at = now,
         .audit = {audit_entry(
             actor_of(caller), audited(restaurant, id, "api_key:revoked"), now, deps_.ids
         )}}
    );
}

}  // namespace orderpush::usecases

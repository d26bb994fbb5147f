#include "usecases/access/api_key_service.hpp"

#include "base/clock.hpp"
#include "base/crypto/crypto.hpp"
#include "core/access/policy.hpp"
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
        [&](const std::optional<IdempotencyKey>& key) { return create_once(restaurant, name, key); }
    );
}

Result<CreatedResponse> ApiKeyService::create_once(
    const RestaurantId& restaurant,
    const std::string& name,
    const std::optional<IdempotencyKey>& key
) {
    const std::string secret = std::string{kApiKeyPrefix} + random_token(kKeyBytes);
    const ApiKey made{
        .id = deps_.ids.make<ApiKeyId>(),
        .restaurant = restaurant,
        .name = name,
        .created_at = deps_.clock.now()};
    auto document = api_key_json(made, secret);
    ORDERPUSH_TRY(deps_.staff.create_api_key(
        {.key = made,
         .key_hash = sha256_hex(secret),
         .answer = deps_.guard.encrypted_response(key, document, made.created_at)}
    ));
    return CreatedResponse{.id = to_string(made.id), .body = std::move(document)};
}

Result<std::vector<ApiKey>> ApiKeyService::list(const Caller& caller) {
    ORDERPUSH_TRY(authorize_for_all(caller));
    return deps_.staff.list_api_keys(restaurant_of(caller), kKeysListedMax);
}

Result<void> ApiKeyService::revoke(const Caller& caller, const ApiKeyId& id) {
    ORDERPUSH_TRY(authorize_for_all(caller));
    return deps_.staff.revoke_api_key(restaurant_of(caller), id, deps_.clock.now());
}

}  // namespace orderpush::usecases

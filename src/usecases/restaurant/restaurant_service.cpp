#include "usecases/restaurant/restaurant_service.hpp"

#include "base/clock.hpp"
#include "core/access/policy.hpp"
#include "core/restaurant/currency.hpp"
#include "usecases/access/audit.hpp"
#include "usecases/access/authenticator.hpp"
#include "usecases/access/staff_fields.hpp"
#include "usecases/events/event_factory.hpp"
#include "usecases/json/set_up_json.hpp"
#include "usecases/retry_on_conflict.hpp"
#include "usecases/validation.hpp"

#include <utility>

namespace orderpush::usecases {
namespace {

constexpr TextLength kNameLength{.least = 1, .most = 100};
constexpr std::size_t kPasswordBytes = 12;
constexpr std::size_t kKeyBytes = 32;
/// Table sessions read at a time.
constexpr int kSessionsMax = 100;

AuditedChange audited(const Restaurant& restaurant, const char* action) {
    return {
        .restaurant = restaurant.id,
        .action = action,
        .subject_kind = "restaurant",
        .subject = restaurant.id.value,
        .after = restaurant_json(restaurant)};
}

const char* action_of(const Restaurant& before, const Restaurant& after) {
    if (before.disabled_at.has_value() == after.disabled_at.has_value()) {
        return "restaurant:changed";
    }
    return after.disabled_at ? "restaurant:disabled" : "restaurant:enabled";
}

Result<void> validate(const ChangeRestaurant& request) {
    std::vector<FieldError> errors;
    if (!request.name && !request.is_disabled) {
        errors.push_back({"body", "must have at least one of the fields that can be changed"});
    }
    if (request.name) {
        check_length(errors, "name", *request.name, kNameLength);
    }
    return refuse_if_any(std::move(errors));
}

}  // namespace

Result<void> RestaurantService::validate(const CreateRestaurant& request) {
    std::vector<FieldError> errors;
    check_length(errors, "name", request.name, kNameLength);
    if (!is_currency(request.currency)) {
        errors.push_back({"currency", "must be a currency of ISO 4217, such as EUR"});
    }
    check_length(errors, "adminName", request.admin_name, kNameLength);
    check_email(errors, "adminEmail", request.admin_email);
    if (!ORDERPUSH_TRY(deps_.restaurants.knows_time_zone(request.time_zone))) {
        errors.push_back({"timeZone", "must be a time zone such as Europe/Berlin"});
    }
    return refuse_if_any(std::move(errors));
}

Result<CreatedResponse> RestaurantService::create(
    const Operator& who,
    const CreateRestaurant& request,
    const std::optional<Idempotency>& idempotency
) {
    ORDERPUSH_TRY(validate(request));
    // What the operator repeats belongs to no restaurant yet.
    return deps_.guard.run(
        RestaurantId{},
        "operator",
        idempotency,
        [&](const std::optional<IdempotencyKey>& key) { return create_once(who, request, key); }
    );
}

Result<CreatedResponse> RestaurantService::create_once(
    const Operator& who, const CreateRestaurant& request, const std::optional<IdempotencyKey>& key
) {
    const Timestamp now = deps_.clock.now();
    const Restaurant restaurant{
        .id = deps_.ids.make<RestaurantId>(),
        .name = request.name,
        .currency = request.currency,
        .created_at = now};
    const BranchSettings branch{
        .id = deps_.ids.make<BranchId>(),
        .restaurant = restaurant.id,
        .name = request.name,
        .time_zone = request.time_zone};
    std::string password = random_token(kPasswordBytes);
    Staff admin{
        .id = deps_.ids.make<StaffId>(),
        .restaurant = restaurant.id,
        .branch = branch.id,
        .name = request.admin_name,
        .email = request.admin_email,
        .role = Role::kAdmin,
        .password_hash = hash_password(password, deps_.cost),
        .station = {}};
    admin.must_change_password = true;
    const ShownNewRestaurant made{
        .restaurant = restaurant,
        .branch = branch,
        .admin = std::move(admin),
        .one_time_password = std::move(password),
        .key = deps_.ids.make<ApiKeyId>(),
        .key_secret = std::string{kApiKeyPrefix} + random_token(kKeyBytes)};
    auto document = new_restaurant_json(made);
    ORDERPUSH_TRY(deps_.restaurants.create(
        {.restaurant = made.restaurant,
         .branch = made.branch,
         .admin = made.admin,
         .key = made.key,
         .key_name = "First key",
         .key_hash = sha256_hex(made.key_secret),
         .audit = audit_entry(
             actor_of(who), audited(made.restaurant, "restaurant:created"), now, deps_.ids
         ),
         .answer = deps_.guard.encrypted_response(key, document, now)}
    ));
    return CreatedResponse{
        .id = to_string(made.restaurant.id),
        .version = made.restaurant.version,
        .body = std::move(document)};
}

Result<RestaurantPage> RestaurantService::list(
    const Operator& /*who*/, const std::optional<RestaurantId>& after, int limit
) {
    RestaurantPage page{.restaurants = ORDERPUSH_TRY(deps_.restaurants.list(after, limit + 1))};
    if (page.restaurants.size() > static_cast<std::size_t>(limit)) {
        page.restaurants.pop_back();
        page.next = page.restaurants.back().id;
    }
    return page;
}

Result<Restaurant> RestaurantService::find(const Operator& /*who*/, const RestaurantId& id) {
    return deps_.restaurants.find(id);
}

Result<Restaurant> RestaurantService::change(
    const Operator& who,
    const RestaurantId& id,
    const ChangeRestaurant& request,
    const ExpectedVersions& expected
) {
    auto changed = ORDERPUSH_TRY(change_as(actor_of(who), id, request, expected));
    if (request.is_disabled.value_or(false)) {
        deps_.on_disabled();
        ORDERPUSH_TRY(close_sessions(id));
    }
    return changed;
}

Result<Restaurant> RestaurantService::find_own(const Caller& caller) {
    ORDERPUSH_TRY(authorize(caller, Action::kReadRestaurant, own_scope(caller)));
    return deps_.restaurants.find(restaurant_of(caller));
}

Result<Restaurant> RestaurantService::change_own(
    const Caller& caller, const ChangeRestaurant& request, const ExpectedVersions& expected
) {
    ORDERPUSH_TRY(authorize(caller, Action::kManageRestaurant, own_scope(caller)));
    return change_as(actor_of(caller), restaurant_of(caller), request, expected);
}

Result<Restaurant> RestaurantService::change_as(
    const AuditActor& actor,
    const RestaurantId& id,
    const ChangeRestaurant& request,
    const ExpectedVersions& expected
) {
    return retry_on_conflict("restaurant_changed", [&]() -> Result<Restaurant> {
        const Restaurant before = ORDERPUSH_TRY(deps_.restaurants.find(id));
        ORDERPUSH_TRY(usecases::validate(request));
        ORDERPUSH_TRY(check_version(expected, before.version));
        return write(actor, before, request);
    });
}

Result<Restaurant> RestaurantService::write(
    const AuditActor& actor, const Restaurant& before, const ChangeRestaurant& request
) {
    const Timestamp now = deps_.clock.now();
    Restaurant after = before;
    after.name = request.name.value_or(before.name);
    if (request.is_disabled) {
        after.disabled_at =
            *request.is_disabled ? std::optional{before.disabled_at.value_or(now)} : std::nullopt;
    }
    if (after.name == before.name && after.disabled_at == before.disabled_at) {
        return after;
    }
    after.version = before.version + 1;
    auto change = audited(after, action_of(before, after));
    change.before = restaurant_json(before);
    after.version = ORDERPUSH_TRY(deps_.restaurants.change(
        {.before = before,
         .after = after,
         .at = now,
         .audit = audit_entry(actor, std::move(change), now, deps_.ids)}
    ));
    return after;
}

Result<void> RestaurantService::close_sessions(const RestaurantId& id) {
    std::size_t found = kSessionsMax;
    while (found == kSessionsMax) {
        const auto open = ORDERPUSH_TRY(deps_.sessions.list_open(id, kSessionsMax));
        found = open.size();
        for (const TableSession& session : open) {
            const Timestamp now = deps_.clock.now();
            const auto closed = ORDERPUSH_TRY(deps_.sessions.close(
                {.session = session.id,
                 .at = now,
                 .events = session_closed_events(session, SessionEnd::kStaff, now, deps_.ids)}
            ));
            if (closed.was_closed_now) {
                deps_.signal.notify();
            }
        }
    }
    return {};
}

}  // namespace orderpush::usecases

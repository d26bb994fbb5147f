#include "usecases/restaurant/branch_service.hpp"

#include "base/clock.hpp"
#include "core/error_codes.hpp"
#include "usecases/access/audit.hpp"
#include "usecases/json/set_up_json.hpp"
#include "usecases/retry_on_conflict.hpp"
#include "usecases/validation.hpp"

#include <utility>

namespace orderpush::usecases {
namespace {

constexpr TextLength kNameLength{.least = 1, .most = 100};
constexpr std::int64_t kRateMax = 10'000;
constexpr std::int64_t kDay_s = 86'400;
constexpr std::int64_t kOrdersMax = 1'000'000;

/// A number that a request may give, and its bounds.
struct NumberField {
    const char* name;
    std::int64_t least;
    std::int64_t most;
    std::optional<std::int64_t> ChangeBranch::*given;
    int BranchSettings::*value;
};

constexpr NumberField kNumbers[]{
    // NOLINT(modernize-avoid-c-arrays)
    {"taxRateBp", 0, kRateMax, &ChangeBranch::tax_rate_bp, &BranchSettings::tax_rate_bp},
    {"warnAfterSeconds",
     1,
     kDay_s,
     &ChangeBranch::warn_after_seconds,
     &BranchSettings::warn_after_seconds},
    {"lateAfterSeconds",
     1,
     kDay_s,
     &ChangeBranch::late_after_seconds,
     &BranchSettings::late_after_seconds},
    {"unseenAfterSeconds",
     1,
     kDay_s,
     &ChangeBranch::unseen_after_seconds,
     &BranchSettings::unseen_after_seconds},
    {"unattendedAfterSeconds",
     1,
     kDay_s,
     &ChangeBranch::unattended_after_seconds,
     &BranchSettings::unattended_after_seconds},
    {"guestUnservedOrdersMax",
     0,
     kOrdersMax,
     &ChangeBranch::guest_unserved_orders_max,
     &BranchSettings::guest_unserved_orders_max},
};

bool is_empty(const ChangeBranch& request) {
    bool is_empty = !request.name && !request.time_zone && !request.close_sessions;
    for (const NumberField& field : kNumbers) {
        is_empty = is_empty && !(request.*field.given);
    }
    return is_empty;
}

AuditedChange audited(const BranchSettings& branch, const char* action) {
    return {
        .restaurant = branch.restaurant,
        .branch = branch.id,
        .action = action,
        .subject_kind = "branch",
        .subject = branch.id.value,
        .after = branch_settings_json(branch)};
}

std::string word_of(BranchPart::Kind kind) {
    return kind == BranchPart::Kind::kArea ? "area" : "station";
}

AuditedChange audited(const BranchPart& part, const char* what) {
    return {
        .restaurant = part.restaurant,
        .branch = part.branch,
        .action = word_of(part.kind) + ':' + what,
        .subject_kind = word_of(part.kind),
        .subject = part.id,
        .after = branch_part_json(part)};
}

Result<void> validate_name(const std::string& name) {
    std::vector<FieldError> errors;
    check_length(errors, "name", name, kNameLength);
    return refuse_if_any(std::move(errors));
}

}  // namespace

Result<BranchSettings> BranchService::find_allowed(
    const Caller& caller, Action action, const BranchId& id
) {
    auto branch = ORDERPUSH_TRY(deps_.restaurants.find_branch(id));
    ORDERPUSH_TRY(authorize(caller, action, {.restaurant = branch.restaurant, .branch = branch.id})
    );
    return branch;
}

Result<std::vector<BranchSettings>> BranchService::list(const Caller& caller) {
    ORDERPUSH_TRY(authorize(caller, Action::kReadBranch, own_scope(caller)));
    auto branches = ORDERPUSH_TRY(deps_.restaurants.list_branches(restaurant_of(caller)));
    std::erase_if(branches, [&](const BranchSettings& branch) {
        const Scope scope{.restaurant = branch.restaurant, .branch = branch.id};
        return !authorize(caller, Action::kReadBranch, scope);
    });
    return branches;
}

Result<BranchSettings> BranchService::find(const Caller& caller, const BranchId& id) {
    return find_allowed(caller, Action::kReadBranch, id);
}

Result<BranchSettings> BranchService::changed(
    const BranchSettings& before, const ChangeBranch& request
) {
    std::vector<FieldError> errors;
    BranchSettings after = before;
    after.name = request.name.value_or(before.name);
    after.time_zone = request.time_zone.value_or(before.time_zone);
    after.close_sessions = request.close_sessions.value_or(before.close_sessions);
    check_length(errors, "name", after.name, kNameLength);
    for (const NumberField& field : kNumbers) {
        const std::int64_t value = (request.*field.given).value_or(before.*field.value);
        if (value < field.least || value > field.most) {
            errors.push_back(
                {field.name,
                 "must be " + std::to_string(field.least) + " to " + std::to_string(field.most)}
            );
            continue;
        }
        after.*field.value = static_cast<int>(value);
    }
    if (after.late_after_seconds < after.warn_after_seconds) {
        errors.push_back({"lateAfterSeconds", "must not be below warnAfterSeconds"});
    }
    if (request.time_zone && !ORDERPUSH_TRY(deps_.restaurants.knows_time_zone(after.time_zone))) {
        errors.push_back({"timeZone", "must be a time zone such as Europe/Berlin"});
    }
    ORDERPUSH_TRY(refuse_if_any(std::move(errors)));
    return after;
}

Result<CreatedResponse> BranchService::create(
    const Caller& caller, const ChangeBranch& request, const std::optional<Idempotency>& idempotency
) {
    ORDERPUSH_TRY(authorize(caller, Action::kManageRestaurant, own_scope(caller)));
    const RestaurantId restaurant = restaurant_of(caller);
    auto branch = ORDERPUSH_TRY(
        changed({.id = {}, .restaurant = restaurant, .name = {}, .time_zone = {}}, request)
    );
    return deps_.guard.run(
        restaurant,
        name_of(caller),
        idempotency,
        [&](const std::optional<IdempotencyKey>& key) { return create_once(caller, branch, key); }
    );
}

Result<CreatedResponse> BranchService::create_once(
    const Caller& caller, BranchSettings branch, const std::optional<IdempotencyKey>& key
) {
    const Timestamp now = deps_.clock.now();
    branch.id = deps_.ids.make<BranchId>();
    auto document = branch_settings_json(branch);
    ORDERPUSH_TRY(deps_.restaurants.create_branch(
        {.branch = branch,
         .at = now,
         .audit = audit_entry(actor_of(caller), audited(branch, "branch:created"), now, deps_.ids),
         .answer = deps_.guard.stored_response(key, document, now)}
    ));
    return CreatedResponse{
        .id = to_string(branch.id), .version = branch.version, .body = std::move(document)};
}

Result<BranchSettings> BranchService::change(
    const Caller& caller,
    const BranchId& id,
    const ChangeBranch& request,
    const ExpectedVersions& expected
) {
    return retry_on_conflict("branch_changed", [&]() -> Result<BranchSettings> {
        const auto before = ORDERPUSH_TRY(find_allowed(caller, Action::kManageBranch, id));
        if (is_empty(request)) {
            return invalid_fields(
                {{"body", "must have at least one of the fields that can be changed"}}
            );
        }
        auto after = ORDERPUSH_TRY(changed(before, request));
        ORDERPUSH_TRY(check_version(expected, before.version));
        if (after == before) {
            return after;
        }
        after.version = before.version + 1;
        const Timestamp now = deps_.clock.now();
        auto change = audited(after, "branch:changed");
        change.before = branch_settings_json(before);
        after.version = ORDERPUSH_TRY(deps_.restaurants.change_branch(
            {.before = before,
             .after = after,
             .audit = audit_entry(actor_of(caller), std::move(change), now, deps_.ids)}
        ));
        return after;
    });
}

Result<std::vector<BranchPart>> BranchService::list_parts(
    const Caller& caller, BranchPart::Kind kind, const BranchId& branch
) {
    ORDERPUSH_TRY(find_allowed(caller, Action::kReadBranch, branch));
    return deps_.restaurants.list_parts(kind, branch);
}

Result<CreatedResponse> BranchService::create_part(
    const Caller& caller,
    BranchPart::Kind kind,
    const BranchId& branch_id,
    const std::string& name,
    const std::optional<Idempotency>& idempotency
) {
    const auto branch = ORDERPUSH_TRY(find_allowed(caller, Action::kManageBranch, branch_id));
    ORDERPUSH_TRY(validate_name(name));
    const BranchPart part{
        .kind = kind, .id = {}, .branch = branch.id, .restaurant = branch.restaurant, .name = name};
    return deps_.guard.run(
        branch.restaurant,
        name_of(caller),
        idempotency,
        [&](const std::optional<IdempotencyKey>& key) {
            return create_part_once(caller, part, key);
        }
    );
}

Result<CreatedResponse> BranchService::create_part_once(
    const Caller& caller, BranchPart part, const std::optional<IdempotencyKey>& key
) {
    const Timestamp now = deps_.clock.now();
    part.id = deps_.ids.next();
    auto document = branch_part_json(part);
    ORDERPUSH_TRY(deps_.restaurants.create_part(
        {.part = part,
         .audit = audit_entry(actor_of(caller), audited(part, "created"), now, deps_.ids),
         .answer = deps_.guard.stored_response(key, document, now)}
    ));
    return CreatedResponse{.id = to_string(part.id), .body = std::move(document)};
}

Result<BranchPart> BranchService::rename_part(
    const Caller& caller, BranchPart::Kind kind, const Uuid& id, const std::string& name
) {
    const auto before = ORDERPUSH_TRY(deps_.restaurants.find_part(kind, id));
    // Another restaurant's is not there.
    if (before.restaurant != restaurant_of(caller)) {
        return kind == BranchPart::Kind::kArea ? make_error("area_not_found")
                                               : make_error("station_not_found");
    }
    const Scope scope{.restaurant = before.restaurant, .branch = before.branch};
    ORDERPUSH_TRY(authorize(caller, Action::kManageBranch, scope));
    ORDERPUSH_TRY(validate_name(name));
    if (name == before.name) {
        return before;
    }
    BranchPart after = before;
    after.name = name;
    const Timestamp now = deps_.clock.now();
    auto change = audited(after, "changed");
    change.before = branch_part_json(before);
    ORDERPUSH_TRY(deps_.restaurants.rename_part(
        {.kind = kind,
         .id = id,
         .name = name,
         .audit = audit_entry(actor_of(caller), std::move(change), now, deps_.ids)}
    ));
    return after;
}

}  // namespace orderpush::usecases

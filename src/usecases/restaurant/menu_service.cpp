#include "usecases/restaurant/menu_service.hpp"

#include "base/clock.hpp"
#include "core/access/policy.hpp"
#include "usecases/access/audit.hpp"
#include "usecases/access/branch_access.hpp"
#include "usecases/events/event_factory.hpp"
#include "usecases/json/restaurant_json.hpp"
#include "usecases/retry_on_conflict.hpp"
#include "usecases/validation.hpp"

#include <algorithm>

namespace orderpush::usecases {
namespace {

constexpr TextLength kNameLength{.least = 1, .most = 100};
constexpr TextLength kCategoryLength{.least = 1, .most = 60};
constexpr std::int64_t kPriceMax = 1'000'000'000;
constexpr std::int64_t kPositionMax = 1'000'000;

void check_price(std::vector<FieldError>& errors, std::int64_t price_minor) {
    if (price_minor < 0 || price_minor > kPriceMax) {
        errors.push_back({"price", "must be 0 to " + std::to_string(kPriceMax)});
    }
}

void check_place(
    std::vector<FieldError>& errors,
    const std::optional<std::string>& category,
    std::int64_t position
) {
    if (category) {
        check_length(errors, "category", *category, kCategoryLength);
    }
    if (position < 0 || position > kPositionMax) {
        errors.push_back({"position", "must be 0 to " + std::to_string(kPositionMax)});
    }
}

Result<void> validate(const CreateMenuItem& request) {
    std::vector<FieldError> errors;
    check_length(errors, "name", request.name, kNameLength);
    check_price(errors, request.price_minor);
    check_place(errors, request.category, request.position.value_or(0));
    return refuse_if_any(std::move(errors));
}

Result<void> validate(const ChangeMenuItem& request) {
    std::vector<FieldError> errors;
    const bool is_empty = !request.name && !request.price_minor && !request.is_available &&
                          !request.station && !request.category && !request.position;
    if (is_empty) {
        errors.push_back(
            {"body",
             "must have at least one of name, price, available, stationId, category, position"}
        );
    }
    if (request.name) {
        check_length(errors, "name", *request.name, kNameLength);
    }
    check_price(errors, request.price_minor.value_or(0));
    check_place(errors, request.category.value_or(std::nullopt), request.position.value_or(0));
    return refuse_if_any(std::move(errors));
}

AuditedChange audited(const Branch& branch, const MenuItem& item, const char* action) {
    return {
        .restaurant = branch.restaurant,
        .branch = branch.id,
        .action = action,
        .subject_kind = "menu_item",
        .subject = item.id.value,
        .after = menu_item_json(item)};
}

}  // namespace

Result<Menu> MenuService::find(const BranchId& branch_id) {
    auto branch = ORDERPUSH_TRY(deps_.menus.find_branch(branch_id));
    auto items = ORDERPUSH_TRY(deps_.menus.list(branch_id));
    return Menu{.branch = std::move(branch), .items = std::move(items)};
}

Result<CreatedResponse> MenuService::create_item(
    const Caller& caller,
    const BranchId& branch_id,
    const CreateMenuItem& request,
    const std::optional<Idempotency>& idempotency
) {
    const auto branch =
        ORDERPUSH_TRY(find_allowed_branch(deps_.menus, caller, Action::kManageMenu, branch_id));
    ORDERPUSH_TRY(validate(request));
    return deps_.guard.run(
        branch.restaurant,
        name_of(caller),
        idempotency,
        [&](const std::optional<IdempotencyKey>& key) {
            return create_once(caller, branch, request, key);
        }
    );
}

Result<CreatedResponse> MenuService::create_once(
    const Caller& caller,
    const Branch& branch,
    const CreateMenuItem& request,
    const std::optional<IdempotencyKey>& key
) {
    const int position = ORDERPUSH_TRY(position_of(branch.id, request));
    const MenuItem item{
        .id = deps_.ids.make<MenuItemId>(),
        .branch = branch.id,
        .station = request.station,
        .name = request.name,
        .price_minor = request.price_minor,
        .is_available = request.is_available,
        .category = request.category,
        .position = position};
    const Timestamp now = deps_.clock.now();
    auto document = menu_item_json(item);
    ORDERPUSH_TRY(deps_.menus.create_item(
        {.item = item,
         .events = menu_changed_events(std::nullopt, item, now, deps_.ids),
         .answer = deps_.guard.stored_response(key, document, now),
         .audit = {audit_entry(
             actor_of(caller), audited(branch, item, "menu_item:created"), now, deps_.ids
         )}}
    ));
    deps_.signal.notify();
    return CreatedResponse{.id = to_string(item.id), .body = std::move(document)};
}

Result<int> MenuService::position_of(const BranchId& branch, const CreateMenuItem& request) {
    if (request.position) {
        return static_cast<int>(*request.position);
    }
    const auto menu = ORDERPUSH_TRY(deps_.menus.list(branch));
    const auto last_of = [&](auto is_meant) {
        int last = -1;
        for (const MenuItem& item : menu) {
            last = is_meant(item) ? std::max(last, item.position) : last;
        }
        return last;
    };
    const int beside =
        last_of([&](const MenuItem& item) { return item.category == request.category; });
    const int last = beside >= 0 ? beside : last_of([](const MenuItem&) { return true; });
    return std::min(last + 1, static_cast<int>(kPositionMax));
}

Result<MenuItem> MenuService::change_item(
    const Caller& caller, const MenuItemId& id, const ChangeMenuItem& request
) {
    return retry_on_conflict("menu_item_changed", [&]() -> Result<MenuItem> {
        const auto [before, branch] = ORDERPUSH_TRY(find_to_manage(caller, id));
        ORDERPUSH_TRY(validate(request));
        MenuItem after = before;
        after.name = request.name.value_or(before.name);
        after.price_minor = request.price_minor.value_or(before.price_minor);
        after.is_available = request.is_available.value_or(before.is_available);
        after.station = request.station.value_or(before.station);
        after.category = request.category.value_or(before.category);
        after.position = static_cast<int>(request.position.value_or(before.position));
        ORDERPUSH_TRY(write_change(caller, branch, before, after));
        return after;
    });
}

Result<std::pair<MenuItem, Branch>> MenuService::find_to_manage(
    const Caller& caller, const MenuItemId& id
) {
    auto item = ORDERPUSH_TRY(deps_.menus.find_item(id));
    auto branch = ORDERPUSH_TRY(deps_.menus.find_branch(item.branch));
    const Scope scope{.restaurant = branch.restaurant, .branch = branch.id};
    const auto allowed = authorize(caller, Action::kManageMenu, scope);
    if (!allowed && allowed.error().kind == ErrorKind::kNotFound) {
        return Error{
            .kind = ErrorKind::kNotFound,
            .code = "menu_item_not_found",
            .message = "There is no such menu item."};
    }
    ORDERPUSH_TRY(allowed);
    return std::pair{std::move(item), std::move(branch)};
}

Result<void> MenuService::write_change(
    const Caller& caller, const Branch& branch, const MenuItem& before, const MenuItem& after
) {
    if (before == after) {
        return {};
    }
    const Timestamp now = deps_.clock.now();
    auto change = audited(branch, after, "menu_item:changed");
    change.before = menu_item_json(before);
    auto written = deps_.menus.change_item(
        {.before = before,
         .after = after,
         .events = menu_changed_events(before, after, now, deps_.ids),
         .audit = {audit_entry(actor_of(caller), std::move(change), now, deps_.ids)}}
    );
    if (written) {
        deps_.signal.notify();
    }
    return written;
}

}  // namespace orderpush::usecases

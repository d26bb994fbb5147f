#include "usecases/tables/table_service.hpp"

#include "base/clock.hpp"
#include "base/crypto/crypto.hpp"
#include "core/access/policy.hpp"
#include "usecases/access/audit.hpp"
#include "usecases/access/branch_access.hpp"
#include "usecases/events/event_factory.hpp"
#include "usecases/json/restaurant_json.hpp"
#include "usecases/retry_on_conflict.hpp"
#include "usecases/validation.hpp"

#include <algorithm>
#include <chrono>

namespace orderpush::usecases {
namespace {

constexpr TextLength kNumberLength{.least = 1, .most = 20};
constexpr TextLength kAreaNameLength{.least = 1, .most = 100};
/// Guessing one of them is hopeless.
constexpr std::size_t kQrTokenBytes = 24;
/// What is left on the pass of a session that was closed longer ago is not served any more.
constexpr std::chrono::hours kLeftBehindFor{12};

Scope scope_of(const Branch& branch) {
    return {.restaurant = branch.restaurant, .branch = branch.id};
}

bool may_see_codes(const Caller& caller, const Branch& branch) {
    return authorize(caller, Action::kManageTables, scope_of(branch)).has_value();
}

/// For a table that was named: a foreign one is an unknown one.
Result<void> authorize_at(const Caller& caller, Action action, const Table& table) {
    const auto allowed = authorize(caller, action, scope_of(table.branch));
    if (!allowed && allowed.error().kind == ErrorKind::kNotFound) {
        return Error{
            .kind = ErrorKind::kNotFound,
            .code = "table_not_found",
            .message = "There is no such table."};
    }
    return allowed;
}

Result<void> validate(const CreateTable& request) {
    std::vector<FieldError> errors;
    check_length(errors, "number", request.number, kNumberLength);
    if (request.area_name) {
        check_length(errors, "areaName", *request.area_name, kAreaNameLength);
    }
    if (request.area.has_value() == request.area_name.has_value()) {
        errors.push_back({"areaId", "give either areaId or areaName"});
    }
    return refuse_if_any(std::move(errors));
}

Result<void> validate(const ChangeTable& request) {
    std::vector<FieldError> errors;
    if (!request.number && !request.area && !request.state) {
        errors.push_back({"body", "must have at least one of number, areaId and status"});
    }
    if (request.number) {
        check_length(errors, "number", *request.number, kNumberLength);
    }
    if (request.state == TableState::kOccupied) {
        errors.push_back({"status", "must be free or needs-cleaning: guests occupy a table"});
    }
    return refuse_if_any(std::move(errors));
}

Error table_occupied() {
    return {
        .kind = ErrorKind::kConflict,
        .code = "table_occupied",
        .message = "Guests sit at this table; close their session first."};
}

std::vector<FloorSession> sessions_on(const Floor& floor) {
    std::vector<FloorSession> sessions;
    for (const FloorTable& seated : floor.tables) {
        if (!seated.session) {
            continue;
        }
        FloorSession session{
            .id = *seated.session,
            .table = seated.table.id,
            .opened_at = seated.opened_at.value(),
            .bill = {.paid_minor = seated.paid_minor}};
        for (const Order& order : floor.orders) {
            if (order.session == session.id) {
                session.bill.add(order);
            }
        }
        sessions.push_back(session);
    }
    return sessions;
}

/// Without the code: whoever has it can sit down.
std::string audited_json(const Table& table) {
    return table_json({.table = table, .qr_token = {}}, false);
}

AuditedChange audited(const Table& table, const char* action) {
    return {
        .restaurant = table.branch.restaurant,
        .branch = table.branch.id,
        .action = action,
        .subject_kind = "table",
        .subject = table.id.value,
        .after = audited_json(table)};
}

bool is_same(const Table& a, const Table& b) {
    return a.number == b.number && a.area == b.area && a.state == b.state;
}

}  // namespace

Result<ShownTables> TableService::list(const Caller& caller, const BranchId& branch_id) {
    const auto branch =
        ORDERPUSH_TRY(find_allowed_branch(deps_.menus, caller, Action::kReadTables, branch_id));
    auto tables = ORDERPUSH_TRY(deps_.tables.list(branch_id));
    return ShownTables{.tables = std::move(tables), .shows_code = may_see_codes(caller, branch)};
}

Result<ShownFloor> TableService::floor(const Caller& caller, const BranchId& branch_id) {
    const auto branch =
        ORDERPUSH_TRY(find_allowed_branch(deps_.menus, caller, Action::kReadTables, branch_id));
    const Timestamp now = deps_.clock.now();
    auto content = ORDERPUSH_TRY(
        deps_.tables.floor(branch_id, now - kLeftBehindFor, joinable_channels(caller, branch_id))
    );
    auto sessions = sessions_on(content);
    return ShownFloor{
        .as_of = now,
        .currency = branch.currency,
        .content = std::move(content),
        .sessions = std::move(sessions)};
}

Result<CreatedResponse> TableService::create(
    const Caller& caller,
    const BranchId& branch_id,
    const CreateTable& request,
    const std::optional<Idempotency>& idempotency
) {
    const auto branch =
        ORDERPUSH_TRY(find_allowed_branch(deps_.menus, caller, Action::kManageTables, branch_id));
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

Result<CreatedResponse> TableService::create_once(
    const Caller& caller,
    const Branch& branch,
    const CreateTable& request,
    const std::optional<IdempotencyKey>& key
) {
    // Somebody else may make an area of that name meanwhile: then the table goes into theirs.
    return retry_on_conflict("area_taken", [&]() -> Result<CreatedResponse> {
        const auto [area, is_new] = ORDERPUSH_TRY(area_for(branch.id, request));
        const Timestamp now = deps_.clock.now();
        const KnownTable made{
            .table =
                {.id = deps_.ids.make<TableId>(),
                 .branch = branch,
                 .area = area.id,
                 .area_name = area.name,
                 .number = request.number},
            .qr_token = random_token(kQrTokenBytes)};
        auto document = table_json(made, true);
        ORDERPUSH_TRY(deps_.tables.create(
            {.table = made.table,
             .has_new_area = is_new,
             .qr_token = made.qr_token,
             .events = table_changed_events(made.table, std::nullopt, now, deps_.ids),
             .answer = deps_.guard.encrypted_response(key, document, now),
             .audit = {audit_entry(
                 actor_of(caller), audited(made.table, "table:created"), now, deps_.ids
             )}}
        ));
        deps_.signal.notify();
        return CreatedResponse{.id = to_string(made.table.id), .body = std::move(document)};
    });
}

Result<std::pair<Area, bool>> TableService::area_for(
    const BranchId& branch, const CreateTable& request
) {
    if (request.area) {
        auto area = known_area(branch, *request.area);
        return area ? Result<std::pair<Area, bool>>{std::pair{std::move(*area), false}}
                    : std::move(area).error();
    }
    const auto areas = ORDERPUSH_TRY(deps_.tables.list_areas(branch));
    const std::string name = request.area_name.value_or(std::string{});
    const auto found = std::ranges::find(areas, name, &Area::name);
    if (found != areas.end()) {
        return std::pair{*found, false};
    }
    return std::pair{Area{.id = deps_.ids.make<AreaId>(), .name = name}, true};
}

Result<Area> TableService::known_area(const BranchId& branch, const AreaId& id) {
    auto areas = ORDERPUSH_TRY(deps_.tables.list_areas(branch));
    const auto found = std::ranges::find(areas, id, &Area::id);
    if (found == areas.end()) {
        return invalid_fields({{"areaId", "is no area of this branch"}});
    }
    return std::move(*found);
}

Result<ShownTable> TableService::change(
    const Caller& caller, const TableId& id, const ChangeTable& request
) {
    return retry_on_conflict("table_changed", [&]() -> Result<ShownTable> {
        const auto before = ORDERPUSH_TRY(deps_.tables.find(id));
        const bool is_about_more = request.number || request.area;
        const Action action = is_about_more ? Action::kManageTables : Action::kCleanTable;
        ORDERPUSH_TRY(authorize_at(caller, action, before.table));
        ORDERPUSH_TRY(validate(request));
        auto after = ORDERPUSH_TRY(changed(caller, before, request));
        return ShownTable{
            .table = std::move(after), .shows_code = may_see_codes(caller, before.table.branch)};
    });
}

Result<KnownTable> TableService::changed(
    const Caller& caller, const KnownTable& before, const ChangeTable& request
) {
    KnownTable after = before;
    if (request.area) {
        const auto area = ORDERPUSH_TRY(known_area(before.table.branch.id, *request.area));
        after.table.area = area.id;
        after.table.area_name = area.name;
    }
    // An occupied table is freed by closing its session, which also ends the guests' tokens.
    if (request.state && before.open_session) {
        return table_occupied();
    }
    after.table.number = request.number.value_or(before.table.number);
    after.table.state = request.state.value_or(before.table.state);
    if (is_same(before.table, after.table)) {
        return after;
    }
    const Timestamp now = deps_.clock.now();
    auto change = audited(after.table, "table:changed");
    change.before = audited_json(before.table);
    ORDERPUSH_TRY(deps_.tables.change(
        {.before = before.table,
         .after = after.table,
         .events = table_changed_events(after.table, before.open_session, now, deps_.ids),
         .audit = {audit_entry(actor_of(caller), std::move(change), now, deps_.ids)}}
    ));
    deps_.signal.notify();
    return after;
}

Result<CreatedResponse> TableService::renew_qr_token(
    const Caller& caller, const TableId& id, const std::optional<Idempotency>& idempotency
) {
    const auto table = ORDERPUSH_TRY(deps_.tables.find(id));
    ORDERPUSH_TRY(authorize_at(caller, Action::kManageTables, table.table));
    return deps_.guard.run(
        restaurant_of(caller),
        name_of(caller),
        idempotency,
        [&](const std::optional<IdempotencyKey>& key) { return renew_once(caller, table, key); }
    );
}

Result<CreatedResponse> TableService::renew_once(
    const Caller& caller, const KnownTable& table, const std::optional<IdempotencyKey>& key
) {
    KnownTable renewed = table;
    renewed.qr_token = random_token(kQrTokenBytes);
    auto document = table_json(renewed, true);
    const Timestamp now = deps_.clock.now();
    ORDERPUSH_TRY(deps_.tables.renew_qr_token(
        {.table = table.table.id,
         .qr_token = renewed.qr_token,
         .answer = deps_.guard.encrypted_response(key, document, now),
         .audit = {audit_entry(
             actor_of(caller), audited(table.table, "table:code_renewed"), now, deps_.ids
         )}}
    ));
    return CreatedResponse{.id = to_string(renewed.table.id), .body = std::move(document)};
}

}  // namespace orderpush::usecases

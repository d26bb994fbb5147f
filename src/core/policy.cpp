#include "core/policy.hpp"

#include <array>
#include <cstddef>

namespace orderpush {
namespace {

/// One row per Action, in its order. Guests reach their own session only, staff their branch
/// (ADMIN: the restaurant), an API client the restaurant.
struct PolicyRow {
    Action action;
    bool guest;
    bool kitchen;
    bool waiter;
    bool manager;
    bool admin;
    bool api_client;
};

constexpr bool kYes = true;
constexpr bool kNo = false;
constexpr std::array kPolicy{
    //                                     guest kitchen waiter manager admin api
    PolicyRow{Action::kPlaceOrder, kYes, kNo, kYes, kYes, kYes, kYes},
    PolicyRow{Action::kReadOrder, kYes, kYes, kYes, kYes, kYes, kYes},
    PolicyRow{Action::kListBranchOrders, kNo, kYes, kYes, kYes, kYes, kYes},
    PolicyRow{Action::kChangeOrderStatus, kNo, kYes, kYes, kYes, kYes, kYes},
    PolicyRow{Action::kReadSession, kYes, kYes, kYes, kYes, kYes, kYes},
    PolicyRow{Action::kJoinKitchen, kNo, kYes, kNo, kYes, kYes, kNo},
    PolicyRow{Action::kJoinWaiters, kNo, kNo, kYes, kYes, kYes, kNo},
    PolicyRow{Action::kJoinTables, kNo, kYes, kYes, kYes, kYes, kNo},
    PolicyRow{Action::kJoinSession, kYes, kYes, kYes, kYes, kYes, kNo},
    PolicyRow{Action::kJoinTable, kYes, kYes, kYes, kYes, kYes, kNo},
    PolicyRow{Action::kJoinOrder, kYes, kYes, kYes, kYes, kYes, kNo},
};

const PolicyRow& row(Action action) {
    return kPolicy[static_cast<std::size_t>(action)];
}

Error forbidden(std::string message) {
    return {.code = ErrorCode::kForbidden, .reason = "forbidden", .message = std::move(message)};
}

/// As the stores say it, so that a foreign thing cannot be told from one that does not exist.
Error not_found(Action action) {
    switch (action) {
        case Action::kReadOrder:
        case Action::kChangeOrderStatus:
        case Action::kJoinOrder:
            return {
                .code = ErrorCode::kNotFound,
                .reason = "order_not_found",
                .message = "There is no such order."};
        case Action::kPlaceOrder:
        case Action::kReadSession:
        case Action::kJoinSession:
            return {
                .code = ErrorCode::kNotFound,
                .reason = "session_not_found",
                .message = "There is no such session."};
        case Action::kJoinTable:
            return {
                .code = ErrorCode::kNotFound,
                .reason = "table_not_found",
                .message = "There is no such table."};
        case Action::kListBranchOrders:
        case Action::kJoinKitchen:
        case Action::kJoinWaiters:
        case Action::kJoinTables:
            break;
    }
    return {
        .code = ErrorCode::kNotFound,
        .reason = "branch_not_found",
        .message = "There is no such branch."};
}

Result<void> authorize_guest(const Guest& guest, Action action, const Scope& scope) {
    if (!row(action).guest) {
        return forbidden("Guests may not do this.");
    }
    if (scope.session != guest.session) {
        return forbidden("This belongs to another table session.");
    }
    const bool only_reads = action == Action::kReadOrder || action == Action::kReadSession;
    if (guest.is_open || only_reads) {
        return {};
    }
    return Error{
        .code = ErrorCode::kConflict,
        .reason = "session_closed",
        .message = "The table session is closed. Scan the table's code to open a new one."};
}

Result<void> authorize_staff(const StaffMember& staff, Action action, const Scope& scope) {
    const PolicyRow& rule = row(action);
    const std::array allowed{
        rule.kitchen, rule.waiter, rule.manager, rule.admin};  // in the order of Role
    if (!allowed[static_cast<std::size_t>(staff.role)]) {
        return forbidden("The role " + std::string{to_word(staff.role)} + " may not do this.");
    }
    if (staff.role != Role::kAdmin && scope.branch != staff.branch) {
        return forbidden("This belongs to another branch.");
    }
    return {};
}

}  // namespace

Result<void> authorize(const Caller& caller, Action action, const Scope& scope) {
    if (restaurant_of(caller) != scope.restaurant) {
        return not_found(action);
    }
    if (const auto* guest = std::get_if<Guest>(&caller)) {
        return authorize_guest(*guest, action, scope);
    }
    if (const auto* staff = std::get_if<StaffMember>(&caller)) {
        return authorize_staff(*staff, action, scope);
    }
    if (!row(action).api_client) {
        return forbidden("An API key cannot do this; ask with the token of the person who will.");
    }
    return {};
}

std::optional<Action> join_action(const Channel& channel) {
    switch (channel.audience()) {
        case Audience::kKitchen:
            return Action::kJoinKitchen;
        case Audience::kWaiters:
            return Action::kJoinWaiters;
        case Audience::kTables:
            return Action::kJoinTables;
        case Audience::kSession:
            return Action::kJoinSession;
        case Audience::kTable:
            return Action::kJoinTable;
        case Audience::kOrder:
            return Action::kJoinOrder;
        case Audience::kMenu:
            return std::nullopt;
    }
    return std::nullopt;
}

}  // namespace orderpush

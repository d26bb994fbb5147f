#include "core/access/policy.hpp"

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
    PolicyRow{Action::kAddItems, kYes, kNo, kYes, kYes, kYes, kYes},
    PolicyRow{Action::kReadOrder, kYes, kYes, kYes, kYes, kYes, kYes},
    PolicyRow{Action::kListBranchOrders, kNo, kYes, kYes, kYes, kYes, kYes},
    PolicyRow{Action::kMoveOrder, kNo, kYes, kYes, kYes, kYes, kYes},
    // The kitchen knows what is on the fire already, so it cancels; waiters and guests ask it.
    PolicyRow{Action::kCancelOrder, kNo, kYes, kNo, kYes, kYes, kYes},
    PolicyRow{Action::kRequestCancel, kYes, kNo, kYes, kYes, kYes, kYes},
    PolicyRow{Action::kDecideCancel, kNo, kYes, kNo, kYes, kYes, kYes},
    PolicyRow{Action::kReadTicket, kNo, kYes, kYes, kYes, kYes, kYes},
    PolicyRow{Action::kMoveTicket, kNo, kYes, kYes, kYes, kYes, kYes},
    PolicyRow{Action::kReadKitchen, kNo, kYes, kYes, kYes, kYes, kYes},
    PolicyRow{Action::kReadSession, kYes, kYes, kYes, kYes, kYes, kYes},
    PolicyRow{Action::kCloseSession, kNo, kNo, kYes, kYes, kYes, kYes},
    PolicyRow{Action::kReadTables, kNo, kYes, kYes, kYes, kYes, kYes},
    PolicyRow{Action::kCleanTable, kNo, kNo, kYes, kYes, kYes, kYes},
    PolicyRow{Action::kManageTables, kNo, kNo, kNo, kYes, kYes, kYes},
    PolicyRow{Action::kManageMenu, kNo, kNo, kNo, kYes, kYes, kYes},
    PolicyRow{Action::kTakePayment, kNo, kNo, kYes, kYes, kYes, kYes},
    PolicyRow{Action::kReadPayment, kYes, kNo, kYes, kYes, kYes, kYes},
    // A MANAGER only KITCHEN and WAITER: see StaffService.
    PolicyRow{Action::kManageStaff, kNo, kNo, kNo, kYes, kYes, kYes},
    // A stolen key must not be able to make others, which would outlive its own revocation.
    PolicyRow{Action::kManageApiKeys, kNo, kNo, kNo, kNo, kYes, kNo},
    PolicyRow{Action::kReadDeliveries, kNo, kNo, kNo, kYes, kYes, kYes},
    PolicyRow{Action::kRetryDeliveries, kNo, kNo, kNo, kYes, kYes, kYes},
    PolicyRow{Action::kReadTimeline, kNo, kYes, kYes, kYes, kYes, kYes},
    // An API client is nobody: it has no screen to report of and no member to be on a channel.
    PolicyRow{Action::kReportReceipts, kYes, kYes, kYes, kYes, kYes, kNo},
    // Whoever sets the address gets every webhook, so a key alone is not enough.
    PolicyRow{Action::kManageWebhooks, kNo, kNo, kNo, kNo, kYes, kNo},
    PolicyRow{Action::kReadRestaurant, kNo, kYes, kYes, kYes, kYes, kYes},
    PolicyRow{Action::kManageRestaurant, kNo, kNo, kNo, kNo, kYes, kYes},
    PolicyRow{Action::kReadBranch, kNo, kYes, kYes, kYes, kYes, kYes},
    PolicyRow{Action::kManageBranch, kNo, kNo, kNo, kYes, kYes, kYes},
    PolicyRow{Action::kReadAudit, kNo, kNo, kNo, kYes, kYes, kYes},
    PolicyRow{Action::kJoinKitchen, kNo, kYes, kNo, kYes, kYes, kNo},
    PolicyRow{Action::kJoinWaiters, kNo, kNo, kYes, kYes, kYes, kNo},
    PolicyRow{Action::kJoinTables, kNo, kYes, kYes, kYes, kYes, kNo},
    PolicyRow{Action::kJoinSession, kYes, kYes, kYes, kYes, kYes, kNo},
    PolicyRow{Action::kJoinTable, kYes, kYes, kYes, kYes, kYes, kNo},
    PolicyRow{Action::kJoinOrder, kYes, kYes, kYes, kYes, kYes, kNo},
};

/// The row of an action is found by its number.
constexpr bool is_in_order() {
    for (std::size_t i = 0; i < kPolicy.size(); ++i) {
        if (kPolicy[i].action != static_cast<Action>(i)) {
            return false;
        }
    }
    return kPolicy.back().action == Action::kJoinOrder;
}
static_assert(is_in_order());

const PolicyRow& row(Action action) {
    return kPolicy[static_cast<std::size_t>(action)];
}

Error forbidden(std::string message) {
    return {.kind = ErrorKind::kForbidden, .code = "forbidden", .message = std::move(message)};
}

struct Thing {
    const char* code;
    const char* name;
};

/// What an action acts on.
Thing thing_of(Action action) {
    switch (action) {
        case Action::kAddItems:
        case Action::kReadOrder:
        case Action::kReadTimeline:
        case Action::kMoveOrder:
        case Action::kCancelOrder:
        case Action::kRequestCancel:
        case Action::kDecideCancel:
        case Action::kJoinOrder:
            return {"order_not_found", "order"};
        case Action::kReadTicket:
        case Action::kMoveTicket:
            return {"ticket_not_found", "ticket"};
        case Action::kPlaceOrder:
        case Action::kReadSession:
        case Action::kCloseSession:
        case Action::kTakePayment:
        case Action::kJoinSession:
            return {"session_not_found", "session"};
        case Action::kReadPayment:
            return {"payment_not_found", "payment"};
        case Action::kCleanTable:
        case Action::kJoinTable:
            return {"table_not_found", "table"};
        case Action::kListBranchOrders:
        case Action::kReadKitchen:
        case Action::kReadTables:
        case Action::kManageTables:
        case Action::kManageMenu:
        case Action::kManageStaff:
        case Action::kManageApiKeys:
        case Action::kReadDeliveries:
        case Action::kRetryDeliveries:
        case Action::kReportReceipts:
        case Action::kManageWebhooks:
        case Action::kReadRestaurant:
        case Action::kManageRestaurant:
        case Action::kReadBranch:
        case Action::kManageBranch:
        case Action::kReadAudit:
        case Action::kJoinKitchen:
        case Action::kJoinWaiters:
        case Action::kJoinTables:
            break;
    }
    return {"branch_not_found", "branch"};
}

/// As the stores say it, so that a foreign thing cannot be distinguished from one that does not
/// exist. A use case that acts on something else says so itself.
Error not_found(Action action) {
    const Thing thing = thing_of(action);
    return {
        .kind = ErrorKind::kNotFound,
        .code = thing.code,
        .message = std::string{"There is no such "} + thing.name + '.'};
}

Result<void> authorize_guest(const Guest& guest, Action action, const Scope& scope) {
    if (!row(action).guest) {
        return forbidden("Guests may not do this.");
    }
    if (scope.session != guest.session) {
        return forbidden("This belongs to another table session.");
    }
    return {};
}

Result<void> authorize_staff(const StaffMember& staff, Action action, const Scope& scope) {
    // The role first: who may not do it anywhere gets that answer, wherever it was tried.
    const PolicyRow& rule = row(action);
    const std::array allowed{
        rule.kitchen, rule.waiter, rule.manager, rule.admin};  // in the order of Role
    if (!allowed[static_cast<std::size_t>(staff.role)]) {
        return forbidden("The role " + std::string{to_string(staff.role)} + " may not do this.");
    }
    if (staff.role != Role::kAdmin && scope.branch != staff.branch) {
        return forbidden("This belongs to another branch.");
    }
    return {};
}

}  // namespace

Scope own_scope(const Caller& caller) {
    Scope scope{.restaurant = restaurant_of(caller), .branch = {}};
    if (const auto* staff = std::get_if<StaffMember>(&caller)) {
        scope.branch = staff->branch;
    } else if (const auto* guest = std::get_if<Guest>(&caller)) {
        scope.branch = guest->branch;
        scope.session = guest->session;
    }
    return scope;
}

Result<void> authorize(const Caller& caller, Action action, const Scope& scope) {
    // Before anything else: another restaurant's things do not exist for the caller, so that ids
    // cannot be probed.
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
            return std::nullopt;  // public: every guest reads the menu before there is a session
    }
    return std::nullopt;
}

}  // namespace orderpush

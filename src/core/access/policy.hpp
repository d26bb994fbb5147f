#pragma once

#include "base/result.hpp"
#include "core/access/caller.hpp"
#include "core/events/channel.hpp"

#include <optional>

namespace orderpush {

/// What a caller wants to do.
enum class Action {
    kPlaceOrder,
    kAddItems,
    kReadOrder,
    kListBranchOrders,
    kMoveOrder,
    kCancelOrder,
    kRequestCancel,
    kDecideCancel,
    kReadTicket,
    kMoveTicket,
    kReadKitchen,
    kReadSession,
    kCloseSession,
    kReadTables,
    kCleanTable,
    kManageTables,
    kManageMenu,
    kTakePayment,
    kReadPayment,
    kManageStaff,
    kManageApiKeys,
    kReadDeliveries,
    kRetryDeliveries,
    kReadTimeline,
    kReportReceipts,
    kManageWebhooks,
    kReadRestaurant,
    kManageRestaurant,
    kReadBranch,
    kManageBranch,
    kReadAudit,
    kJoinKitchen,
    kJoinWaiters,
    kJoinTables,
    kJoinSession,
    kJoinTable,
    kJoinOrder,
};

/// Where the thing acted on stands. `session` is empty for what belongs to no session.
struct Scope {
    RestaurantId restaurant;
    BranchId branch;
    std::optional<SessionId> session = {};
};

/// What belongs to whoever asks: their restaurant, and their branch and session if they have one.
Scope own_scope(const Caller& caller);

/// The one policy table, for HTTP, channel signatures and catch-up alike.
/// kNotFound for a thing of another restaurant: the caller must not even know that it exists.
/// kForbidden for one of the same restaurant that this caller may not act on.
Result<void> authorize(const Caller& caller, Action action, const Scope& scope);

/// The action that subscribing to `channel` is; nothing for public channels.
std::optional<Action> join_action(const Channel& channel);

}  // namespace orderpush

#pragma once

#include "base/result.hpp"
#include "core/caller.hpp"
#include "core/channel.hpp"

#include <optional>

namespace orderpush {

/// What a caller wants to do.
enum class Action {
    kPlaceOrder,
    kReadOrder,
    kListBranchOrders,
    kChangeOrderStatus,
    kReadSession,
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

/// The one policy table, for HTTP, channel signatures and catch-up alike.
/// kNotFound for a thing of another restaurant: the caller must not even know that it exists.
/// kForbidden for one of the same restaurant that this caller may not act on. kConflict
/// "session_closed" for a guest of a closed session who wants more than to read.
Result<void> authorize(const Caller& caller, Action action, const Scope& scope);

/// The action that subscribing to `channel` is; nothing for public channels.
std::optional<Action> join_action(const Channel& channel);

}  // namespace orderpush

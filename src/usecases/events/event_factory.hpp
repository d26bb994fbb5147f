#pragma once

#include "base/crypto/uuid.hpp"
#include "core/events/event.hpp"
#include "core/kitchen/alarm_store.hpp"
#include "core/kitchen/kitchen_store.hpp"
#include "core/orders/order.hpp"
#include "core/payments/payment.hpp"
#include "core/restaurant/restaurant.hpp"

#include <optional>
#include <string>
#include <vector>

namespace orderpush::usecases {

// Makes the events of event_types.hpp, which also says on which channels they go. Each function
// returns the events of one change, in the order in which they are to be seen.

/// order:created. Without `orderNumber`, which the store adds.
std::vector<Event> order_placed_events(const Order& order, IdSource& ids);

/// What the difference of two orders does not show.
struct ChangeNote {
    /// Why it was cancelled, or why the kitchen refuses to cancel it. Of a cancel request that was
    /// accepted, the request's own reason counts.
    std::string reason = {};
    /// Whether a cancel request that is gone was answered by the kitchen, rather than overtaken.
    bool is_answer = false;
    /// The ticket at which the kitchen answered a cancel request.
    std::optional<TicketId> answered_at = {};
};

/// The differences between `before` and `after`, one event per thing that moved: lines added, a
/// cancellation asked for, lines, tickets, the kitchen's answer, the order itself. What was
/// cancelled with its order has no event beside order:cancelled. `after.updated_at` is the time of
/// the change.
std::vector<Event> order_changed_events(
    const Order& before, const Order& after, const ChangeNote& note, IdSource& ids
);

/// session:opened and table:updated. `table` is as before the change.
std::vector<Event> session_opened_events(
    const SessionId& session, const Table& table, Timestamp at, IdSource& ids
);
/// session:closed and table:updated (needs cleaning).
std::vector<Event> session_closed_events(
    const TableSession& session, SessionEnd reason, Timestamp at, IdSource& ids
);
/// table:updated. `table` is as after the change.
std::vector<Event> table_changed_events(
    const Table& table, const std::optional<SessionId>& open_session, Timestamp at, IdSource& ids
);
/// menu:updated; `before` is empty for a new item.
std::vector<Event> menu_changed_events(
    const std::optional<MenuItem>& before, const MenuItem& after, Timestamp at, IdSource& ids
);
/// payment:completed.
std::vector<Event> payment_events(const Payment& payment, IdSource& ids);

/// kitchen:stats_update.
std::vector<Event> stats_events(
    const BranchId& branch, const KitchenStats& stats, Timestamp at, IdSource& ids
);

/// kitchen:unattended.
std::vector<Event> unattended_events(
    const WaitingOrder& order, AlarmCause cause, Timestamp at, IdSource& ids
);

/// Minutes from a ticket's start (else from when it was taken, else made) until it was ready (else
/// `until`), rounded to one decimal; never negative.
double prep_minutes(const Ticket& ticket, Timestamp until);

}  // namespace orderpush::usecases

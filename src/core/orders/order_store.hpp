#pragma once

#include "base/result.hpp"
#include "core/events/event.hpp"
#include "core/idempotency_store.hpp"
#include "core/orders/order.hpp"
#include "core/restaurant/restaurant.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace orderpush {

// A port to stored data. Implementations: storage (PostgreSQL) and tests/support (in memory); one
// contract suite judges both. Every member may be called from several threads at once and blocks on
// the store, with a deadline of the store's own. Beside what a member names, each can answer
// kUnavailable (store away, or no free handle in time) and kTimeout. Every write takes the events
// it causes and commits both, or neither.

/// What the guests of a session have ordered that is not served yet, by lines: bounded, so that a
/// photo of a table's code cannot bury a kitchen.
struct UnservedOrders {
    /// Orders of the session with a line that is neither served nor cancelled; counted up to
    /// `most`.
    std::int64_t count = 0;
    /// The branch's setting.
    std::int64_t most = 0;
    /// Orders that the session's guests placed, ever: how the store notices further ones.
    std::int64_t by_guests = 0;
};

/// What placing an order needs to know, read at one instant.
struct PlacementContext {
    TableSession session;
    /// Those of the asked ids that are on this branch's menu.
    std::vector<MenuItem> items;
    /// The stations that make them.
    std::vector<Station> stations;
    /// If it was asked for, and the branch has a bound.
    std::optional<UnservedOrders> unserved = {};
};

struct NewOrder {
    /// Without its number.
    Order order;
    /// The store adds `orderNumber` to each event's payload: only the transaction knows it.
    std::vector<Event> events;
    /// The answer to keep with the key: a JSON object without `orderNumber`, which the store adds.
    std::string answer;
    std::optional<IdempotencyKey> idempotency;
    /// As placement_context() gave it, where a guest orders: what came meanwhile is counted, too.
    std::optional<UnservedOrders> bound = {};
};

/// What bill and closing need to know of an order.
struct OrderOutline {
    OrderId id;
    OrderStatus status = OrderStatus::kPending;
    std::int64_t total_minor = 0;
    std::int64_t final_minor = 0;
    /// A line is neither served nor cancelled.
    bool is_unserved = false;
    /// A line is preparing or ready.
    bool is_started = false;
};

/// kRateLimited "too_many_unserved_orders": room comes as the kitchen gets on.
inline Error too_many_unserved(std::int64_t most) {
    return {
        .kind = ErrorKind::kRateLimited,
        .code = "too_many_unserved_orders",
        .message = "At this table " + std::to_string(most) +
                   " orders are not served yet. Wait for them, or ask a waiter.",
        .retry_after = std::chrono::seconds{60}};
}

struct PlacedOrder {
    int number = 0;
    /// The answer with its number, byte for byte as it will be replayed.
    std::string answer;
};

struct OrderFilter {
    BranchId branch;
    std::optional<SessionId> session = {};
    /// In any of these; all if empty.
    std::vector<OrderStatus> statuses = {};
    /// Orders after this one; ids sort by time.
    std::optional<OrderId> after = {};
    /// From 1: a page and one more, which shows that there is a next page.
    int limit = 50;
};

/// What one change makes of an order; see core/order_changes.hpp.
struct OrderChange {
    /// As it was read: the change is made only if it still has this version.
    Order before;
    /// As it will be, stamped(). Lines and tickets are changed or added, never removed; of a line
    /// its status and its station can change.
    Order after;
    std::vector<Event> events;
    std::optional<StoredResponse> answer = {};
};

class OrderStore {
  public:
    OrderStore() = default;
    OrderStore(const OrderStore&) = delete;
    OrderStore& operator=(const OrderStore&) = delete;
    virtual ~OrderStore() = default;

    /// kNotFound: no such session. `counts_unserved`: with PlacementContext::unserved.
    virtual Result<PlacementContext> placement_context(
        const SessionId& session, std::span<const MenuItemId> items, bool counts_unserved
    ) = 0;
    /// Order, items, tickets, key, `seq` per channel and outbox rows in one transaction.
    /// kConflict: "session_closed" if it closed meanwhile; "idempotency_key_taken" if another
    /// request took the key first; kRateLimited "too_many_unserved_orders" (nothing was written).
    virtual Result<PlacedOrder> place(const NewOrder& order) = 0;
    virtual Result<Order> find(const OrderId& id) = 0;
    /// All orders of a session, in order of id, however many they are.
    virtual Result<std::vector<OrderOutline>> outline(const SessionId& session) = 0;
    /// In order of id, which is order of time.
    virtual Result<std::vector<Order>> list(const OrderFilter& filter) = 0;
    /// The order with that ticket. kNotFound "ticket_not_found".
    virtual Result<Order> find_by_ticket(const TicketId& id) = 0;
    /// Order, lines, tickets, key, `seq` per channel and outbox rows in one transaction. kNotFound;
    /// kPreconditionFailed "order_changed" if another change came first; kConflict "session_closed"
    /// if it adds lines and the session is closed; kConflict "idempotency_key_taken". Nothing is
    /// written then.
    virtual Result<void> change(const OrderChange& change) = 0;
};

}  // namespace orderpush

#pragma once

#include "base/result.hpp"
#include "core/event.hpp"
#include "core/idempotency_store.hpp"
#include "core/order.hpp"
#include "core/restaurant.hpp"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace orderpush {

// A port to what is kept. Implementations: storage (PostgreSQL) and tests/support (in memory); one
// contract suite judges both. Every member may be called from several threads at once and blocks on
// the store, with a deadline of the store's own. Beside what a member names, each can answer
// kUnavailable (store away, or no free handle in time) and kTimeout. Every write takes the events
// it causes and commits both, or neither.

/// What placing an order needs to know, read at one instant.
struct PlacementContext {
    TableSession session;
    /// Those of the asked ids that are on this branch's menu.
    std::vector<MenuItem> items;
};

struct NewOrder {
    /// Without its number.
    Order order;
    /// The store adds `orderNumber` to each event's payload: only the transaction knows it.
    std::vector<Event> events;
    /// The answer to keep with the key: a JSON object without `orderNumber`, which the store adds.
    std::string answer;
    std::optional<IdempotencyKey> idempotency;
};

struct PlacedOrder {
    int number = 0;
    /// The answer with its number, byte for byte as it will be replayed.
    std::string answer;
};

struct OrderFilter {
    BranchId branch;
    std::optional<SessionId> session = {};
    std::optional<OrderStatus> status = {};
    /// Orders after this one; ids sort by time.
    std::optional<OrderId> after = {};
    /// 1 to 201: a page and one more, which tells that there is a next page.
    int limit = 50;
};

struct OrderStatusChange {
    OrderId order;
    /// The version this change was decided on.
    std::int64_t version = 0;
    OrderStatus status = OrderStatus::kPending;
    Timestamp at;
    std::vector<Event> events;
};

class OrderStore {
  public:
    OrderStore() = default;
    OrderStore(const OrderStore&) = delete;
    OrderStore& operator=(const OrderStore&) = delete;
    virtual ~OrderStore() = default;

    /// kNotFound: no such session.
    virtual Result<PlacementContext> placement_context(
        const SessionId& session, std::span<const MenuItemId> items
    ) = 0;
    /// Order, items, tickets, key, `seq` per channel and outbox rows in one transaction.
    /// kConflict: "session_closed" if it closed meanwhile; "idempotency_key_taken" if another
    /// request took the key first (then nothing was written).
    virtual Result<PlacedOrder> place(const NewOrder& order) = 0;
    virtual Result<Order> find(const OrderId& id) = 0;
    /// In order of id, which is order of time.
    virtual Result<std::vector<Order>> list(const OrderFilter& filter) = 0;
    /// Cancelling also cancels the order's open items and tickets. kNotFound; kPreconditionFailed
    /// if `version` is no longer current.
    virtual Result<Order> change_status(const OrderStatusChange& change) = 0;
};

}  // namespace orderpush

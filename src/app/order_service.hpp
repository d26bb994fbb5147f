#pragma once

#include "app/idempotency.hpp"
#include "app/order_draft.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "base/uuid.hpp"
#include "core/caller.hpp"
#include "core/idempotency_store.hpp"
#include "core/menu_store.hpp"
#include "core/order.hpp"
#include "core/order_store.hpp"
#include "core/outbox.hpp"

#include <optional>
#include <string>
#include <vector>

namespace orderpush::app {

struct OrderQuery {
    /// A guest's own session and staff's own branch if empty; API clients must name one.
    std::optional<BranchId> branch = {};
    std::optional<OrderStatus> status = {};
    std::optional<OrderId> after = {};
    int limit = 50;
};

struct OrderPage {
    std::vector<Order> orders;
    /// Pass as `after` to go on; nothing at the end.
    std::optional<OrderId> next;
};

struct OrderServiceDependencies {
    OrderStore& orders;
    IdempotencyGuard& guard;
    MenuStore& menus;
    OutboxSignal& signal;
    IdSource& ids;
    const Clock& clock;
};

/// Places orders and moves them. Any thread; blocks on the stores.
class OrderService {
  public:
    explicit OrderService(const OrderServiceDependencies& dependencies) : deps_(dependencies) {}

    /// Prices and names come from the menu. kInvalid names the field; kConflict: "session_closed",
    /// "idempotency_key_in_use" (with retry_after); kInvalid "idempotency_key_reused" for another
    /// body under the key.
    Result<CreatedAnswer> place(
        const Caller& caller,
        const PlaceOrder& request,
        const std::optional<Idempotency>& idempotency
    );
    Result<Order> find(const Caller& caller, const OrderId& id);
    Result<OrderPage> list(const Caller& caller, const OrderQuery& query);
    /// kConflict "status_conflict" with the fact `currentStatus` if the move is not legal.
    Result<Order> change_status(const Caller& caller, const OrderId& id, OrderStatus status);

  private:
    Result<std::string> place_once(
        const Caller& caller, const PlaceOrder& request, const std::optional<IdempotencyKey>& key
    );
    Result<OrderFilter> filter_of(const Caller& caller, const OrderQuery& query);

    OrderServiceDependencies deps_;
};

}  // namespace orderpush::app

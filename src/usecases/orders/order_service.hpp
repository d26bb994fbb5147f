#pragma once

#include "base/crypto/uuid.hpp"
#include "base/result.hpp"
#include "core/access/caller.hpp"
#include "core/delivery/outbox.hpp"
#include "core/idempotency_store.hpp"
#include "core/orders/order.hpp"
#include "core/orders/order_store.hpp"
#include "core/restaurant/menu_store.hpp"
#include "usecases/idempotency.hpp"
#include "usecases/orders/order_changer.hpp"
#include "usecases/orders/order_draft.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace orderpush {
class Clock;
}

namespace orderpush::usecases {

struct OrderQuery {
    /// A guest's own session and staff's own branch if empty; API clients must name one.
    std::optional<BranchId> branch = {};
    std::optional<SessionId> session = {};
    /// In any of these; all if empty.
    std::vector<OrderStatus> statuses = {};
    std::optional<OrderId> after = {};
    int limit = 50;
};

struct OrderPage {
    std::vector<Order> orders;
    /// Pass as `after` to go on; nothing at the end.
    std::optional<OrderId> next;
};

struct OrderMove {
    OrderStatus status = OrderStatus::kPending;
    /// Why it is cancelled; only for that. Up to 500 characters; none, or empty: by the staff.
    std::optional<std::string> reason = {};
    ExpectedVersions versions = {};
};

struct ItemMove {
    OrderItemId item;
    ItemStatus status = ItemStatus::kPending;
    /// Of the order.
    ExpectedVersions versions = {};
};

struct CancelRefusal {
    /// 1 to 500 characters.
    std::string reason;
    /// The ticket at which the kitchen answers.
    std::optional<TicketId> ticket = {};
};

struct OrderServiceDependencies {
    OrderStore& orders;
    IdempotencyGuard& guard;
    MenuStore& menus;
    OutboxSignal& signal;
    IdSource& ids;
    const Clock& clock;
};

/// Places orders and changes them; their tickets follow. Any thread; blocks on the stores.
///
/// Where an order is named, each can refuse with kNotFound "order_not_found" and kForbidden; where
/// it is changed, also with kConflict "status_conflict" with the fact `currentStatus`, kConflict
/// "busy", and kPreconditionFailed "version_mismatch" with the fact `currentVersion`.
class OrderService {
  public:
    explicit OrderService(const OrderServiceDependencies& dependencies)
        : deps_(dependencies),
          changer_(
              {.orders = deps_.orders,
               .signal = deps_.signal,
               .ids = deps_.ids,
               .clock = deps_.clock}
          ) {}

    /// Prices and names come from the menu. kInvalid names the field; kConflict: "session_closed",
    /// "idempotency_key_in_use" (with retry_after); kInvalid "idempotency_key_reused" for another
    /// body under the key.
    Result<CreatedResponse> place(
        const Caller& caller,
        const PlaceOrder& request,
        const std::optional<Idempotency>& idempotency
    );
    /// place() by somebody who has yet to be seated, which `seat` does: not for a request that was
    /// answered before. `asker` stands for them, as name_of() does for a caller.
    Result<CreatedResponse> seat_and_place(
        const RestaurantId& restaurant,
        const std::string& asker,
        const std::function<Result<Caller>()>& seat,
        const PlaceOrder& request,
        const std::optional<Idempotency>& idempotency
    );
    Result<Order> find(const Caller& caller, const OrderId& id);
    Result<OrderPage> list(const Caller& caller, const OrderQuery& query);
    /// This and what follows answers with the order's document, and does nothing twice for a key.
    Result<CreatedResponse> move(
        const Caller& caller,
        const OrderId& id,
        const OrderMove& move,
        const std::optional<Idempotency>& idempotency = {}
    );
    Result<CreatedResponse> move_item(
        const Caller& caller,
        const OrderId& id,
        const ItemMove& move,
        const std::optional<Idempotency>& idempotency = {}
    );
    /// On new tickets; a ready order is made again. As place().
    Result<CreatedResponse> add_items(
        const Caller& caller,
        const OrderId& id,
        const std::vector<RequestedItem>& items,
        const std::optional<Idempotency>& idempotency
    );
    /// Asks the kitchen; a guest can while the order is pending. `reason`: 1 to 500 characters.
    /// kConflict "cancel_already_requested".
    Result<CreatedResponse> request_cancel(
        const Caller& caller,
        const OrderId& id,
        const std::string& reason,
        const std::optional<Idempotency>& idempotency
    );
    /// Cancels, for the reason that was asked for. kConflict "no_cancel_request".
    Result<CreatedResponse> accept_cancel(
        const Caller& caller,
        const OrderId& id,
        const std::optional<TicketId>& ticket,
        const std::optional<Idempotency>& idempotency = {}
    );
    /// kConflict "no_cancel_request".
    Result<CreatedResponse> reject_cancel(
        const Caller& caller,
        const OrderId& id,
        const CancelRefusal& refusal,
        const std::optional<Idempotency>& idempotency = {}
    );

  private:
    Result<CreatedResponse> place_once(
        const Caller& caller, const PlaceOrder& request, const std::optional<IdempotencyKey>& key
    );
    /// Changes the order once for a key; `status` is that of the answer.
    Result<CreatedResponse> change_once(
        ChangeRequest request,
        const std::optional<Idempotency>& idempotency,
        int status,
        const OrderChanger::Decide& decide
    );
    Result<OrderFilter> filter_of(const Caller& caller, const OrderQuery& query);

    OrderServiceDependencies deps_;
    OrderChanger changer_;
};

}  // namespace orderpush::usecases

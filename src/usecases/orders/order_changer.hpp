#pragma once

#include "base/crypto/uuid.hpp"
#include "base/result.hpp"
#include "base/timestamp.hpp"
#include "core/access/caller.hpp"
#include "core/access/policy.hpp"
#include "core/delivery/outbox.hpp"
#include "core/idempotency_store.hpp"
#include "core/orders/order.hpp"
#include "core/orders/order_store.hpp"
#include "usecases/events/event_factory.hpp"
#include "usecases/expected_versions.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <variant>
#include <vector>

namespace orderpush {
class Clock;
}

namespace orderpush::usecases {

Scope scope_of(const Order& order);

/// Whether the caller may move a part of the order by `move`, or cancel it. Who may only ask for a
/// cancellation gets that as the reason.
Result<void> authorize_move(
    const Caller& caller, Action move, const Order& order, bool is_cancellation
);

/// Who changes which order, and what is known before the change is decided.
struct ChangeRequest {
    const Caller& caller;
    /// An order, or a ticket of it.
    std::variant<OrderId, TicketId> target;
    /// What the caller must be allowed to do.
    Action move = Action::kMoveOrder;
    /// Whether Action::kCancelOrder is needed instead of `move`.
    bool is_cancellation = false;
    ChangeNote note = {};
    /// What a repeated request with it is answered with is stored with the change.
    std::optional<IdempotencyKey> key = {};
    /// That answer; the order's JSON document if empty.
    std::function<std::string(const Order& after)> document = {};
    /// Of that answer.
    int status = 201;
};

struct OrderChangerDependencies {
    OrderStore& orders;
    OutboxSignal& signal;
    IdSource& ids;
    const Clock& clock;
};

/// Changes orders: reads one, has the caller's right checked and the change decided, writes the
/// outcome with its events. Any thread; blocks on the store.
class OrderChanger {
  public:
    /// The order as it will be, not stamped yet; as it was if there is nothing to change.
    using Decide = std::function<Result<Order>(const Order& before, Timestamp at)>;

    explicit OrderChanger(const OrderChangerDependencies& dependencies) : deps_(dependencies) {}

    /// The order as it is then. Decides anew when another change came between reading and writing;
    /// kConflict "busy" (with retry_after) when that goes on.
    Result<Order> change(const ChangeRequest& request, const Decide& decide);

  private:
    Result<Order> change_once(const ChangeRequest& request, const Decide& decide);
    Result<Order> load(const ChangeRequest& request);

    OrderChangerDependencies deps_;
};

}  // namespace orderpush::usecases

#pragma once

#include "base/clock.hpp"
#include "base/crypto/uuid.hpp"
#include "base/result.hpp"
#include "core/access/caller.hpp"
#include "core/access/policy.hpp"
#include "core/delivery/outbox.hpp"
#include "core/idempotency_store.hpp"
#include "core/orders/order.hpp"
#include "core/orders/order_store.hpp"
#include "usecases/events/event_factory.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace orderpush::usecases {

/// The versions that a caller would change (If-Match); any if empty.
using WantedVersions = std::optional<std::vector<std::int64_t>>;

/// kPreconditionFailed "version_mismatch" with the fact `currentVersion`.
Result<void> check_version(const WantedVersions& wanted, std::int64_t current);

Scope scope_of(const Order& order);

/// Whether the caller may move a part of the order by `move`, or cancel it. Who may only ask for a
/// cancellation is told so.
Result<void> authorize_move(
    const Caller& caller, Action move, const Order& order, bool is_cancellation
);

/// A change, decided but not written.
struct DecidedChange {
    /// Not stamped yet. As it was: there is nothing to write.
    Order after;
    ChangeNote note = {};
};

struct OrderChangerDependencies {
    OrderStore& orders;
    OutboxSignal& signal;
    IdSource& ids;
    const Clock& clock;
};

/// Changes orders: reads one, has somebody decide, writes the outcome with its events. Any thread;
/// blocks on the store.
class OrderChanger {
  public:
    using Load = std::function<Result<Order>()>;
    using Decide = std::function<Result<DecidedChange>(const Order& before, Timestamp at)>;

    explicit OrderChanger(const OrderChangerDependencies& dependencies) : deps_(dependencies) {}

    /// The order as it is then. Decides anew when another change came between reading and writing;
    /// kConflict "busy" (with retry_after) when that goes on. With a key, the order's
    /// document is kept as its answer.
    Result<Order> change(
        const Load& load, const Decide& decide, const std::optional<IdempotencyKey>& key = {}
    );

  private:
    OrderChangerDependencies deps_;
};

}  // namespace orderpush::usecases

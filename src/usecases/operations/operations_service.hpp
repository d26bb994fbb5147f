#pragma once

#include "base/result.hpp"
#include "base/timestamp.hpp"
#include "core/access/caller.hpp"
#include "core/delivery/delivery_store.hpp"
#include "core/operations/operations_store.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace orderpush {
class Clock;
}

namespace orderpush::usecases {

struct OperationsOverview {
    Timestamp as_of;
    /// What no stream has taken yet: a mirror's streams count each for itself.
    std::int64_t waiting_count = 0;
    std::optional<Timestamp> oldest_waiting_at = {};
    /// Its minutes are kMinutes, one after the other, the last one under way.
    OperationsPicture picture = {};
};

/// How the service does: MANAGER sees the branch, ADMIN and API clients the restaurant; others are
/// refused. Any thread; blocks on the stores.
class OperationsService {
  public:
    static constexpr int kMinutes = 60;
    static constexpr int kDeadMax = 10'000;
    static constexpr int kOrdersMax = 20;

    OperationsService(OperationsStore& operations, DeliveryStore& deliveries, const Clock& clock)
        : operations_(operations), deliveries_(deliveries), clock_(clock) {}

    Result<OperationsOverview> overview(const Caller& caller);
    /// The newest first, at most kOrdersMax.
    Result<std::vector<Order>> find_orders(const Caller& caller, int number);

  private:
    OperationsStore& operations_;
    DeliveryStore& deliveries_;
    const Clock& clock_;
};

}  // namespace orderpush::usecases

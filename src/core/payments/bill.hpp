#pragma once

#include "core/orders/order_status.hpp"

#include <algorithm>
#include <cstdint>

namespace orderpush {

/// What a table session owes, in minor units.
struct Bill {
    /// Sums over the orders that are not cancelled.
    std::int64_t total_minor = 0;
    std::int64_t final_minor = 0;
    std::int64_t paid_minor = 0;

    /// Adds an Order or an OrderOutline; a cancelled one comes to nothing.
    template <class SomeOrder>
    void add(const SomeOrder& order) noexcept {
        if (order.status != OrderStatus::kCancelled) {
            total_minor += order.total_minor;
            final_minor += order.final_minor;
        }
    }
    /// Of these two at most one is above 0, and none is below: where an order was cancelled after
    /// it was paid, the guests get something back.
    std::int64_t outstanding_minor() const noexcept {
        return std::max<std::int64_t>(final_minor - paid_minor, 0);
    }
    std::int64_t refund_due_minor() const noexcept {
        return std::max<std::int64_t>(paid_minor - final_minor, 0);
    }
};

}  // namespace orderpush

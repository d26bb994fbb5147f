#pragma once

#include "base/result.hpp"
#include "core/access/caller.hpp"
#include "core/kitchen/receipt_store.hpp"
#include "core/orders/order_store.hpp"
#include "usecases/operations/order_timeline.hpp"

#include <vector>

namespace orderpush::usecases {

struct OrderTimeline {
    OrderId order;
    int order_number = 0;
    /// Oldest first.
    std::vector<TimelineEntry> entries;
    /// There is more than is shown: a list of OrderTrace reached its bound.
    bool is_truncated = false;
};

/// Shows why an order came to a screen, or did not. Any thread; blocks on the stores.
class TimelineService {
  public:
    TimelineService(OrderStore& orders, ReceiptStore& receipts)
        : orders_(orders), receipts_(receipts) {}

    /// kNotFound "order_not_found"; other errors as authorize() has them.
    Result<OrderTimeline> show(const Caller& caller, const OrderId& order);

  private:
    OrderStore& orders_;
    ReceiptStore& receipts_;
};

}  // namespace orderpush::usecases

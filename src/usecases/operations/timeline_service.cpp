#include "usecases/operations/timeline_service.hpp"

#include "core/access/policy.hpp"

#include <utility>

namespace orderpush::usecases {

Result<OrderTimeline> TimelineService::show(const Caller& caller, const OrderId& order) {
    const auto found = ORDERPUSH_TRY(orders_.find(order));
    const Scope scope{
        .restaurant = found.restaurant, .branch = found.branch, .session = found.session};
    ORDERPUSH_TRY(authorize(caller, Action::kReadTimeline, scope));
    const auto trace = ORDERPUSH_TRY(receipts_.trace(found.id, found.session));
    return OrderTimeline{
        .order = found.id,
        .order_number = found.number,
        .entries = timeline_of(found, trace),
        .is_truncated = trace.events.size() >= OrderTrace::kEventsMax ||
                        trace.attempts.size() >= OrderTrace::kAttemptsMax ||
                        trace.receipts.size() >= OrderTrace::kReceiptsMax};
}

}  // namespace orderpush::usecases

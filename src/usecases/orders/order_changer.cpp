#include "usecases/orders/order_changer.hpp"

#include "base/clock.hpp"
#include "core/orders/order_changes.hpp"
#include "usecases/event_logging.hpp"
#include "usecases/json/order_json.hpp"
#include "usecases/retry_on_conflict.hpp"

#include <algorithm>

namespace orderpush::usecases {
namespace {

std::optional<StoredResponse> stored_response(
    const ChangeRequest& request, const Order& order, Timestamp at
) {
    if (!request.key) {
        return std::nullopt;
    }
    return StoredResponse{
        .key = *request.key,
        .status = request.status,
        .body = request.document ? request.document(order) : order_json(order),
        .at = at};
}

}  // namespace

Scope scope_of(const Order& order) {
    return {.restaurant = order.restaurant, .branch = order.branch, .session = order.session};
}

Result<void> authorize_move(
    const Caller& caller, Action move, const Order& order, bool is_cancellation
) {
    const Scope scope = scope_of(order);
    auto allowed = authorize(caller, is_cancellation ? Action::kCancelOrder : move, scope);
    const bool may_ask = is_cancellation && !allowed &&
                         allowed.error().kind == ErrorKind::kForbidden &&
                         authorize(caller, Action::kRequestCancel, scope);
    if (may_ask) {
        return Error{
            .kind = ErrorKind::kForbidden,
            .code = "forbidden",
            .message = "Ask the kitchen to cancel: POST /v1/orders/" + to_string(order.id) +
                       "/cancel-request."};
    }
    return allowed;
}

Result<Order> OrderChanger::change(const ChangeRequest& request, const Decide& decide) {
    return retry_on_conflict("order_changed", [&] { return change_once(request, decide); });
}

Result<Order> OrderChanger::change_once(const ChangeRequest& request, const Decide& decide) {
    Order before = ORDERPUSH_TRY(load(request));
    // Of each order that is read anew: its session or table may be another one by now.
    ORDERPUSH_TRY(authorize_move(request.caller, request.move, before, request.is_cancellation));
    const Timestamp now = deps_.clock.now();
    Order decided = ORDERPUSH_TRY(decide(before, now));
    // With a key there is something to write even so: what a repeated request is answered with.
    const bool is_same = decided == before;
    if (is_same && !request.key) {
        return before;
    }
    Order after = is_same ? before : stamped(before, std::move(decided), now);
    auto events = order_changed_events(before, after, request.note, deps_.ids);
    const std::vector<EventNote> notes = notes_of(events);
    ORDERPUSH_TRY(deps_.orders.change(
        {.before = std::move(before),
         .after = after,
         .events = std::move(events),
         .answer = stored_response(request, after, now)}
    ));
    deps_.signal.notify();
    log_recorded(to_string(after.id), notes);
    return after;
}

Result<Order> OrderChanger::load(const ChangeRequest& request) {
    if (const auto* id = std::get_if<OrderId>(&request.target)) {
        return deps_.orders.find(*id);
    }
    Order order = ORDERPUSH_TRY(deps_.orders.find_by_ticket(std::get<TicketId>(request.target)));
    // Whoever may not move a ticket of another restaurant must not learn that it exists.
    ORDERPUSH_TRY(authorize(request.caller, request.move, scope_of(order)));
    return order;
}

}  // namespace orderpush::usecases

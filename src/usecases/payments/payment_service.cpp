#include "usecases/payments/payment_service.hpp"

#include "base/clock.hpp"
#include "core/access/policy.hpp"
#include "usecases/events/event_factory.hpp"
#include "usecases/json/restaurant_json.hpp"
#include "usecases/validation.hpp"

#include <set>

namespace orderpush::usecases {
namespace {

Scope scope_of(const TableSession& session) {
    const Branch& branch = session.table.branch;
    return {.restaurant = branch.restaurant, .branch = branch.id, .session = session.id};
}

Result<void> validate(const TakePayment& request) {
    std::vector<FieldError> errors;
    if (request.amount_minor < 1) {
        errors.push_back({"amount", "must be at least 1"});
    }
    if (request.orders && request.orders->empty()) {
        errors.push_back({"orderIds", "must have at least one entry"});
    }
    return refuse_if_any(std::move(errors));
}

/// Each must be an order of the session, and none twice.
Result<void> validate(const std::vector<OrderId>& asked, const std::vector<OrderOutline>& orders) {
    std::set<OrderId> known;
    for (const OrderOutline& order : orders) {
        known.insert(order.id);
    }
    std::vector<FieldError> errors;
    std::set<OrderId> given;
    for (std::size_t i = 0; i < asked.size(); ++i) {
        const std::string field = "orderIds[" + std::to_string(i) + "]";
        if (!known.contains(asked[i])) {
            errors.push_back({field, "is no order of this session"});
        } else if (!given.insert(asked[i]).second) {
            errors.push_back({field, "is given more than once"});
        }
    }
    return refuse_if_any(std::move(errors));
}

}  // namespace

Result<CreatedResponse> PaymentService::take(
    const Caller& caller, const TakePayment& request, const std::optional<Idempotency>& idempotency
) {
    const auto session = ORDERPUSH_TRY(deps_.sessions.find(request.session));
    ORDERPUSH_TRY(authorize(caller, Action::kTakePayment, scope_of(session)));
    ORDERPUSH_TRY(validate(request));
    return deps_.guard.run(
        restaurant_of(caller),
        name_of(caller),
        idempotency,
        [&](const std::optional<IdempotencyKey>& key) { return take_once(session, request, key); }
    );
}

Result<CreatedResponse> PaymentService::take_once(
    const TableSession& session,
    const TakePayment& request,
    const std::optional<IdempotencyKey>& key
) {
    if (!session.is_open) {
        return session_closed(ErrorKind::kConflict);
    }
    auto orders = ORDERPUSH_TRY(orders_for(session, request));
    const Timestamp now = deps_.clock.now();
    const Branch& branch = session.table.branch;
    Payment payment{
        .id = deps_.ids.make<PaymentId>(),
        .restaurant = branch.restaurant,
        .branch = branch.id,
        .session = session.id,
        .table = session.table.id,
        .orders = std::move(orders),
        .amount_minor = request.amount_minor,
        .currency = branch.currency,
        .method = request.method,
        .paid_at = now};
    // Whether it closes the session is decided in the transaction: both answers are ready for it.
    const std::string open = payment_json(payment);
    payment.has_closed_session = true;
    const std::string closing = payment_json(payment);
    const auto is_closed = ORDERPUSH_TRY(deps_.payments.record(
        {.payment = payment,
         .events = payment_events(payment, deps_.ids),
         .closing_events = session_closed_events(session, SessionEnd::kSettled, now, deps_.ids),
         .closing_answer = deps_.guard.stored_response(key, closing, now),
         .open_answer = deps_.guard.stored_response(key, open, now)}
    ));
    deps_.signal.notify();
    return CreatedResponse{.id = to_string(payment.id), .body = is_closed ? closing : open};
}

Result<std::vector<OrderId>> PaymentService::orders_for(
    const TableSession& session, const TakePayment& request
) {
    const auto orders = ORDERPUSH_TRY(deps_.orders.outline(session.id));
    if (request.orders) {
        ORDERPUSH_TRY(validate(*request.orders, orders));
        return *request.orders;
    }
    std::vector<OrderId> ids;
    for (const OrderOutline& order : orders) {
        if (order.status != OrderStatus::kCancelled) {
            ids.push_back(order.id);
        }
    }
    return ids;
}

Result<Payment> PaymentService::find(const Caller& caller, const PaymentId& id) {
    auto payment = ORDERPUSH_TRY(deps_.payments.find(id));
    const Scope scope{
        .restaurant = payment.restaurant, .branch = payment.branch, .session = payment.session};
    ORDERPUSH_TRY(authorize(caller, Action::kReadPayment, scope));
    return payment;
}

}  // namespace orderpush::usecases

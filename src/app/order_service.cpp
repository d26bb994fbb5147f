#include "app/order_service.hpp"

#include "app/event_catalogue.hpp"
#include "app/order_document.hpp"
#include "core/policy.hpp"

namespace orderpush::app {
namespace {

/// How often a change is decided anew when another one came between reading and writing.
constexpr int kChangeAttemptsMax = 5;

Scope scope_of(const Order& order) {
    return {.restaurant = order.restaurant, .branch = order.branch, .session = order.session};
}

Error illegal_move(OrderStatus from, OrderStatus to) {
    return {
        .code = ErrorCode::kConflict,
        .reason = "status_conflict",
        .message = "An order that is " + std::string{to_word(from)} + " cannot become " +
                   std::string{to_word(to)} + ".",
        .facts = {{"currentStatus", std::string{to_word(from)}}}};
}

}  // namespace

Result<CreatedAnswer> OrderService::place(
    const Caller& caller, const PlaceOrder& request, const std::optional<Idempotency>& idempotency
) {
    return deps_.guard.run(
        restaurant_of(caller),
        name_of(caller),
        idempotency,
        [&](const std::optional<IdempotencyKey>& key) { return place_once(caller, request, key); }
    );
}

Result<std::string> OrderService::place_once(
    const Caller& caller, const PlaceOrder& request, const std::optional<IdempotencyKey>& key
) {
    auto drafted = draft_order(caller, request, deps_.orders, deps_.ids, deps_.clock);
    if (!drafted) {
        return std::move(drafted).error();
    }
    Order& order = *drafted;
    order.tickets = split_by_station(order.items, order.created_at, deps_.ids);
    auto events = order_placed_events(order, deps_.ids);
    auto answer = order_document(order);
    auto placed = deps_.orders.place(
        {.order = std::move(order),
         .events = std::move(events),
         .answer = std::move(answer),
         .idempotency = key}
    );
    if (!placed) {
        return std::move(placed).error();
    }
    deps_.signal.notify();
    return std::move(placed->answer);
}

Result<Order> OrderService::find(const Caller& caller, const OrderId& id) {
    auto order = deps_.orders.find(id);
    if (!order) {
        return order;
    }
    if (const auto allowed = authorize(caller, Action::kReadOrder, scope_of(*order)); !allowed) {
        return allowed.error();
    }
    return order;
}

Result<OrderPage> OrderService::list(const Caller& caller, const OrderQuery& query) {
    const auto filter = filter_of(caller, query);
    if (!filter) {
        return filter.error();
    }
    auto orders = deps_.orders.list(*filter);
    if (!orders) {
        return std::move(orders).error();
    }
    OrderPage page{.orders = std::move(*orders), .next = {}};
    if (page.orders.size() > static_cast<std::size_t>(query.limit)) {
        page.orders.resize(static_cast<std::size_t>(query.limit));
        page.next = page.orders.back().id;
    }
    return page;
}

Result<OrderFilter> OrderService::filter_of(const Caller& caller, const OrderQuery& query) {
    constexpr int kLimitMax = 200;
    if (query.limit < 1 || query.limit > kLimitMax) {
        return invalid_fields({{"limit", "must be 1 to " + std::to_string(kLimitMax)}});
    }
    OrderFilter filter{
        .branch = {}, .status = query.status, .after = query.after, .limit = query.limit + 1};
    if (const auto* guest = std::get_if<Guest>(&caller)) {
        if (query.branch && *query.branch != guest->branch) {
            return Error{
                .code = ErrorCode::kForbidden,
                .reason = "forbidden",
                .message = "This belongs to another branch."};
        }
        filter.branch = guest->branch;
        filter.session = guest->session;
        return filter;
    }
    const auto* staff = std::get_if<StaffMember>(&caller);
    if (!query.branch && staff == nullptr) {
        return invalid_fields({{"branchId", "is required"}});
    }
    filter.branch = query.branch ? *query.branch : staff->branch;
    const auto branch = deps_.menus.find_branch(filter.branch);
    if (!branch) {
        return branch.error();
    }
    const Scope scope{.restaurant = branch->restaurant, .branch = branch->id};
    if (const auto allowed = authorize(caller, Action::kListBranchOrders, scope); !allowed) {
        return allowed.error();
    }
    return filter;
}

Result<Order> OrderService::change_status(
    const Caller& caller, const OrderId& id, OrderStatus status
) {
    for (int attempt = 0; attempt < kChangeAttemptsMax; ++attempt) {
        auto order = deps_.orders.find(id);
        if (!order) {
            return order;
        }
        if (const auto allowed = authorize(caller, Action::kMoveOrder, scope_of(*order));
            !allowed) {
            return allowed.error();
        }
        if (!may_move(order->status, status)) {
            return illegal_move(order->status, status);
        }
        Order moved = *order;
        moved.status = status;
        moved.updated_at = deps_.clock.now();
        auto changed = deps_.orders.change_status(
            {.order = id,
             .version = order->version,
             .status = status,
             .at = moved.updated_at,
             .events =
                 order_changed_events(*order, moved, {.reason = "Cancelled by staff"}, deps_.ids)}
        );
        if (changed) {
            deps_.signal.notify();
        }
        if (changed || changed.error().code != ErrorCode::kPreconditionFailed) {
            return changed;
        }
    }
    return Error{
        .code = ErrorCode::kConflict,
        .reason = "order_busy",
        .message = "The order is being changed by others at the same time. Try again.",
        .retry_after = std::chrono::seconds{1}};
}

}  // namespace orderpush::app

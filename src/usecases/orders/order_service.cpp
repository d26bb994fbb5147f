#include "usecases/orders/order_service.hpp"

#include "base/observability/log.hpp"
#include "base/text.hpp"
#include "core/access/policy.hpp"
#include "core/orders/order_changes.hpp"
#include "usecases/access/branch_access.hpp"
#include "usecases/event_logging.hpp"
#include "usecases/events/event_factory.hpp"
#include "usecases/json/order_json.hpp"

#include <algorithm>

namespace orderpush::usecases {
namespace {

constexpr std::size_t kReasonCharactersMax = 500;
constexpr const char* kCancelledByStaff = "Cancelled by staff";

Result<void> check_reason(const std::string& reason, std::size_t characters_min) {
    const std::size_t length = character_count(reason);
    if (length >= characters_min && length <= kReasonCharactersMax) {
        return {};
    }
    const std::string bounds =
        characters_min == 0 ? "at most " : std::to_string(characters_min) + " to ";
    return invalid_fields(
        {{"reason", "must have " + bounds + std::to_string(kReasonCharactersMax) + " characters"}}
    );
}

/// The ticket at which the kitchen answers is one of the order's.
Result<void> check_answered_at(const Order& order, const std::optional<TicketId>& ticket) {
    if (!ticket || std::ranges::find(order.tickets, *ticket, &Ticket::id) != order.tickets.end()) {
        return {};
    }
    return invalid_fields({{"ticketId", "is not a ticket of this order"}});
}

constexpr int kCreated = 201;
constexpr int kOk = 200;

}  // namespace

Result<CreatedResponse> OrderService::place(
    const Caller& caller, const PlaceOrder& request, const std::optional<Idempotency>& idempotency
) {
    return deps_.guard.run(
        restaurant_of(caller),
        name_of(caller),
        idempotency,
        [&](const std::optional<IdempotencyKey>& key) { return place_once(caller, request, key); }
    );
}

Result<CreatedResponse> OrderService::seat_and_place(
    const RestaurantId& restaurant,
    const std::string& asker,
    const std::function<Result<Caller>()>& seat,
    const PlaceOrder& request,
    const std::optional<Idempotency>& idempotency
) {
    return deps_.guard.run(
        restaurant,
        asker,
        idempotency,
        [&](const std::optional<IdempotencyKey>& key) -> Result<CreatedResponse> {
            const Caller caller = ORDERPUSH_TRY(seat());
            return place_once(caller, request, key);
        }
    );
}

Result<CreatedResponse> OrderService::place_once(
    const Caller& caller, const PlaceOrder& request, const std::optional<IdempotencyKey>& key
) {
    auto drafted =
        ORDERPUSH_TRY(draft_order(caller, request, deps_.orders, deps_.ids, deps_.clock));
    Order& order = drafted.order;
    auto events = order_placed_events(order, deps_.ids);
    auto body = order_json(order);
    const std::string order_id = to_string(order.id);
    const std::int64_t version = order.version;
    const std::string branch_id = to_string(order.branch);
    const std::vector<EventNote> notes = notes_of(events);
    auto placed = ORDERPUSH_TRY(deps_.orders.place(
        {.order = std::move(order),
         .events = std::move(events),
         .answer = std::move(body),
         .idempotency = key,
         .bound = drafted.bound}
    ));
    deps_.signal.notify();
    log::info(
        "order_accepted",
        {{"orderId", order_id}, {"branchId", branch_id}, {"orderNumber", placed.number}}
    );
    log_recorded(order_id, notes);
    return CreatedResponse{.id = order_id, .version = version, .body = std::move(placed.answer)};
}

Result<Order> OrderService::find(const Caller& caller, const OrderId& id) {
    auto order = ORDERPUSH_TRY(deps_.orders.find(id));
    ORDERPUSH_TRY(authorize(caller, Action::kReadOrder, scope_of(order)));
    return order;
}

Result<OrderPage> OrderService::list(const Caller& caller, const OrderQuery& query) {
    const auto filter = ORDERPUSH_TRY(filter_of(caller, query));
    auto orders = ORDERPUSH_TRY(deps_.orders.list(filter));
    OrderPage page{.orders = std::move(orders), .next = {}};
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
        .branch = {},
        .session = query.session,
        .statuses = query.statuses,
        .after = query.after,
        .limit = query.limit + 1};
    if (const auto* guest = std::get_if<Guest>(&caller)) {
        if (query.branch && *query.branch != guest->branch) {
            return Error{
                .kind = ErrorKind::kForbidden,
                .code = "forbidden",
                .message = "This belongs to another branch."};
        }
        if (query.session && *query.session != guest->session) {
            return Error{
                .kind = ErrorKind::kForbidden,
                .code = "forbidden",
                .message = "This belongs to another table session."};
        }
        filter.branch = guest->branch;
        filter.session = guest->session;
        return filter;
    }
    const auto* staff = std::get_if<StaffMember>(&caller);
    if (!query.branch && staff == nullptr) {
        return invalid_fields({{"branchId", "is required"}});
    }
    // Staff see their own branch unless they say otherwise; a key has none to fall back on.
    filter.branch = query.branch ? *query.branch : staff->branch;
    ORDERPUSH_TRY(find_allowed_branch(deps_.menus, caller, Action::kListBranchOrders, filter.branch)
    );
    return filter;
}

Result<CreatedResponse> OrderService::change_once(
    ChangeRequest request,
    const std::optional<Idempotency>& idempotency,
    int status,
    const OrderChanger::Decide& decide
) {
    request.status = status;
    return deps_.guard.run(
        restaurant_of(request.caller),
        name_of(request.caller),
        idempotency,
        [&](const std::optional<IdempotencyKey>& key) -> Result<CreatedResponse> {
            request.key = key;
            const Order order = ORDERPUSH_TRY(changer_.change(request, decide));
            return CreatedResponse{
                .id = to_string(order.id),
                .version = order.version,
                .body = order_json(order),
                .status = status};
        }
    );
}

Result<CreatedResponse> OrderService::move(
    const Caller& caller,
    const OrderId& id,
    const OrderMove& move,
    const std::optional<Idempotency>& idempotency
) {
    const bool is_cancellation = move.status == OrderStatus::kCancelled;
    if (move.reason && !is_cancellation) {
        return invalid_fields({{"reason", "is only for the status cancelled"}});
    }
    const std::string reason = move.reason.value_or(std::string{});
    ORDERPUSH_TRY(check_reason(reason, 0));
    return change_once(
        {.caller = caller,
         .target = id,
         .is_cancellation = is_cancellation,
         .note = {.reason = reason.empty() ? kCancelledByStaff : reason}},
        idempotency,
        kOk,
        [&](const Order& before, Timestamp at) -> Result<Order> {
            ORDERPUSH_TRY(check_version(move.versions, before.version));
            return move_order(before, move.status, at);
        }
    );
}

Result<CreatedResponse> OrderService::move_item(
    const Caller& caller,
    const OrderId& id,
    const ItemMove& move,
    const std::optional<Idempotency>& idempotency
) {
    return change_once(
        {.caller = caller,
         .target = id,
         .is_cancellation = move.status == ItemStatus::kCancelled,
         .note = {.reason = kAllItemsCancelled}},
        idempotency,
        kOk,
        [&](const Order& before, Timestamp at) -> Result<Order> {
            ORDERPUSH_TRY(check_version(move.versions, before.version));
            return orderpush::move_item(before, move.item, move.status, at);
        }
    );
}

Result<CreatedResponse> OrderService::add_items(
    const Caller& caller,
    const OrderId& id,
    const std::vector<RequestedItem>& items,
    const std::optional<Idempotency>& idempotency
) {
    ORDERPUSH_TRY(validate_items(items));
    return change_once(
        {.caller = caller, .target = id, .move = Action::kAddItems},
        idempotency,
        kCreated,
        [&](const Order& before, Timestamp at) -> Result<Order> {
            auto lines =
                ORDERPUSH_TRY(draft_added_lines(before, items, deps_.orders, deps_.ids, at));
            return orderpush::add_items(before, std::move(lines.items), std::move(lines.tickets));
        }
    );
}

Result<CreatedResponse> OrderService::request_cancel(
    const Caller& caller,
    const OrderId& id,
    const std::string& reason,
    const std::optional<Idempotency>& idempotency
) {
    ORDERPUSH_TRY(check_reason(reason, 1));
    const auto* staff = std::get_if<StaffMember>(&caller);
    // A guest may change their mind until somebody looks at the order; later only staff ask.
    const bool is_guest = std::holds_alternative<Guest>(caller);
    const auto decide = [&](const Order& before, Timestamp at) -> Result<Order> {
        if (is_guest && before.status != OrderStatus::kPending) {
            return status_conflict("The order", to_string(before.status));
        }
        CancelRequest request{
            .reason = reason,
            .staff = staff != nullptr ? std::optional{staff->id} : std::nullopt,
            .requested_at = at};
        return orderpush::request_cancel(before, std::move(request));
    };
    return change_once(
        {.caller = caller, .target = id, .move = Action::kRequestCancel},
        idempotency,
        kCreated,
        decide
    );
}

Result<CreatedResponse> OrderService::accept_cancel(
    const Caller& caller,
    const OrderId& id,
    const std::optional<TicketId>& ticket,
    const std::optional<Idempotency>& idempotency
) {
    return change_once(
        {.caller = caller,
         .target = id,
         .move = Action::kDecideCancel,
         .note = {.is_answer = true, .answered_at = ticket}},
        idempotency,
        kOk,
        [&](const Order& before, Timestamp at) -> Result<Order> {
            ORDERPUSH_TRY(check_answered_at(before, ticket));
            return orderpush::accept_cancel(before, at);
        }
    );
}

Result<CreatedResponse> OrderService::reject_cancel(
    const Caller& caller,
    const OrderId& id,
    const CancelRefusal& refusal,
    const std::optional<Idempotency>& idempotency
) {
    ORDERPUSH_TRY(check_reason(refusal.reason, 1));
    return change_once(
        {.caller = caller,
         .target = id,
         .move = Action::kDecideCancel,
         .note = {.reason = refusal.reason, .is_answer = true, .answered_at = refusal.ticket}},
        idempotency,
        kOk,
        [&](const Order& before, Timestamp) -> Result<Order> {
            ORDERPUSH_TRY(check_answered_at(before, refusal.ticket));
            return orderpush::reject_cancel(before);
        }
    );
}

}  // namespace orderpush::usecases

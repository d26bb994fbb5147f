#include "usecases/orders/order_service.hpp"

#include "base/characters.hpp"
#include "base/observability/log.hpp"
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
constexpr const char* kStaffWish = "Cancelled by staff";

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

/// The decision, with why something is cancelled by it, or not.
Result<DecidedChange> noted(Result<Order> after, ChangeNote note) {
    if (!after) {
        return std::move(after).error();
    }
    return DecidedChange{.after = std::move(*after), .note = std::move(note)};
}

Result<std::string> document_of(const Result<Order>& order) {
    if (!order) {
        return order.error();
    }
    return order_document(*order);
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
    auto drafted =
        ORDERPUSH_TRY(draft_order(caller, request, deps_.orders, deps_.ids, deps_.clock));
    Order& order = drafted;
    auto events = order_placed_events(order, deps_.ids);
    auto answer = order_document(order);
    const std::string order_id = to_string(order.id);
    const std::string branch_id = to_string(order.branch);
    const std::vector<EventNote> notes = notes_of(events);
    auto placed = ORDERPUSH_TRY(deps_.orders.place(
        {.order = std::move(order),
         .events = std::move(events),
         .answer = std::move(answer),
         .idempotency = key}
    ));
    deps_.signal.notify();
    log::info(
        "order_accepted",
        {{"orderId", order_id}, {"branchId", branch_id}, {"orderNumber", placed.number}}
    );
    log_recorded(order_id, notes);
    return std::move(placed.answer);
}

Result<Order> OrderService::find(const Caller& caller, const OrderId& id) {
    auto order = deps_.orders.find(id);
    if (!order) {
        return order;
    }
    ORDERPUSH_TRY(authorize(caller, Action::kReadOrder, scope_of(*order)));
    return order;
}

Result<OrderPage> OrderService::list(const Caller& caller, const OrderQuery& query) {
    const auto filter = ORDERPUSH_TRY(filter_of(caller, query));
    auto orders = deps_.orders.list(filter);
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
    filter.branch = query.branch ? *query.branch : staff->branch;
    ORDERPUSH_TRY(find_allowed_branch(deps_.menus, caller, Action::kListBranchOrders, filter.branch)
    );
    return filter;
}

Result<Order> OrderService::change(
    const Caller& caller,
    const OrderId& id,
    Action move,
    const OrderChanger::Decide& decide,
    const std::optional<IdempotencyKey>& key,
    bool is_cancellation
) {
    return changer_.change(
        [&] { return deps_.orders.find(id); },
        [&](const Order& before, Timestamp at) -> Result<DecidedChange> {
            ORDERPUSH_TRY(authorize_move(caller, move, before, is_cancellation));
            return decide(before, at);
        },
        key
    );
}

Result<Order> OrderService::move(const Caller& caller, const OrderId& id, const OrderMove& move) {
    const bool is_cancellation = move.status == OrderStatus::kCancelled;
    if (move.reason && !is_cancellation) {
        return invalid_fields({{"reason", "is only for the status cancelled"}});
    }
    const std::string reason = move.reason.value_or(std::string{});
    ORDERPUSH_TRY(check_reason(reason, 0));
    const auto decide = [&](const Order& before, Timestamp at) -> Result<DecidedChange> {
        ORDERPUSH_TRY(check_version(move.versions, before.version));
        return noted(
            move_order(before, move.status, at), {.reason = reason.empty() ? kStaffWish : reason}
        );
    };
    return change(caller, id, Action::kMoveOrder, decide, {}, is_cancellation);
}

Result<Order> OrderService::move_item(
    const Caller& caller, const OrderId& id, const ItemMove& move
) {
    const auto decide = [&](const Order& before, Timestamp at) -> Result<DecidedChange> {
        ORDERPUSH_TRY(check_version(move.versions, before.version));
        return noted(
            orderpush::move_item(before, move.item, move.status, at), {.reason = kAllItemsCancelled}
        );
    };
    const bool is_cancellation = move.status == ItemStatus::kCancelled;
    return change(caller, id, Action::kMoveOrder, decide, {}, is_cancellation);
}

Result<CreatedAnswer> OrderService::add_items(
    const Caller& caller,
    const OrderId& id,
    const std::vector<RequestedItem>& items,
    const std::optional<Idempotency>& idempotency
) {
    ORDERPUSH_TRY(check_items(items));
    const auto decide = [&](const Order& before, Timestamp at) -> Result<DecidedChange> {
        auto lines = ORDERPUSH_TRY(draft_added_lines(before, items, deps_.orders, deps_.ids, at));
        return noted(
            orderpush::add_items(before, std::move(lines.items), std::move(lines.tickets)), {}
        );
    };
    return deps_.guard.run(
        restaurant_of(caller),
        name_of(caller),
        idempotency,
        [&](const std::optional<IdempotencyKey>& key) {
            return document_of(change(caller, id, Action::kAddItems, decide, key));
        }
    );
}

Result<CreatedAnswer> OrderService::request_cancel(
    const Caller& caller,
    const OrderId& id,
    const std::string& reason,
    const std::optional<Idempotency>& idempotency
) {
    ORDERPUSH_TRY(check_reason(reason, 1));
    const auto* staff = std::get_if<StaffMember>(&caller);
    const bool is_guest = std::holds_alternative<Guest>(caller);
    const auto decide = [&](const Order& before, Timestamp at) -> Result<DecidedChange> {
        if (is_guest && before.status != OrderStatus::kPending) {
            return status_conflict("The order", to_word(before.status));
        }
        CancelRequest request{
            .reason = reason,
            .staff = staff != nullptr ? std::optional{staff->id} : std::nullopt,
            .requested_at = at};
        return noted(orderpush::request_cancel(before, std::move(request)), {});
    };
    return deps_.guard.run(
        restaurant_of(caller),
        name_of(caller),
        idempotency,
        [&](const std::optional<IdempotencyKey>& key) {
            return document_of(change(caller, id, Action::kRequestCancel, decide, key));
        }
    );
}

Result<Order> OrderService::accept_cancel(
    const Caller& caller, const OrderId& id, const std::optional<TicketId>& ticket
) {
    const auto decide = [&](const Order& before, Timestamp at) -> Result<DecidedChange> {
        ORDERPUSH_TRY(check_answered_at(before, ticket));
        const auto& request = before.cancel_request;
        return noted(
            orderpush::accept_cancel(before, at),
            {.reason = request ? request->reason : std::string{},
             .is_answer = true,
             .answered_at = ticket}
        );
    };
    return change(caller, id, Action::kDecideCancel, decide);
}

Result<Order> OrderService::reject_cancel(
    const Caller& caller, const OrderId& id, const CancelRefusal& refusal
) {
    ORDERPUSH_TRY(check_reason(refusal.reason, 1));
    const auto decide = [&](const Order& before, Timestamp) -> Result<DecidedChange> {
        ORDERPUSH_TRY(check_answered_at(before, refusal.ticket));
        return noted(
            orderpush::reject_cancel(before),
            {.reason = refusal.reason, .is_answer = true, .answered_at = refusal.ticket}
        );
    };
    return change(caller, id, Action::kDecideCancel, decide);
}

}  // namespace orderpush::usecases

#include "app/order_service.hpp"

#include "app/event_catalogue.hpp"
#include "app/order_document.hpp"
#include "base/crypto.hpp"
#include "core/policy.hpp"

namespace orderpush::app {
namespace {

/// How often a change is decided anew when another one came between reading and writing.
constexpr int kChangeAttemptsMax = 5;

Scope scope_of(const Order& order) {
    return {.restaurant = order.restaurant, .branch = order.branch, .session = order.session};
}

/// The same words from two callers are two requests: nobody is answered with what another one was
/// told.
std::string hash_of(const Caller& caller, const Idempotency& idempotency) {
    std::string who;
    if (const auto* guest = std::get_if<Guest>(&caller)) {
        who = "session " + to_string(guest->session);
    } else if (const auto* staff = std::get_if<StaffMember>(&caller)) {
        who = "staff " + to_string(staff->id);
    } else {
        who = "api-key " + to_string(std::get<ApiClient>(caller).key);
    }
    return sha256_hex(who + '\n' + idempotency.request_hash);
}

/// Marks a key as in use for its own lifetime, if nobody else does.
class KeyInUse {
  public:
    using Keys = std::set<std::pair<RestaurantId, std::string>>;

    KeyInUse(Guarded<Keys>& keys, std::pair<RestaurantId, std::string> key)
        : keys_(keys),
          key_(std::move(key)),
          is_first_(keys_.with([&](Keys& all) { return all.insert(key_).second; })) {}
    KeyInUse(const KeyInUse&) = delete;
    KeyInUse& operator=(const KeyInUse&) = delete;
    ~KeyInUse() {
        if (is_first_) {
            keys_.with([&](Keys& all) { return all.erase(key_); });
        }
    }
    bool is_first() const noexcept { return is_first_; }

  private:
    Guarded<Keys>& keys_;
    const std::pair<RestaurantId, std::string> key_;
    const bool is_first_;
};

Error key_in_use() {
    return {
        .code = ErrorCode::kConflict,
        .reason = "idempotency_key_in_use",
        .message = "A request with this Idempotency-Key is still being worked on.",
        .retry_after = std::chrono::seconds{1}};
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

Result<PlacedAnswer> OrderService::place(
    const Caller& caller, const PlaceOrder& request, const std::optional<Idempotency>& idempotency
) {
    if (!idempotency) {
        return place_once(caller, request, idempotency);
    }
    const KeyInUse in_use{keys_in_use_, {restaurant_of(caller), idempotency->key}};
    if (!in_use.is_first()) {
        return key_in_use();
    }
    return place_guarded(
        caller, request, {.key = idempotency->key, .request_hash = hash_of(caller, *idempotency)}
    );
}

Result<PlacedAnswer> OrderService::place_guarded(
    const Caller& caller, const PlaceOrder& request, const Idempotency& idempotency
) {
    const RestaurantId restaurant = restaurant_of(caller);
    auto earlier = replay(restaurant, idempotency);
    if (!earlier) {
        return std::move(earlier).error();
    }
    if (*earlier) {
        return **earlier;
    }
    auto answer = place_once(caller, request, idempotency);
    if (answer || answer.error().reason != "idempotency_key_taken") {
        return answer;
    }
    // Another instance took the key between our look and our write, and has committed.
    earlier = replay(restaurant, idempotency);
    if (!earlier) {
        return std::move(earlier).error();
    }
    if (*earlier) {
        return **earlier;
    }
    return key_in_use();
}

Result<std::optional<PlacedAnswer>> OrderService::replay(
    const RestaurantId& restaurant, const Idempotency& idempotency
) {
    auto stored = deps_.idempotency.find(restaurant, idempotency.key);
    if (!stored) {
        return std::move(stored).error();
    }
    if (!*stored) {
        return std::optional<PlacedAnswer>{};
    }
    if ((*stored)->request_hash != idempotency.request_hash) {
        return Error{
            .code = ErrorCode::kInvalid,
            .reason = "idempotency_key_reused",
            .message = "This Idempotency-Key was used for another request.",
            .faults = {{"Idempotency-Key", "was used for another request"}}};
    }
    return std::optional{PlacedAnswer{.body = std::move((*stored)->body), .is_replay = true}};
}

Result<PlacedAnswer> OrderService::place_once(
    const Caller& caller, const PlaceOrder& request, const std::optional<Idempotency>& idempotency
) {
    auto drafted = draft_order(caller, request, deps_.orders, deps_.ids, deps_.clock);
    if (!drafted) {
        return std::move(drafted).error();
    }
    NewOrder order{
        .order = std::move(*drafted), .tickets = {}, .events = {}, .answer = {}, .idempotency = {}};
    order.tickets = split_by_station(order.order.items, deps_.ids);
    order.events = order_placed_events(order.order, deps_.ids);
    order.answer = order_document(order.order);
    if (idempotency) {
        order.idempotency = IdempotencyKey{
            .restaurant = order.order.restaurant,
            .key = idempotency->key,
            .request_hash = idempotency->request_hash};
    }
    auto placed = deps_.orders.place(order);
    if (!placed) {
        return std::move(placed).error();
    }
    deps_.signal.notify();
    return PlacedAnswer{.body = std::move(placed->answer), .is_replay = false};
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
        if (const auto allowed = authorize(caller, Action::kChangeOrderStatus, scope_of(*order));
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
             .events = order_moved_events(moved, order->status, deps_.ids)}
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

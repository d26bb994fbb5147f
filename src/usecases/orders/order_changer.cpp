#include "usecases/orders/order_changer.hpp"

#include "core/orders/order_changes.hpp"
#include "usecases/event_logging.hpp"
#include "usecases/json/order_json.hpp"

#include <algorithm>

namespace orderpush::usecases {
namespace {

/// How often a change is decided anew when another one came between reading and writing.
constexpr int kAttemptsMax = 5;

std::optional<StoredResponse> answer_of(
    const Order& order, const std::optional<IdempotencyKey>& key
) {
    if (!key) {
        return std::nullopt;
    }
    return StoredResponse{.key = *key, .body = order_document(order), .at = order.updated_at};
}

}  // namespace

Result<void> check_version(const WantedVersions& wanted, std::int64_t current) {
    if (!wanted || std::ranges::find(*wanted, current) != wanted->end()) {
        return {};
    }
    return Error{
        .kind = ErrorKind::kPreconditionFailed,
        .code = "version_mismatch",
        .message = "This is no longer the version that If-Match names. Read it again.",
        .extensions = {{"currentVersion", current}}};
}

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

Result<Order> OrderChanger::change(
    const Load& load, const Decide& decide, const std::optional<IdempotencyKey>& key
) {
    for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
        auto before = load();
        if (!before) {
            return before;
        }
        const Timestamp now = deps_.clock.now();
        auto decided = ORDERPUSH_TRY(decide(*before, now));
        if (decided.after == *before && !key) {
            return before;
        }
        Order after = stamped(*before, std::move(decided.after), now);
        auto events = order_changed_events(*before, after, decided.note, deps_.ids);
        auto answer = answer_of(after, key);
        const std::vector<EventNote> notes = notes_of(events);
        const auto written = deps_.orders.change(
            {.before = std::move(*before),
             .after = after,
             .events = std::move(events),
             .answer = std::move(answer)}
        );
        if (written) {
            deps_.signal.notify();
            log_recorded(to_string(after.id), notes);
            return after;
        }
        if (written.error().kind != ErrorKind::kPreconditionFailed) {
            return written.error();
        }
    }
    return Error{
        .kind = ErrorKind::kConflict,
        .code = "busy",
        .message = "The order is being changed by others at the same time. Try again.",
        .retry_after = std::chrono::seconds{1}};
}

}  // namespace orderpush::usecases

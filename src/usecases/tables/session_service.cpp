#include "usecases/tables/session_service.hpp"

#include "base/clock.hpp"
#include "base/crypto/crypto.hpp"
#include "base/observability/log.hpp"
#include "core/access/client_address.hpp"
#include "core/enum_names.hpp"
#include "core/error_codes.hpp"
#include "core/orders/order_changes.hpp"
#include "usecases/access/authenticator.hpp"
#include "usecases/events/event_factory.hpp"
#include "usecases/json/restaurant_json.hpp"
#include "usecases/retry_on_conflict.hpp"
#include "usecases/validation.hpp"

#include <algorithm>
#include <array>

namespace orderpush::usecases {
namespace {

constexpr std::size_t kDeviceIdLengthMax = 64;
constexpr TextLength kGuestNameLength{.least = 1, .most = 100};
constexpr std::size_t kTokenBytes = 32;
/// Of a session's document; `next` says where to read on.
constexpr int kOrdersShownMax = 200;
constexpr int kPaymentsShownMax = 200;
/// Cancelling what is open takes a transaction per order, and a client waits for all of them.
constexpr std::chrono::seconds kCancellingMax{20};
constexpr const char* kCancelledAtClosing = "The table was closed";

constexpr std::array<std::string_view, 3> kOpenOrdersNames{"keep", "cancel", "refuse"};

bool is_device_id(const std::string& text) {
    const auto allowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '-' || c == '_';
    };
    return !text.empty() && text.size() <= kDeviceIdLengthMax && std::ranges::all_of(text, allowed);
}

Result<void> validate(const OpenSession& request) {
    std::vector<FieldError> errors;
    if (request.device_id && !is_device_id(*request.device_id)) {
        errors.push_back({"deviceId", "must be 1 to 64 of A-Z, a-z, 0-9, '_' and '-'"});
    }
    if (request.guest_name) {
        check_length(errors, "name", *request.guest_name, kGuestNameLength);
    }
    return refuse_if_any(std::move(errors));
}

Error orders_open(std::int64_t count) {
    return {
        .kind = ErrorKind::kConflict,
        .code = "orders_open",
        .message = std::to_string(count) +
                   " orders of the session are not served yet. Close with openOrders \"cancel\" or "
                   "\"keep\".",
        .extensions = {{"openOrders", count}}};
}

Error started_orders(std::int64_t count) {
    return {
        .kind = ErrorKind::kForbidden,
        .code = "forbidden",
        .message = "The kitchen has begun " + std::to_string(count) +
                   " of the orders: ask it to cancel them, or a MANAGER."};
}

Scope scope_of(const TableSession& session) {
    const Branch& branch = session.table.branch;
    return {.restaurant = branch.restaurant, .branch = branch.id, .session = session.id};
}

/// What is stored for a repeated closing. The session is shown anew then: it can be a long
/// document, and closing it again changes nothing.
std::string closing_marker(const SessionId& id) {
    return R"({"id":")" + to_string(id) + R"("})";
}

std::string new_session_token() {
    return std::string{kSessionTokenPrefix} + random_token(kTokenBytes);
}

}  // namespace

std::optional<OpenOrders> parse_open_orders(std::string_view word) {
    return value_of<OpenOrders>(kOpenOrdersNames, word);
}

Result<OpenedSession> SessionService::open(const OpenSession& request) {
    const auto table = ORDERPUSH_TRY(table_for(request));
    return open_once(table, request, std::nullopt);
}

Result<CreatedResponse> SessionService::open(
    const OpenSession& request, const std::optional<Idempotency>& idempotency
) {
    const auto table = ORDERPUSH_TRY(table_for(request));
    return deps_.guard.run(
        table.branch.restaurant,
        "table " + to_string(table.id),
        idempotency,
        [&](const std::optional<IdempotencyKey>& key) -> Result<CreatedResponse> {
            const auto opened = ORDERPUSH_TRY(open_once(table, request, key));
            return CreatedResponse{
                .id = to_string(opened.session.id),
                .body = opened_session_json(opened.session, opened.token, opened.device_id),
                .status = opened.was_opened ? 201 : 200};
        }
    );
}

Result<Table> SessionService::table_for(const OpenSession& request) {
    ORDERPUSH_TRY(validate(request));
    auto table = ORDERPUSH_TRY(deps_.sessions.find_table_by_qr(request.qr_token));
    ORDERPUSH_TRY(count_join(table.id, request.client_address));
    return table;
}

Result<void> SessionService::count_join(const TableId& table, const std::string& client_address) {
    const Deadline now = now_();
    const std::string key = to_string(table);
    RateDecision taken = joins_.take(key + ' ' + subscriber_of(client_address), 1, now);
    if (taken.is_allowed) {
        taken = joins_by_table_.take(key, 1, now);
    }
    if (taken.is_allowed) {
        return {};
    }
    Error error = make_error("rate_limited", "Too many guests sit down at this table. Wait.");
    error.retry_after = taken.retry_after;
    return error;
}

Result<OpenedSession> SessionService::open_once(
    const Table& table, const OpenSession& request, const std::optional<IdempotencyKey>& key
) {
    std::string token = new_session_token();
    NewSession draft = draft_session(table, request, token);
    // With a key its response is written in the same transaction, so it must be known before: the
    // session that is open now, or the new one. If it becomes another one, all is decided anew.
    if (!key) {
        return write_session(draft, std::move(token));
    }
    return retry_on_conflict("session_changed", [&]() -> Result<OpenedSession> {
        const auto expected = ORDERPUSH_TRY(expected_session(table, draft));
        auto kept = deps_.guard.encrypted_response(
            key, opened_session_json(expected, token, draft.device_id), draft.at
        );
        kept->status = expected.id == draft.id ? 201 : 200;
        draft.answer = {.session = expected.id, .kept = std::move(*kept)};
        return write_session(draft, token);
    });
}

NewSession SessionService::draft_session(
    const Table& table, const OpenSession& request, const std::string& token
) {
    const auto id = deps_.ids.make<SessionId>();
    const Timestamp now = deps_.clock.now();
    return {
        .id = id,
        .table = table.id,
        .device_id = request.device_id ? *request.device_id : to_string(deps_.ids.next()),
        .guest_name = request.guest_name,
        .token_hash = sha256_hex(token),
        .at = now,
        .opened_events = session_opened_events(id, table, now, deps_.ids)};
}

Result<TableSession> SessionService::expected_session(const Table& table, const NewSession& draft) {
    const auto known = ORDERPUSH_TRY(deps_.sessions.find_table(table.id));
    if (known.second) {
        return deps_.sessions.find(*known.second);
    }
    return TableSession{
        .id = draft.id, .table = table, .is_open = true, .opened_at = draft.at, .closed_at = {}};
}

Result<OpenedSession> SessionService::write_session(const NewSession& draft, std::string token) {
    auto joined = ORDERPUSH_TRY(deps_.sessions.open_or_join(draft));
    if (joined.was_opened) {
        deps_.signal.notify();
    }
    return OpenedSession{
        .session = std::move(joined.session),
        .token = std::move(token),
        .device_id = draft.device_id,
        .was_opened = joined.was_opened};
}

Result<std::optional<OpenedSession>> SessionService::rejoin(
    const OpenSession& request, const SessionId& session
) {
    const auto table = ORDERPUSH_TRY(table_for(request));
    const auto known = ORDERPUSH_TRY(deps_.sessions.find_table(table.id));
    if (known.second != session) {
        return std::optional<OpenedSession>{};
    }
    auto opened = ORDERPUSH_TRY(open_once(table, request, std::nullopt));
    return std::optional{std::move(opened)};
}

Result<Table> SessionService::table_of(const std::string& qr_token) {
    return deps_.sessions.find_table_by_qr(qr_token);
}

Result<TableSession> SessionService::find_allowed(
    const Caller& caller, const SessionId& id, Action action
) {
    auto session = ORDERPUSH_TRY(deps_.sessions.find(id));
    ORDERPUSH_TRY(authorize(caller, action, scope_of(session)));
    return session;
}

Result<SessionView> SessionService::find(const Caller& caller, const SessionId& id) {
    auto session = ORDERPUSH_TRY(find_allowed(caller, id, Action::kReadSession));
    return view_of(std::move(session));
}

Result<ClosedView> SessionService::close(
    const Caller& caller,
    const SessionId& id,
    OpenOrders open_orders,
    const std::optional<Idempotency>& idempotency
) {
    auto session = ORDERPUSH_TRY(find_allowed(caller, id, Action::kCloseSession));
    std::optional<SessionView> closed;
    const auto done = ORDERPUSH_TRY(deps_.guard.run(
        restaurant_of(caller),
        name_of(caller),
        idempotency,
        [&](const std::optional<IdempotencyKey>& key) -> Result<CreatedResponse> {
            closed = ORDERPUSH_TRY(close_once(caller, session, open_orders, key));
            return CreatedResponse{.id = to_string(id), .body = closing_marker(id), .status = 200};
        }
    ));
    if (!closed) {
        closed = ORDERPUSH_TRY(view_of(std::move(session)));
    }
    return ClosedView{.view = std::move(*closed), .is_replay = done.is_replay};
}

Result<SessionView> SessionService::close_once(
    const Caller& caller,
    const TableSession& session,
    OpenOrders open_orders,
    const std::optional<IdempotencyKey>& key
) {
    ORDERPUSH_TRY(check_open_orders(caller, session, open_orders));
    // Read before it is closed, so that there is an answer whatever can be read afterwards.
    auto view = ORDERPUSH_TRY(view_of(session));
    const Timestamp now = deps_.clock.now();
    auto closed = ORDERPUSH_TRY(deps_.sessions.close(
        {.session = session.id,
         .at = now,
         .events = session_closed_events(session, SessionEnd::kStaff, now, deps_.ids),
         .answer = deps_.guard.stored_response(key, closing_marker(session.id), now)}
    ));
    if (closed.was_closed_now) {
        deps_.signal.notify();
    }
    // From here on guests order nothing more.
    if (open_orders == OpenOrders::kCancel) {
        cancel_open_orders(caller, session);
    }
    view.session = closed.session;
    auto fresh = view_of(std::move(closed.session));
    return fresh ? std::move(*fresh) : std::move(view);
}

Result<void> SessionService::check_open_orders(
    const Caller& caller, const TableSession& session, OpenOrders open_orders
) {
    if (open_orders == OpenOrders::kKeep) {
        return {};
    }
    const auto orders = ORDERPUSH_TRY(deps_.orders.outline(session.id));
    const auto open = std::ranges::count_if(orders, &OrderOutline::is_unserved);
    if (open_orders == OpenOrders::kRefuse) {
        return open == 0 ? Result<void>{} : Result<void>{orders_open(open)};
    }
    const auto started = std::ranges::count_if(orders, &OrderOutline::is_started);
    const bool may_cancel = authorize(caller, Action::kCancelOrder, scope_of(session)).has_value();
    return started == 0 || may_cancel ? Result<void>{} : Result<void>{started_orders(started)};
}

void SessionService::cancel_open_orders(const Caller& caller, const TableSession& session) {
    const Deadline deadline = std::chrono::steady_clock::now() + kCancellingMax;
    const auto orders = deps_.orders.outline(session.id);
    if (!orders) {
        log::warn("orders_left_open", {{"code", orders.error().code}});
        return;
    }
    const auto cancel = [&](const OrderId& id) {
        const ChangeRequest request{
            .caller = caller,
            .target = id,
            .move = Action::kCloseSession,
            .note = {.reason = kCancelledAtClosing}};
        return changer_.change(request, cancel_unserved).has_value();
    };
    std::int64_t left = 0;
    for (const OrderOutline& order : *orders) {
        if (!order.is_unserved) {
            continue;
        }
        const bool is_late = std::chrono::steady_clock::now() > deadline;
        left += !is_late && cancel(order.id) ? 0 : 1;
    }
    if (left > 0) {
        log::warn("orders_left_open", {{"sessionId", to_string(session.id)}, {"orders", left}});
    }
}

Result<SessionView> SessionService::view_of(TableSession session) {
    auto orders = ORDERPUSH_TRY(deps_.orders.list(
        {.branch = session.table.branch.id, .session = session.id, .limit = kOrdersShownMax + 1}
    ));
    auto payments = ORDERPUSH_TRY(deps_.payments.list(session.id, kPaymentsShownMax + 1));
    SessionView view{
        .session = std::move(session),
        .orders = std::move(orders),
        .payments = std::move(payments)};
    for (const Payment& payment : view.payments) {
        view.bill.paid_minor += payment.amount_minor;
    }
    if (view.payments.size() > kPaymentsShownMax) {
        view.payments.resize(kPaymentsShownMax);
        view.bill.paid_minor = ORDERPUSH_TRY(deps_.payments.total(view.session.id));
    }
    if (view.orders.size() > kOrdersShownMax) {
        ORDERPUSH_TRY(sum_up_all(view));
        return view;
    }
    // The usual ones are summed up as they are shown, so that both are of one instant.
    for (const Order& order : view.orders) {
        view.open_orders += is_unserved(order) ? 1 : 0;
        view.bill.add(order);
    }
    return view;
}

Result<void> SessionService::sum_up_all(SessionView& view) {
    view.orders.resize(kOrdersShownMax);
    view.next = view.orders.back().id;
    const auto orders = ORDERPUSH_TRY(deps_.orders.outline(view.session.id));
    for (const OrderOutline& order : orders) {
        view.open_orders += order.is_unserved ? 1 : 0;
        view.bill.add(order);
    }
    return {};
}

}  // namespace orderpush::usecases

#include "usecases/tables/session_service.hpp"

#include "base/clock.hpp"
#include "base/crypto/crypto.hpp"
#include "usecases/access/authenticator.hpp"
#include "usecases/events/event_factory.hpp"
#include "usecases/json/restaurant_json.hpp"
#include "usecases/retry_on_conflict.hpp"
#include "usecases/validation.hpp"

#include <algorithm>

namespace orderpush::usecases {
namespace {

constexpr std::size_t kDeviceIdLengthMax = 64;
constexpr TextLength kGuestNameLength{.least = 1, .most = 100};
constexpr std::size_t kTokenBytes = 32;
/// Far more orders than a table has in one evening; a bill beyond it is refused rather than cut.
constexpr int kOrdersPerSessionMax = 2'000;
constexpr int kPaymentsPerSessionMax = 1'000;

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

Error session_too_large() {
    return {
        .kind = ErrorKind::kTooLarge,
        .code = "session_too_large",
        .message =
            "The session has more orders or payments than one document holds; page through "
            "/v1/orders."};
}

std::string new_session_token() {
    return std::string{kSessionTokenPrefix} + random_token(kTokenBytes);
}

}  // namespace

Result<std::vector<Order>> orders_of_session(OrderStore& orders, const TableSession& session) {
    auto found = orders.list(
        {.branch = session.table.branch.id,
         .session = session.id,
         .limit = kOrdersPerSessionMax + 1}
    );
    if (found && found->size() > kOrdersPerSessionMax) {
        return session_too_large();
    }
    return found;
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
    return deps_.sessions.find_table_by_qr(request.qr_token);
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

Result<Table> SessionService::table_of(const std::string& qr_token) {
    return deps_.sessions.find_table_by_qr(qr_token);
}

Result<TableSession> SessionService::find_allowed(
    const Caller& caller, const SessionId& id, Action action
) {
    auto session = ORDERPUSH_TRY(deps_.sessions.find(id));
    const Branch& branch = session.table.branch;
    const Scope scope{.restaurant = branch.restaurant, .branch = branch.id, .session = session.id};
    ORDERPUSH_TRY(authorize(caller, action, scope));
    return session;
}

Result<SessionView> SessionService::find(const Caller& caller, const SessionId& id) {
    auto session = ORDERPUSH_TRY(find_allowed(caller, id, Action::kReadSession));
    return view_of(std::move(session));
}

Result<SessionView> SessionService::close(const Caller& caller, const SessionId& id) {
    const auto session = ORDERPUSH_TRY(find_allowed(caller, id, Action::kCloseSession));
    const Timestamp now = deps_.clock.now();
    auto closed = ORDERPUSH_TRY(deps_.sessions.close(
        {.session = id, .at = now, .events = session_closed_events(session, now, deps_.ids)}
    ));
    if (closed.was_closed_now) {
        deps_.signal.notify();
    }
    return view_of(std::move(closed.session));
}

Result<SessionView> SessionService::view_of(TableSession session) {
    auto orders = ORDERPUSH_TRY(orders_of_session(deps_.orders, session));
    auto payments = ORDERPUSH_TRY(deps_.payments.list(session.id, kPaymentsPerSessionMax + 1));
    if (payments.size() > kPaymentsPerSessionMax) {
        return session_too_large();
    }
    SessionView view{
        .session = std::move(session),
        .orders = std::move(orders),
        .payments = std::move(payments)};
    for (const Order& order : view.orders) {
        if (order.status != OrderStatus::kCancelled) {
            view.total_minor += order.total_minor;
            view.final_minor += order.final_minor;
        }
    }
    for (const Payment& payment : view.payments) {
        view.paid_minor += payment.amount_minor;
    }
    return view;
}

}  // namespace orderpush::usecases

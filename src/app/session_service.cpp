#include "app/session_service.hpp"

#include "app/authenticator.hpp"
#include "app/event_catalogue.hpp"
#include "base/characters.hpp"
#include "base/crypto.hpp"
#include "core/policy.hpp"

#include <algorithm>

namespace orderpush::app {
namespace {

constexpr std::size_t kDeviceIdLengthMax = 64;
constexpr std::size_t kGuestNameCharactersMax = 100;
constexpr std::size_t kTokenBytes = 32;
/// More orders than a table session ever has; a bill beyond it is refused rather than cut.
constexpr int kOrdersPerSessionMax = 200;

bool is_device_id(const std::string& text) {
    const auto allowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '-' || c == '_';
    };
    return !text.empty() && text.size() <= kDeviceIdLengthMax && std::ranges::all_of(text, allowed);
}

std::vector<FieldFault> faults_of(const OpenSession& request) {
    std::vector<FieldFault> faults;
    if (request.device_id && !is_device_id(*request.device_id)) {
        faults.push_back({"deviceId", "must be 1 to 64 of A-Z, a-z, 0-9, '_' and '-'"});
    }
    const std::size_t name_length = request.guest_name ? character_count(*request.guest_name) : 1;
    if (name_length < 1 || name_length > kGuestNameCharactersMax) {
        faults.push_back({"name", "must have 1 to 100 characters"});
    }
    return faults;
}

}  // namespace

Result<OpenedSession> SessionService::open(const OpenSession& request) {
    if (auto faults = faults_of(request); !faults.empty()) {
        return invalid_fields(std::move(faults));
    }
    const auto table = deps_.sessions.find_table_by_qr(request.qr_token);
    if (!table) {
        return table.error();
    }
    const auto session_id = deps_.ids.make<SessionId>();
    const Timestamp now = deps_.clock.now();
    std::string token = std::string{kSessionTokenPrefix} + random_token(kTokenBytes);
    std::string device_id = request.device_id ? *request.device_id : to_string(deps_.ids.next());
    auto joined = deps_.sessions.open_or_join(
        {.id = session_id,
         .table = table->id,
         .device_id = device_id,
         .guest_name = request.guest_name,
         .token_hash = sha256_hex(token),
         .at = now,
         .opened_events = session_opened_events(session_id, *table, now, deps_.ids)}
    );
    if (!joined) {
        return std::move(joined).error();
    }
    if (joined->was_opened) {
        deps_.signal.notify();
    }
    return OpenedSession{
        .session = std::move(joined->session),
        .token = std::move(token),
        .device_id = std::move(device_id),
        .was_opened = joined->was_opened};
}

Result<Table> SessionService::table_of(const std::string& qr_token) {
    return deps_.sessions.find_table_by_qr(qr_token);
}

Result<SessionView> SessionService::find(const Caller& caller, const SessionId& id) {
    auto session = deps_.sessions.find(id);
    if (!session) {
        return std::move(session).error();
    }
    const Branch& branch = session->table.branch;
    const Scope scope{.restaurant = branch.restaurant, .branch = branch.id, .session = session->id};
    if (const auto allowed = authorize(caller, Action::kReadSession, scope); !allowed) {
        return allowed.error();
    }
    auto orders =
        deps_.orders.list({.branch = branch.id, .session = id, .limit = kOrdersPerSessionMax + 1});
    if (!orders) {
        return std::move(orders).error();
    }
    if (orders->size() > kOrdersPerSessionMax) {
        return Error{
            .code = ErrorCode::kTooLarge,
            .reason = "session_too_large",
            .message =
                "The session has more orders than one document holds; page through /v1/orders."};
    }
    SessionView view{.session = std::move(*session), .orders = std::move(*orders)};
    for (const Order& order : view.orders) {
        if (order.status != OrderStatus::kCancelled) {
            view.total_minor += order.total_minor;
            view.final_minor += order.final_minor;
        }
    }
    return view;
}

}  // namespace orderpush::app

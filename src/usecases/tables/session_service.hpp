#pragma once

#include "base/crypto/uuid.hpp"
#include "base/rate_limiter.hpp"
#include "base/result.hpp"
#include "core/access/caller.hpp"
#include "core/access/policy.hpp"
#include "core/delivery/outbox.hpp"
#include "core/orders/order_store.hpp"
#include "core/payments/bill.hpp"
#include "core/payments/payment_store.hpp"
#include "core/tables/session_store.hpp"
#include "usecases/idempotency.hpp"
#include "usecases/orders/order_changer.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace orderpush {
class Clock;
}

namespace orderpush::usecases {

struct OpenSession {
    std::string qr_token;
    /// 1 to 64 of A-Za-z0-9_-; a new one is made if empty.
    std::optional<std::string> device_id = {};
    /// 1 to 100 characters.
    std::optional<std::string> guest_name = {};
    /// The client's IP; empty: unknown.
    std::string client_address = {};
};

struct OpenedSession {
    TableSession session;
    /// Shown once; only its hash is stored.
    std::string token;
    std::string device_id;
    /// False: joined the table's open session.
    bool was_opened = false;
};

struct SessionView {
    TableSession session;
    /// Oldest first; no more than a document holds.
    std::vector<Order> orders;
    /// The last of them, if there are more: where a list of the session's orders goes on.
    std::optional<OrderId> next = {};
    /// Oldest first; no more than a document holds.
    std::vector<Payment> payments = {};
    /// Of all orders and payments, however many they are; as the next.
    Bill bill = {};
    /// Orders with a line that is neither served nor cancelled.
    std::int64_t open_orders = 0;
};

/// What becomes of what is not served when a session is closed.
enum class OpenOrders {
    kKeep,    ///< it is made and served all the same
    kCancel,  ///< it is cancelled
    kRefuse,  ///< the session stays open
};

/// "keep", "cancel", "refuse".
std::optional<OpenOrders> parse_open_orders(std::string_view word);

struct ClosedView {
    SessionView view;
    /// The request was repeated.
    bool is_replay = false;
};

/// Guests who sit down at one table, per minute; 0: no limit.
struct JoinLimits {
    /// From one client address; from all of them kAddresses times as many, so that others can still
    /// sit down while somebody tries on.
    std::uint32_t per_table = 120;
    static constexpr std::uint32_t kAddresses = 10;
    std::function<Deadline()> now = std::chrono::steady_clock::now;
};

struct SessionServiceDependencies {
    SessionStore& sessions;
    OrderStore& orders;
    PaymentStore& payments;
    IdempotencyGuard& guard;
    OutboxSignal& signal;
    IdSource& ids;
    const Clock& clock;
};

/// Seats guests and sees them off. Any thread; blocks on the stores.
class SessionService {
  public:
    explicit SessionService(const SessionServiceDependencies& dependencies, JoinLimits limits = {})
        : deps_(dependencies),
          changer_(
              {.orders = deps_.orders,
               .signal = deps_.signal,
               .ids = deps_.ids,
               .clock = deps_.clock}
          ),
          now_(std::move(limits.now)),
          joins_(limits.per_table),
          joins_by_table_(limits.per_table * JoinLimits::kAddresses) {}

    /// kNotFound "qr_token_unknown"; kInvalid names the field; kRateLimited "rate_limited" for too
    /// many at one table.
    Result<OpenedSession> open(const OpenSession& request);
    /// The same, but only as long as that session is the table's; nothing otherwise.
    Result<std::optional<OpenedSession>> rejoin(
        const OpenSession& request, const SessionId& session
    );
    /// The table with this QR token. kNotFound "qr_token_unknown".
    Result<Table> table_of(const std::string& qr_token);
    /// The same, answering with the document that has the guest's token: 201 for a session that
    /// it opened, 200 for one that it joined. With a key the response is stored sealed.
    Result<CreatedResponse> open(
        const OpenSession& request, const std::optional<Idempotency>& idempotency
    );
    Result<SessionView> find(const Caller& caller, const SessionId& id);
    /// Ends the session and its guests' tokens. A closed one stays as it is, and has no event; what
    /// is open of it can still be cancelled. kConflict "orders_open" with the fact `openOrders`,
    /// for OpenOrders::kRefuse; kForbidden for cancelling what was started by who may not cancel
    /// orders. What cannot be cancelled at this moment is left, and `open_orders` says so: an
    /// answer that is an error means that nothing was closed, or that nobody knows.
    Result<ClosedView> close(
        const Caller& caller,
        const SessionId& id,
        OpenOrders open_orders,
        const std::optional<Idempotency>& idempotency = {}
    );

  private:
    Result<Table> table_for(const OpenSession& request);
    /// With a new token, and without an answer to keep.
    NewSession draft_session(
        const Table& table, const OpenSession& request, const std::string& token
    );
    Result<OpenedSession> write_session(const NewSession& draft, std::string token);
    Result<OpenedSession> open_once(
        const Table& table, const OpenSession& request, const std::optional<IdempotencyKey>& key
    );
    /// The session that a draft leads to, as far as can be seen before it.
    Result<TableSession> expected_session(const Table& table, const NewSession& draft);
    Result<TableSession> find_allowed(const Caller& caller, const SessionId& id, Action action);
    Result<void> count_join(const TableId& table, const std::string& client_address);
    Result<SessionView> close_once(
        const Caller& caller,
        const TableSession& session,
        OpenOrders open_orders,
        const std::optional<IdempotencyKey>& key
    );
    Result<void> check_open_orders(
        const Caller& caller, const TableSession& session, OpenOrders open_orders
    );
    void cancel_open_orders(const Caller& caller, const TableSession& session);
    Result<SessionView> view_of(TableSession session);
    /// Of a session with more orders than a document holds.
    Result<void> sum_up_all(SessionView& view);

    SessionServiceDependencies deps_;
    OrderChanger changer_;
    const std::function<Deadline()> now_;
    RateLimiter joins_;
    RateLimiter joins_by_table_;
};

}  // namespace orderpush::usecases

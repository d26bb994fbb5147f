#pragma once

#include "base/crypto/uuid.hpp"
#include "base/result.hpp"
#include "core/access/caller.hpp"
#include "core/access/policy.hpp"
#include "core/delivery/outbox.hpp"
#include "core/orders/order_store.hpp"
#include "core/payments/payment_store.hpp"
#include "core/tables/session_store.hpp"
#include "usecases/idempotency.hpp"

#include <optional>
#include <string>
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
    std::vector<Order> orders;
    /// Sums over the orders that are not cancelled, in minor units.
    std::int64_t total_minor = 0;
    std::int64_t final_minor = 0;
    std::vector<Payment> payments = {};
    std::int64_t paid_minor = 0;

    /// Negative where an order was cancelled after it was paid.
    std::int64_t outstanding_minor() const noexcept { return final_minor - paid_minor; }
};

/// All orders of a session, oldest first. kTooLarge for one with more than a document holds.
Result<std::vector<Order>> orders_of_session(OrderStore& orders, const TableSession& session);

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
    explicit SessionService(const SessionServiceDependencies& dependencies) : deps_(dependencies) {}

    /// kNotFound "qr_token_unknown"; kInvalid names the field.
    Result<OpenedSession> open(const OpenSession& request);
    /// The table with this QR token. kNotFound "qr_token_unknown".
    Result<Table> table_of(const std::string& qr_token);
    /// The same, answering with the document that has the guest's token: 201 for a session that
    /// it opened, 200 for one that it joined. With a key the response is stored sealed.
    Result<CreatedResponse> open(
        const OpenSession& request, const std::optional<Idempotency>& idempotency
    );
    Result<SessionView> find(const Caller& caller, const SessionId& id);
    /// Ends the session and its guests' tokens. A closed one stays as it is, and has no event.
    Result<SessionView> close(const Caller& caller, const SessionId& id);

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
    Result<SessionView> view_of(TableSession session);

    SessionServiceDependencies deps_;
};

}  // namespace orderpush::usecases

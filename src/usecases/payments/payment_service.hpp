#pragma once

#include "base/crypto/uuid.hpp"
#include "base/result.hpp"
#include "core/access/caller.hpp"
#include "core/delivery/outbox.hpp"
#include "core/orders/order_store.hpp"
#include "core/payments/payment_store.hpp"
#include "core/tables/session_store.hpp"
#include "usecases/idempotency.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace orderpush {
class Clock;
}

namespace orderpush::usecases {

struct TakePayment {
    SessionId session;
    /// In minor units, from 1.
    std::int64_t amount_minor = 0;
    PaymentMethod method = PaymentMethod::kCash;
    /// Of the session; those that are not cancelled if empty.
    std::optional<std::vector<OrderId>> orders = {};
};

struct PaymentServiceDependencies {
    PaymentStore& payments;
    SessionStore& sessions;
    OrderStore& orders;
    IdempotencyGuard& guard;
    OutboxSignal& signal;
    IdSource& ids;
    const Clock& clock;
};

/// Takes payments. Any thread; blocks on the stores.
class PaymentService {
  public:
    explicit PaymentService(const PaymentServiceDependencies& dependencies) : deps_(dependencies) {}

    /// Answers with the payment's document. What settles the bill closes the session. kInvalid
    /// names each wrong field; kConflict: "session_closed", "overpayment" with the fact
    /// `outstandingAmount`.
    Result<CreatedResponse> take(
        const Caller& caller,
        const TakePayment& request,
        const std::optional<Idempotency>& idempotency
    );
    Result<Payment> find(const Caller& caller, const PaymentId& id);

  private:
    Result<CreatedResponse> take_once(
        const TableSession& session,
        const TakePayment& request,
        const std::optional<IdempotencyKey>& key
    );
    Result<std::vector<OrderId>> orders_for(
        const TableSession& session, const TakePayment& request
    );

    PaymentServiceDependencies deps_;
};

}  // namespace orderpush::usecases

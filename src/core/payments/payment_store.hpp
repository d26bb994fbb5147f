#pragma once

#include "base/result.hpp"
#include "core/events/event.hpp"
#include "core/idempotency_store.hpp"
#include "core/payments/payment.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace orderpush {

// A port to stored data. Implementations: storage (PostgreSQL) and tests/support (in memory); one
// contract suite judges both. Every member may be called from several threads at once and blocks on
// the store, with a deadline of the store's own. Beside what a member names, each can answer
// kUnavailable (store away, or no free handle in time) and kTimeout. Every write takes the events
// it causes and commits both, or neither.

struct NewPayment {
    Payment payment;
    std::vector<Event> events;
    /// Recorded as well if the payment closes the session.
    std::vector<Event> closing_events;
    /// Which answer is stored only the transaction knows: this one if the payment closes the
    /// session, else the other. Both have the same key, or neither is there.
    std::optional<StoredResponse> closing_answer = {};
    std::optional<StoredResponse> open_answer = {};
};

class PaymentStore {
  public:
    PaymentStore() = default;
    PaymentStore(const PaymentStore&) = delete;
    PaymentStore& operator=(const PaymentStore&) = delete;
    virtual ~PaymentStore() = default;

    /// In order of id, which is order of time; at most `limit`.
    virtual Result<std::vector<Payment>> list(const SessionId& session, int limit) = 0;
    /// What was paid in all, in minor units.
    virtual Result<std::int64_t> total(const SessionId& session) = 0;
    virtual Result<Payment> find(const PaymentId& id) = 0;
    /// Whether it closed the session, which in a branch with CloseSessions::kSettled the payment
    /// does that settles the bill: the orders of the session that are not cancelled, and the
    /// payments before it, as they stand once nobody else can add to them. Its table is left to be
    /// cleaned then. kNotFound: no such session; kConflict:
    /// "session_closed", "overpayment" with the fact `outstandingAmount`, "idempotency_key_taken".
    virtual Result<bool> record(const NewPayment& payment) = 0;
};

/// A payment of more than is still to be paid; below 0 nothing is, and something is to be given
/// back.
inline Error overpayment(std::int64_t outstanding_minor) {
    return {
        .kind = ErrorKind::kConflict,
        .code = "overpayment",
        .message = "The amount is more than what is still to be paid.",
        .extensions = {{"outstandingAmount", std::max<std::int64_t>(outstanding_minor, 0)}}};
}

}  // namespace orderpush

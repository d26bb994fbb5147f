#pragma once

#include "core/payments/payment_store.hpp"
#include "storage/database/db_pool.hpp"

namespace orderpush::storage {

/// Payments in PostgreSQL. The pool must outlive it.
class PgPaymentStore final : public PaymentStore {
  public:
    explicit PgPaymentStore(DbPool& pool) : pool_(pool) {}

    Result<std::vector<Payment>> list(const SessionId& session, int limit) override;
    Result<Payment> find(const PaymentId& id) override;
    Result<bool> record(const NewPayment& payment) override;

  private:
    DbPool& pool_;
};

}  // namespace orderpush::storage

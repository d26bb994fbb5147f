#pragma once

#include "core/payments/payment_store.hpp"
#include "core/tables/table_store.hpp"
#include "tests/support/memory/memory_database.hpp"

namespace orderpush::test {

// As memory_stores.hpp: tables and payments.

class MemoryTableStore final : public TableStore {
  public:
    explicit MemoryTableStore(MemoryDatabase& database) : database_(database) {}

    Result<std::vector<KnownTable>> list(const BranchId& branch) override;
    Result<std::vector<Area>> list_areas(const BranchId& branch) override;
    Result<KnownTable> find(const TableId& id) override;
    Result<Floor> floor(
        const BranchId& branch, Timestamp closed_since, std::span<const Channel> channels
    ) override;
    Result<void> create(const NewTable& table) override;
    Result<void> change(const TableChange& change) override;
    Result<void> renew_qr_token(const NewQrToken& token) override;

  private:
    MemoryDatabase& database_;
};

class MemoryPaymentStore final : public PaymentStore {
  public:
    explicit MemoryPaymentStore(MemoryDatabase& database) : database_(database) {}

    Result<std::vector<Payment>> list(const SessionId& session, int limit) override;
    Result<std::int64_t> total(const SessionId& session) override;
    Result<Payment> find(const PaymentId& id) override;
    Result<bool> record(const NewPayment& payment) override;

  private:
    MemoryDatabase& database_;
};

}  // namespace orderpush::test

#pragma once

#include "core/orders/order_store.hpp"
#include "storage/database/db_pool.hpp"

namespace orderpush::storage {

/// Orders in PostgreSQL. The pool must outlive it.
class PgOrderStore final : public OrderStore {
  public:
    explicit PgOrderStore(DbPool& pool) : pool_(pool) {}

    Result<PlacementContext> placement_context(
        const SessionId& session, std::span<const MenuItemId> items
    ) override;
    Result<PlacedOrder> place(const NewOrder& order) override;
    Result<Order> find(const OrderId& id) override;
    Result<std::vector<Order>> list(const OrderFilter& filter) override;
    Result<Order> find_by_ticket(const TicketId& id) override;
    Result<void> change(const OrderChange& change) override;

  private:
    DbPool& pool_;
};

}  // namespace orderpush::storage

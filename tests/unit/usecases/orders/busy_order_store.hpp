#pragma once

#include "core/orders/order_store.hpp"

#include <functional>

namespace orderpush::usecases {

/// Another order store in front of which somebody else is faster: `first` runs before each write.
class BusyOrderStore final : public OrderStore {
  public:
    explicit BusyOrderStore(OrderStore& inner) : inner_(inner) {}

    std::function<void()> first = [] {};

    Result<PlacementContext> placement_context(
        const SessionId& session, std::span<const MenuItemId> items, bool counts_unserved
    ) override {
        return inner_.placement_context(session, items, counts_unserved);
    }
    Result<PlacedOrder> place(const NewOrder& order) override { return inner_.place(order); }
    Result<Order> find(const OrderId& id) override { return inner_.find(id); }
    Result<std::vector<OrderOutline>> outline(const SessionId& session) override {
        return inner_.outline(session);
    }
    Result<std::vector<Order>> list(const OrderFilter& filter) override {
        return inner_.list(filter);
    }
    Result<Order> find_by_ticket(const TicketId& id) override { return inner_.find_by_ticket(id); }
    Result<void> change(const OrderChange& change) override {
        first();
        return inner_.change(change);
    }

  private:
    OrderStore& inner_;
};

}  // namespace orderpush::usecases

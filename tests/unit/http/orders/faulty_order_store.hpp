#pragma once

#include "core/orders/order_store.hpp"

#include <optional>
#include <stdexcept>
#include <string>

namespace orderpush::http {

/// Another order store that can be told to fail when an order is looked up.
class FaultyOrderStore final : public OrderStore {
  public:
    explicit FaultyOrderStore(OrderStore& inner) : inner_(inner) {}

    /// What looking up an order answers, if set.
    std::optional<Error> failure = {};
    /// What looking up an order throws, if set.
    std::optional<std::string> exception = {};

    Result<PlacementContext> placement_context(
        const SessionId& session, std::span<const MenuItemId> items, bool counts_unserved
    ) override {
        return inner_.placement_context(session, items, counts_unserved);
    }
    Result<PlacedOrder> place(const NewOrder& order) override { return inner_.place(order); }
    Result<Order> find(const OrderId& id) override {
        if (exception) {
            throw std::runtime_error{*exception};
        }
        return failure ? Result<Order>{*failure} : inner_.find(id);
    }
    Result<std::vector<OrderOutline>> outline(const SessionId& session) override {
        return inner_.outline(session);
    }
    Result<std::vector<Order>> list(const OrderFilter& filter) override {
        return inner_.list(filter);
    }
    Result<Order> find_by_ticket(const TicketId& id) override { return inner_.find_by_ticket(id); }
    Result<void> change(const OrderChange& change) override { return inner_.change(change); }

  private:
    OrderStore& inner_;
};

}  // namespace orderpush::http

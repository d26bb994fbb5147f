#pragma once

#include "base/crypto/uuid.hpp"
#include "core/events/channel.hpp"
#include "core/ids.hpp"
#include "core/orders/order_status.hpp"
#include "core/restaurant/restaurant.hpp"
#include "tests/support/store_world.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace orderpush {

struct Event;
struct NewOrder;
struct NewSession;
struct OrderChange;

}  // namespace orderpush

namespace orderpush::test {

/// A small restaurant in a world: one branch, two tables, a grill and a bar, two menu items.
class SampleRestaurant {
  public:
    /// The ids must be new to the world.
    SampleRestaurant(StoreWorld& world, IdSource& ids);

    Branch branch;
    Table table;
    Table other_table;
    MenuItem burger;
    MenuItem beer;

    /// A session at `table`, opened without events. Throws std::runtime_error if that fails.
    TableSession open_session();
    /// A burger and two beers for `session`, with one event on the kitchen's, waiters' and the
    /// order's channel.
    NewOrder new_order(const TableSession& session);
    /// The same, placed. Throws std::runtime_error if that fails.
    OrderId place_order(const TableSession& session);
    /// What moving the order as it is now makes of it, with one event on its channel. Throws
    /// std::runtime_error if the move is not legal.
    OrderChange moved(const OrderId& order, OrderStatus status);
    NewSession new_session(const TableId& at_table, std::string_view token_hash);
    Event event(std::string_view name, std::vector<Channel> channels);

  private:
    StoreWorld& world_;
    IdSource& ids_;
};

}  // namespace orderpush::test

#include "tests/support/sample_restaurant.hpp"

#include "base/clock.hpp"
#include "core/events/event.hpp"
#include "core/orders/order_changes.hpp"
#include "core/orders/order_store.hpp"
#include "core/tables/session_store.hpp"
#include "tests/support/manual_clock.hpp"

#include <stdexcept>

namespace orderpush::test {

SampleRestaurant::SampleRestaurant(StoreWorld& world, IdSource& ids) : world_(world), ids_(ids) {
    branch = {
        .id = ids.make<BranchId>(),
        .restaurant = ids.make<RestaurantId>(),
        .name = "Harbor",
        .currency = "EUR",
        .tax_rate_bp = 825};
    table = {
        .id = ids.make<TableId>(),
        .branch = branch,
        .area = ids.make<AreaId>(),
        .area_name = "Terrace",
        .number = "T5"};
    other_table = table;
    other_table.id = ids.make<TableId>();
    other_table.number = "T6";
    burger = {
        .id = ids.make<MenuItemId>(),
        .branch = branch.id,
        .station = ids.make<StationId>(),
        .name = "Burger",
        .price_minor = 1290};
    beer = {
        .id = ids.make<MenuItemId>(),
        .branch = branch.id,
        .station = ids.make<StationId>(),
        .name = "Beer",
        .price_minor = 490};
    world.add_branch(branch);
    world.add_table(table, "qr-" + to_string(table.id));
    world.add_table(other_table, "qr-" + to_string(other_table.id));
    world.add_menu_item(burger);
    world.add_menu_item(beer);
}

NewSession SampleRestaurant::new_session(const TableId& at_table, std::string_view token_hash) {
    return {
        .id = ids_.make<SessionId>(),
        .table = at_table,
        .device_id = "device-1",
        .guest_name = "Ana",
        .token_hash = std::string{token_hash},
        .at = world_.clock.now(),
        .opened_events = {}};
}

TableSession SampleRestaurant::open_session() {
    const auto joined =
        world_.sessions().open_or_join(new_session(table.id, to_string(ids_.next())));
    if (!joined) {
        throw std::runtime_error(
            "no session: " + joined.error().code + " " + joined.error().detail
        );
    }
    return joined->session;
}

Event SampleRestaurant::event(std::string_view name, std::vector<Channel> channels) {
    return {
        .id = ids_.make<EventId>(),
        .name = std::string{name},
        .payload = R"({"orderId":"o","note":"Gruß \"2\""})",
        .occurred_at = world_.clock.now(),
        .channels = std::move(channels)};
}

NewOrder SampleRestaurant::new_order(const TableSession& session) {
    const auto line = [this](const MenuItem& item, int quantity) {
        return OrderItem{
            .id = ids_.make<OrderItemId>(),
            .menu_item = item.id,
            .station = item.station,
            .name = item.name,
            .quantity = quantity,
            .unit_price_minor = item.price_minor,
            .note = {}};
    };
    Order order{
        .id = ids_.make<OrderId>(),
        .restaurant = branch.restaurant,
        .branch = branch.id,
        .table = session.table.id,
        .session = session.id,
        .table_number = session.table.number,
        .area_name = session.table.area_name,
        .customer_name = "Ana",
        .note = {},
        .currency = branch.currency,
        .total_minor = 2270,
        .final_minor = with_tax(2270, branch.tax_rate_bp),
        .tax_rate_bp = branch.tax_rate_bp,
        .created_at = world_.clock.now(),
        .updated_at = world_.clock.now(),
        .confirmed_at = {},
        .items = {line(burger, 1), line(beer, 2)}};
    order.items.front().note = "no onions";
    order.tickets = split_by_station(order.items, order.created_at, ids_);
    const std::vector<Channel> channels{
        Channel::kitchen(branch.id), Channel::waiters(branch.id), Channel::order(order.id)};
    return {
        .order = std::move(order),
        .events = {event("order:created", channels)},
        .answer = R"({"status":"pending"})",
        .idempotency = {}};
}

OrderId SampleRestaurant::place_order(const TableSession& session) {
    const auto placement = new_order(session);
    const auto placed = world_.orders().place(placement);
    if (!placed) {
        throw std::runtime_error("no order: " + placed.error().code + " " + placed.error().detail);
    }
    return placement.order.id;
}

OrderChange SampleRestaurant::moved(const OrderId& order, OrderStatus status) {
    const auto before = world_.orders().find(order);
    if (!before) {
        throw std::runtime_error("no order: " + before.error().detail);
    }
    const Timestamp now = world_.clock.now();
    auto after = move_order(*before, status, now);
    if (!after) {
        throw std::runtime_error("no such move: " + after.error().message);
    }
    return {
        .before = *before,
        .after = stamped(*before, std::move(*after), now),
        .events = {event("order:status_changed", {Channel::order(order)})}};
}

}  // namespace orderpush::test

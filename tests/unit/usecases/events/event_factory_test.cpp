#include "usecases/events/event_factory.hpp"

#include "core/orders/order_changes.hpp"
#include "core/orders/order_store.hpp"
#include "tests/support/memory/memory_world.hpp"
#include "tests/support/rfc3339.hpp"
#include "tests/support/sample_restaurant.hpp"
#include "tests/support/sequential_ids.hpp"
#include "usecases/events/event_table.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <set>

namespace orderpush::usecases {
namespace {

using nlohmann::json;

bool is_count(const json& value) {
    return value.is_number_integer() && value >= 0;
}

bool is_time(const json& value) {
    const auto parsed =
        value.is_string() ? test::parse_rfc3339(value.get<std::string>()) : std::nullopt;
    return parsed && to_rfc3339(*parsed) == value.get<std::string>();  // as we write it
}

bool is_currency(const json& value) {
    const auto is_capital = [](char c) { return c >= 'A' && c <= 'Z'; };
    return value.is_string() && value.get<std::string>().size() == 3 &&
           std::ranges::all_of(value.get<std::string>(), is_capital);
}

bool is_menu_change(const json& value) {
    return value == "created" || value == "changed" || value == "available" ||
           value == "unavailable";
}

bool is_session_end(const json& value) {
    return value == "settled" || value == "staff";
}

bool is_uuid(const json& value) {
    return value.is_string() && parse_uuid(value.get<std::string>()).has_value();
}

template <class Parse>
bool is_word(const json& value, Parse parse) {
    if (!value.is_string()) {
        return false;
    }
    const auto parsed = parse(value.get<std::string>());
    return parsed && to_string(*parsed) == value.get<std::string>();  // not an older word
}

bool is_line(const json& line) {
    const std::set<std::string> known{
        "itemId", "menuItemId", "name", "quantity", "unitPrice", "note", "status", "stationId"};
    for (const auto& [name, value] : line.items()) {
        if (!known.contains(name)) {
            return false;
        }
    }
    return is_uuid(line.at("itemId")) && is_uuid(line.at("menuItemId")) &&
           line.at("name").is_string() && is_count(line.at("quantity")) &&
           is_count(line.at("unitPrice")) && is_word(line.at("status"), parse_item_status);
}

bool is_all(const json& list, bool (*is_one)(const json&)) {
    return list.is_array() && std::ranges::all_of(list, is_one);
}

bool is_minutes(const json& value) {
    const double tenths = value.is_number() ? value.get<double>() * 10 : -1;
    return tenths >= 0 && std::abs(tenths - std::round(tenths)) < 1e-6;
}

bool is_of_kind(const json& value, FieldKind kind) {
    switch (kind) {
        case FieldKind::kUuid:
            return is_uuid(value);
        case FieldKind::kUuids:
            return is_all(value, is_uuid);
        case FieldKind::kText:
            return value.is_string();
        case FieldKind::kCount:
        case FieldKind::kAmount:
            return is_count(value);
        case FieldKind::kMinutes:
            return is_minutes(value);
        case FieldKind::kTruth:
            return value.is_boolean();
        case FieldKind::kTime:
            return is_time(value);
        case FieldKind::kCurrency:
            return is_currency(value);
        case FieldKind::kItems:
            return is_all(value, is_line);
        case FieldKind::kOrderStatus:
            return is_word(value, parse_order_status);
        case FieldKind::kItemStatus:
            return is_word(value, parse_item_status);
        case FieldKind::kTicketStatus:
            return is_word(value, parse_ticket_status);
        case FieldKind::kTableStatus:
            return is_word(value, parse_table_state);
        case FieldKind::kPriority:
            return is_word(value, parse_priority);
        case FieldKind::kPaymentMethod:
            return is_word(value, parse_payment_method);
        case FieldKind::kSessionEnd:
            return is_session_end(value);
        case FieldKind::kMenuItemChange:
            return is_menu_change(value);
    }
    return false;
}

void expect_fields(const EventRow& row, const json& payload) {
    for (const auto& [name, value] : payload.items()) {
        const auto field = std::ranges::find(row.fields, name, &EventField::name);
        ASSERT_NE(field, row.fields.end()) << row.name << " has an undeclared field " << name;
        EXPECT_TRUE(is_of_kind(value, field->kind)) << row.name << "." << name << ": " << value;
    }
    for (const EventField& field : row.fields) {
        const bool is_there = payload.contains(std::string{field.name});
        EXPECT_TRUE(is_there || field.presence == FieldPresence::kOptional)
            << row.name << "." << field.name;
    }
}

/// The events of all builders, each held to its row of the table.
struct EventFactoryTest : testing::Test {
    test::MemoryWorld world;
    test::SequentialIds ids;
    test::SampleRestaurant restaurant{world, ids};
    TableSession session = restaurant.open_session();
    Order placed = world.orders().find(restaurant.place_order(session)).value();
    TicketId ticket = placed.tickets.at(0).id;
    Timestamp now = placed.created_at + std::chrono::seconds{90};
    Chef chef{.id = ids.make<StaffId>(), .name = "Kim"};

    std::vector<std::string> hold(const std::vector<Event>& events) {
        std::vector<std::string> names;
        for (const Event& event : events) {
            names.push_back(event.name);
            const auto table = event_table();
            const auto known = std::ranges::find(table, event.name, &EventRow::name);
            if (known == table.end()) {
                ADD_FAILURE() << event.name << " is not in the table";
                continue;
            }
            const EventRow& row = *known;
            std::vector<Audience> audiences;
            std::ranges::transform(
                event.channels, std::back_inserter(audiences), &Channel::audience
            );
            EXPECT_TRUE(std::ranges::equal(audiences, row.audiences)) << event.name;
            json payload = json::parse(event.payload);
            if (event.name == "order:created") {
                payload["orderNumber"] = 1;  // by the store
            }
            expect_fields(row, payload);
        }
        return names;
    }
    /// The names of the events of the change from `before` to what was made of it.
    std::vector<std::string> event_names(
        const Order& before, const Result<Order>& after, const ChangeNote& note = {}
    ) {
        EXPECT_TRUE(after) << (after ? "" : after.error().message);
        return hold(order_changed_events(before, stamped(before, after.value(), now), note, ids));
    }
    Order after_ticket(const Order& order, TicketStatus to) {
        return move_ticket(order, ticket, to, chef, now).value();
    }
};

using Names = std::vector<std::string>;

TEST_F(EventFactoryTest, StepsOfATicketAreToldWithWhatFollows) {
    EXPECT_EQ(hold(order_placed_events(placed, ids)), Names{"order:created"});
    const Order taken = after_ticket(placed, TicketStatus::kAcknowledged);
    EXPECT_EQ(event_names(placed, taken), Names{"kitchen:order_acknowledged"});
    const Order started = after_ticket(taken, TicketStatus::kPreparing);
    EXPECT_EQ(
        event_names(taken, started), (Names{"order:item_status_changed", "kitchen:order_preparing"})
    );
    const Order ready = after_ticket(started, TicketStatus::kReady);
    EXPECT_EQ(
        event_names(started, ready), (Names{"order:item_status_changed", "kitchen:order_ready"})
    );
    const Order bumped = after_ticket(ready, TicketStatus::kCompleted);
    EXPECT_EQ(event_names(ready, bumped), Names{"kitchen:order_completed"});
    EXPECT_EQ(
        event_names(bumped, recall_ticket(bumped, ticket, now)), Names{"kitchen:order_recalled"}
    );
    EXPECT_EQ(
        event_names(ready, recall_ticket(ready, ticket, now)),
        (Names{"order:item_status_changed", "kitchen:order_recalled"})
    );
    const Order all = move_order(placed, OrderStatus::kCompleted, now).value();
    EXPECT_EQ(
        event_names(placed, all),
        (Names{
            "order:item_status_changed",
            "order:item_status_changed",
            "kitchen:order_completed",
            "kitchen:order_completed",
            "order:status_changed"})
    );
}

TEST_F(EventFactoryTest, WhereHowAndWhenATicketIsMadeIsTold) {
    const Order held = hold_ticket(placed, ticket).value();
    EXPECT_EQ(event_names(placed, held), Names{"kitchen:order_held"});
    EXPECT_EQ(event_names(held, fire_ticket(held, ticket)), Names{"kitchen:order_fired"});
    EXPECT_EQ(event_names(placed, rush_ticket(placed, ticket)), Names{"kitchen:priority_changed"});
    const Station bar{.id = *restaurant.beer.station, .branch = {}, .name = "Bar"};
    EXPECT_EQ(
        event_names(placed, move_to_station(placed, ticket, bar)), Names{"kitchen:station_assigned"}
    );
    EXPECT_EQ(
        event_names(held, move_order(held, OrderStatus::kReady, now)),
        (Names{
            "order:item_status_changed",
            "order:item_status_changed",
            "kitchen:order_fired",
            "kitchen:order_ready",
            "kitchen:order_ready",
            "order:status_changed"})
    );
}

TEST_F(EventFactoryTest, CancellationsAreToldOnceForTheWhole) {
    EXPECT_EQ(
        event_names(placed, move_order(placed, OrderStatus::kCancelled, now), {.reason = "late"}),
        (Names{"order:cancelled", "order:status_changed"})
    );
    const CancelRequest request{.reason = "late", .staff = chef.id, .requested_at = now};
    const Order asked = request_cancel(placed, request).value();
    EXPECT_EQ(event_names(placed, asked), Names{"order:cancel_request"});
    const ChangeNote answer{.reason = "late", .is_answer = true, .answered_at = ticket};
    EXPECT_EQ(
        event_names(asked, accept_cancel(asked, now), answer),
        (Names{"kitchen:cancel_accepted", "order:cancelled", "order:status_changed"})
    );
    EXPECT_EQ(event_names(asked, reject_cancel(asked), answer), Names{"kitchen:cancel_rejected"});
    EXPECT_EQ(
        event_names(asked, move_order(asked, OrderStatus::kCancelled, now), {.reason = "late"}),
        (Names{"order:cancelled", "order:status_changed"})
    );
    EXPECT_EQ(
        event_names(placed, after_ticket(placed, TicketStatus::kCancelled)),
        Names{"order:item_status_changed"}
    );
}

TEST_F(EventFactoryTest, ConfirmingAndAddingAreTold) {
    EXPECT_EQ(
        event_names(placed, move_order(placed, OrderStatus::kConfirmed, now)),
        (Names{"order:confirmed", "order:status_changed"})
    );
    OrderItem line = placed.items[0];
    line.id = ids.make<OrderItemId>();
    EXPECT_EQ(event_names(placed, add_items(placed, {line}, {})), Names{"order:items_added"});
}

TEST_F(EventFactoryTest, ChangesCarryTheWholeOrder) {
    const Order ready = stamped(placed, move_order(placed, OrderStatus::kReady, now).value(), now);
    const auto changed = json::parse(order_changed_events(placed, ready, {}, ids).back().payload);
    EXPECT_EQ(changed["items"].size(), placed.items.size());
    EXPECT_EQ(changed["tableNumber"], placed.table_number);
    EXPECT_EQ(changed["totalAmount"], placed.total_minor);
    EXPECT_EQ(changed["previousStatus"], to_string(placed.status));
    OrderItem line = placed.items[0];
    line.id = ids.make<OrderItemId>();
    const Order grown = stamped(placed, add_items(placed, {line}, {}).value(), now);
    const auto added = json::parse(order_changed_events(placed, grown, {}, ids).front().payload);
    EXPECT_EQ(added["items"].size(), 1U);
    EXPECT_EQ(added["orderItems"].size(), placed.items.size() + 1);
}

TEST_F(EventFactoryTest, NothingIsToldOfWhatStaysAsItIs) {
    EXPECT_TRUE(event_names(placed, placed).empty());
}

TEST_F(EventFactoryTest, TheHouseIsTold) {
    const Table& table = restaurant.table;
    EXPECT_EQ(
        hold(session_opened_events(session.id, table, now, ids)),
        (Names{"session:opened", "table:updated"})
    );
    EXPECT_EQ(
        hold(session_closed_events(session, SessionEnd::kStaff, now, ids)),
        (Names{"session:closed", "table:updated"})
    );
    EXPECT_EQ(hold(table_changed_events(table, std::nullopt, now, ids)), Names{"table:updated"});
    EXPECT_EQ(
        hold(menu_changed_events(std::nullopt, restaurant.beer, now, ids)), Names{"menu:updated"}
    );
    MenuItem sold_out = restaurant.beer;
    sold_out.is_available = false;
    EXPECT_EQ(
        hold(menu_changed_events(restaurant.beer, sold_out, now, ids)), Names{"menu:updated"}
    );
    const KitchenStats stats{.pending = 2, .preparing = 1, .ready = 0};
    EXPECT_EQ(
        hold(stats_events(restaurant.branch.id, stats, now, ids)), Names{"kitchen:stats_update"}
    );
    const Payment payment{
        .id = ids.make<PaymentId>(),
        .restaurant = restaurant.branch.restaurant,
        .branch = restaurant.branch.id,
        .session = session.id,
        .table = table.id,
        .orders = {placed.id},
        .amount_minor = 100,
        .currency = "EUR",
        .method = PaymentMethod::kCard,
        .paid_at = now};
    EXPECT_EQ(hold(payment_events(payment, ids)), Names{"payment:completed"});
}

}  // namespace
}  // namespace orderpush::usecases

// What the rooms of each dialect make of the product's events.

#include "realtime/socketio/dialects/room_codec.hpp"

#include "realtime/socketio/dialects/event_offset.hpp"
#include "realtime/socketio/engine_io/packet.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <string>
#include <utility>
#include <vector>

namespace orderpush::realtime {
namespace {

using nlohmann::json;

const std::string kKitchen = "kitchen:0190a5c0-7b1c-7def-8123-456789abcdef";

struct Told {
    std::string name;
    json payload;
    std::string offset;
};

/// What listeners of such a room hear of an event.
std::vector<Told> told(RoomKind kind, const std::string& event, json payload) {
    payload["type"] = event;
    const auto frame = room_codec(kind).encode(ChannelMessage{
        .channel = kKitchen, .serial = 1, .event = event, .data = payload.dump()});
    std::vector<Told> all;
    if (!frame) {
        return all;
    }
    std::string body;
    append_engine_packets(body, *frame);
    EnginePayload packets{body};
    while (const auto packet = packets.next()) {
        EXPECT_TRUE(packet->starts_with("42[")) << *packet;
        const json arguments = json::parse(packet->substr(2));
        EXPECT_EQ(arguments.size(), 3U);
        all.push_back({arguments[0], arguments[1], arguments[2]});
    }
    return all;
}

std::vector<std::string> names(RoomKind kind, const std::string& event, const json& payload) {
    std::vector<std::string> all;
    for (const Told& one : told(kind, event, payload)) {
        all.push_back(one.name);
    }
    return all;
}

using Names = std::vector<std::string>;

json order(const std::string& status, const std::string& previous = "pending") {
    return {
        {"id", "event-1"},
        {"seq", 7},
        {"occurredAt", "2026-11-21T18:30:00.125Z"},
        {"orderId", "order-1"},
        {"orderNumber", 12},
        {"sessionId", "session-1"},
        {"tableId", "table-1"},
        {"tableNumber", "T - 5"},
        {"table", "Terrace - T - 5"},
        {"status", status},
        {"previousStatus", previous},
        {"itemCount", 1},
        {"items", {{{"name", "Soup"}}}},
        {"totalAmount", 990},
        {"finalAmount", 990},
        {"createdAt", "2026-11-21T18:29:00.000Z"}};
}

json ticket() {
    return {{"id", "event-1"}, {"seq", 7}, {"ticketId", "ticket-1"}, {"orderId", "order-1"}};
}

TEST(RoomCodecTest, GivesRoomsBothNamesOfAnEventWhereTheirClientsKnowTwo) {
    using enum RoomKind;
    EXPECT_EQ(
        names(kRoomsKitchen, "order:created", order("pending")),
        (Names{"order:new", "order:created"})
    );
    for (const RoomKind kind : {kRoomsWaiters, kRoomsTable, kRoomsOrder}) {
        EXPECT_EQ(names(kind, "order:created", order("pending")), Names{"order:created"});
    }
    for (const RoomKind kind : {kRoomsTable, kRoomsOrder}) {
        EXPECT_EQ(
            names(kind, "order:status_changed", order("ready")),
            (Names{"order:status_changed", "order:status"})
        );
        EXPECT_EQ(
            names(kind, "kitchen:order_ready", ticket()),
            (Names{"kitchen:order_ready", "kitchen:ready"})
        );
        EXPECT_EQ(
            names(kind, "kitchen:order_preparing", ticket()),
            (Names{"kitchen:order_preparing", "kitchen:preparing"})
        );
    }
    EXPECT_EQ(
        names(kRoomsOrder, "kitchen:order_acknowledged", ticket()),
        (Names{"kitchen:order_acknowledged", "kitchen:acknowledged"})
    );
    for (const RoomKind kind : {kRoomsKitchen, kRoomsWaiters}) {
        for (const char* event :
             {"order:status_changed",
              "kitchen:order_ready",
              "kitchen:order_preparing",
              "kitchen:order_acknowledged",
              "kitchen:stats_update",
              "table:updated"}) {
            EXPECT_EQ(names(kind, event, ticket()), Names{event});
        }
    }
}

TEST(RoomCodecTest, NumbersTheNamesOfOneEvent) {
    const auto both = told(RoomKind::kRoomsKitchen, "order:created", order("pending"));
    EXPECT_EQ(both.at(0).offset, kKitchen + "/7/0");
    EXPECT_EQ(both.at(1).offset, kKitchen + "/7");
    EXPECT_EQ(both.at(0).payload, both.at(1).payload);
}

TEST(RoomCodecTest, GivesRoomsThePayloadWithTheirNames) {
    const auto created = told(RoomKind::kRoomsWaiters, "order:created", order("pending"));
    json expected = order("pending");
    expected["type"] = "order:created";
    expected["orderNumber"] = "12";
    EXPECT_EQ(created.at(0).payload, expected);
    const auto ready = told(RoomKind::kRoomsWaiters, "kitchen:order_ready", ticket());
    EXPECT_EQ(ready.at(0).payload["kitchenOrderId"], "ticket-1");
    json whole_order = ticket();
    whole_order.erase("ticketId");
    const auto rejected = told(RoomKind::kRoomsKitchen, "kitchen:cancel_rejected", whole_order);
    EXPECT_TRUE(rejected.at(0).payload.at("kitchenOrderId").is_null());
}

TEST(RoomCodecTest, GivesRestaurantsOrderAndSession) {
    const auto created = told(RoomKind::kRestaurant, "order:created", order("confirmed"));
    ASSERT_EQ(created.size(), 1U);
    EXPECT_EQ(created[0].name, "order:created");
    EXPECT_EQ(
        created[0].payload,
        (json{
            {"order",
             {{"id", "order-1"},
              {"items", {{{"name", "Soup"}}}},
              {"totalAmount", 990},
              {"status", "pending"},
              {"tableNumber", "T - 5"},
              {"customerName", nullptr},
              {"createdAt", "2026-11-21T18:29:00.000Z"}}},
            {"session", {{"id", "session-1"}, {"tableNumber", "T - 5"}}},
            {"eventId", "event-1"},
            {"seq", 7},
            {"occurredAt", "2026-11-21T18:30:00.125Z"}})
    );
}

TEST(RoomCodecTest, TellsRestaurantsOfStatusesInTheirWords) {
    const auto word = [](const std::string& status, const std::string& previous) {
        const auto all =
            told(RoomKind::kRestaurant, "order:status_changed", order(status, previous));
        return all.empty() ? std::string{} : all[0].payload["status"].get<std::string>();
    };
    EXPECT_EQ(word("confirmed", "pending"), "") << "the same word as before";
    EXPECT_EQ(word("preparing", "confirmed"), "cooking");
    EXPECT_EQ(word("ready", "preparing"), "ready");
    EXPECT_EQ(word("preparing", "ready"), "cooking");
    EXPECT_EQ(word("cancelled", "pending"), "cancelled");
    const auto ready = told(RoomKind::kRestaurant, "order:status_changed", order("ready"));
    EXPECT_EQ(ready[0].name, "order:status:updated");
    EXPECT_EQ(ready[0].payload["orderId"], "order-1");
    EXPECT_EQ(ready[0].payload["tableNumber"], "T - 5");
    EXPECT_FALSE(ready[0].payload.contains("items"));
}

TEST(RoomCodecTest, GivesSubscribersTheOrderItself) {
    using enum RoomKind;
    const auto created = told(kSubscribeOrders, "order:created", order("pending"));
    EXPECT_EQ(created.at(0).name, "order:created");
    EXPECT_EQ(created.at(0).payload["id"], "order-1");
    EXPECT_EQ(created.at(0).payload["eventId"], "event-1");
    EXPECT_EQ(created.at(0).payload["updatedAt"], "2026-11-21T18:30:00.125Z");
    EXPECT_EQ(created.at(0).payload["orderNumber"], 12);
    EXPECT_EQ(
        names(kSubscribeOrders, "order:status_changed", order("ready")), Names{"order:updated"}
    );
    EXPECT_TRUE(names(kSubscribeOrders, "order:status_changed", order("cancelled")).empty());
    const auto cancelled = told(
        kSubscribeOrders,
        "order:cancelled",
        {{"id", "e"}, {"seq", 7}, {"orderId", "order-1"}, {"tableId", "t"}, {"reason", "late"}}
    );
    EXPECT_EQ(cancelled.at(0).payload["id"], "order-1");
    EXPECT_EQ(cancelled.at(0).payload["status"], "cancelled");
    EXPECT_EQ(cancelled.at(0).payload["reason"], "late");
}

TEST(RoomCodecTest, GivesSubscribersAllLinesOfAnOrderThatGrew) {
    json added = order("preparing");
    added["orderItems"] = {{{"name", "Soup"}}, {{"name", "Cake"}}};
    added["items"] = {{{"name", "Cake"}}};
    added["newTotalAmount"] = 1'500;
    added["newFinalAmount"] = 1'400;
    const auto updated = told(RoomKind::kSubscribeOrders, "order:items_added", added);
    EXPECT_EQ(updated.at(0).name, "order:updated");
    EXPECT_EQ(updated.at(0).payload["items"].size(), 2U);
    EXPECT_EQ(updated.at(0).payload["totalAmount"], 1'500);
    EXPECT_EQ(updated.at(0).payload["finalAmount"], 1'400);
    EXPECT_FALSE(updated.at(0).payload.contains("orderItems"));
}

TEST(RoomCodecTest, GivesSubscribersTablesPaymentsAndTheMenu) {
    using enum RoomKind;
    const json base{{"id", "event-1"}, {"seq", 7}, {"occurredAt", "now"}};
    json table = base;
    table["tableId"] = "table-1";
    EXPECT_EQ(told(kSubscribeTables, "table:updated", table).at(0).payload["id"], "table-1");
    json payment = base;
    payment["paymentId"] = "payment-1";
    EXPECT_EQ(
        told(kSubscribeTables, "payment:completed", payment).at(0).payload["id"], "payment-1"
    );
    EXPECT_TRUE(names(kSubscribeOrders, "payment:completed", payment).empty());
    json dish = base;
    dish["menuItemId"] = "dish-1";
    EXPECT_EQ(told(kSubscribeMenu, "menu:updated", dish).at(0).payload["id"], "dish-1");
}

TEST(RoomCodecTest, TellsOtherDialectsNothingElse) {
    using enum RoomKind;
    for (const RoomKind kind : {kRestaurant, kSubscribeOrders, kSubscribeTables, kSubscribeMenu}) {
        for (const char* event :
             {"order:confirmed", "kitchen:order_ready", "session:opened", "kitchen:unattended"}) {
            EXPECT_TRUE(names(kind, event, order("ready")).empty()) << event;
        }
    }
}

TEST(RoomCodecTest, GivesPagesALineListWhereThePayloadWasCut) {
    json cut = order("pending");
    cut.erase("items");
    cut["truncated"] = true;
    cut["href"] = "/v1/orders/order-1";
    const auto rooms = told(RoomKind::kRoomsWaiters, "order:created", cut);
    EXPECT_EQ(rooms.at(0).payload["items"], json::array());
    const auto restaurant = told(RoomKind::kRestaurant, "order:created", cut);
    EXPECT_EQ(restaurant.at(0).payload["order"]["items"], json::array());
    EXPECT_EQ(restaurant.at(0).payload["href"], "/v1/orders/order-1");
    const auto subscribed = told(RoomKind::kSubscribeOrders, "order:created", cut);
    EXPECT_EQ(subscribed.at(0).payload["items"], json::array());
    EXPECT_EQ(subscribed.at(0).payload["truncated"], true);
}

TEST(RoomCodecTest, WritesNothingOfWhatIsNoEvent) {
    const ChannelCodec& codec = room_codec(RoomKind::kRoomsKitchen);
    for (const char* data : {"", "[]", "7", "{}", R"({"seq":"7"})", "{\"seq\":"}) {
        EXPECT_FALSE(codec.encode(ChannelMessage{
            .channel = kKitchen, .serial = 1, .event = "order:created", .data = data})
        ) << data;
    }
    EXPECT_FALSE(codec.encode(
        kKitchen, MemberChange{.kind = MemberChange::Kind::kAdded, .member = {"staff-1", "{}"}}
    ));
    EXPECT_FALSE(codec.encode_count(kKitchen, 3));
}

TEST(EventOffsetTest, IsReadAsItWasWritten) {
    for (const EventOffset& offset :
         {EventOffset{kKitchen, 1, {}}, EventOffset{kKitchen, 17, 0}, EventOffset{"a", 9, 3}}) {
        EXPECT_EQ(parse_event_offset(to_string(offset)), offset);
    }
    for (const char* text :
         {"",
          "/",
          "kitchen",
          "kitchen/",
          "kitchen/x",
          "kitchen/-1",
          "/1",
          "a/1/",
          "a/1/2/3",
          "a/99999999999999999999",
          "a/1 "}) {
        EXPECT_FALSE(parse_event_offset(text)) << text;
    }
}

}  // namespace
}  // namespace orderpush::realtime

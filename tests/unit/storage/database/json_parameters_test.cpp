#include "storage/database/json_parameters.hpp"

#include "storage/orders/order_json.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/sequential_ids.hpp"

#include <gtest/gtest.h>

namespace orderpush::storage {
namespace {

using test::ManualClock;
using test::SequentialIds;

TEST(DocumentsTest, EventsKeepTheirOrderAndTheirPayloadAsText) {
    SequentialIds ids;
    const Channel menu = Channel::menu(ids.make<BranchId>());
    const std::vector<Event> events{
        {ids.make<EventId>(), "first", R"({"a":"Gruß"})", ManualClock::kStart, {menu}},
        {ids.make<EventId>(), "second", "{}", ManualClock::kStart, {}}};
    EXPECT_EQ(
        events_json(events),
        R"([{"channels":["menu:00000000-0000-7000-8000-000000000001"],"id":"00000000-0000-7000-8000-000000000002",)"
        R"("name":"first","occurred_at":"2026-11-21T18:30:00.125Z","payload":"{\"a\":\"Gruß\"}","position":1},)"
        R"({"channels":[],"id":"00000000-0000-7000-8000-000000000003","name":"second",)"
        R"("occurred_at":"2026-11-21T18:30:00.125Z","payload":"{}","position":2}])"
    );
}

TEST(DocumentsTest, LinesNameTheirTicket) {
    SequentialIds ids;
    OrderItem item;
    item.id = ids.make<OrderItemId>();
    Ticket ticket;
    ticket.id = ids.make<TicketId>();
    ticket.items = {item.id};
    const std::string text = lines_json({item}, {ticket});
    EXPECT_NE(
        text.find(R"("ticket_id":"00000000-0000-7000-8000-000000000002")"), std::string::npos
    );
    EXPECT_NE(text.find(R"("station_id":null)"), std::string::npos);
}

TEST(DocumentsTest, TextThatIsNotUtf8DoesNotThrow) {
    OrderItem item;
    item.name = "\xff";
    EXPECT_NO_THROW(lines_json({item}, {}));
}

TEST(DocumentsTest, AnEmptyListIsAnEmptyArray) {
    EXPECT_EQ(uuid_array(std::span<const MenuItemId>{}), "{}");
    EXPECT_EQ(events_json({}), "[]");
}

}  // namespace
}  // namespace orderpush::storage

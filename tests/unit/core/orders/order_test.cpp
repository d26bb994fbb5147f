#include "core/orders/order.hpp"

#include <gtest/gtest.h>

namespace orderpush {
namespace {

class CountingIds final : public IdSource {
  public:
    Uuid next() override {
        Uuid uuid;
        uuid.bytes[15] = ++last_;
        return uuid;
    }

  private:
    std::uint8_t last_ = 0;
};

TEST(OrderTest, TaxIsRoundedHalfUpInWholeMinorUnits) {
    EXPECT_EQ(with_tax(0, 825), 0);
    EXPECT_EQ(with_tax(10'000, 825), 10'825);
    EXPECT_EQ(with_tax(999, 1'000), 1'099);  // 99.9 of tax
    EXPECT_EQ(with_tax(5, 1'000), 6);        // 0.5 of tax
    EXPECT_EQ(with_tax(1'234, 0), 1'234);
}

TEST(OrderTest, EachStationGetsOneTicketWithItsLines) {
    CountingIds ids;
    const auto grill = ids.make<StationId>();
    const auto bar = ids.make<StationId>();
    std::vector<OrderItem> items(4);
    for (OrderItem& item : items) {
        item.id = ids.make<OrderItemId>();
    }
    items[0].station = grill;
    items[1].station = bar;
    items[2].station = grill;  // items[3] is made by no station

    const auto tickets = split_by_station(items, Timestamp{}, ids);

    ASSERT_EQ(tickets.size(), 3U);
    EXPECT_EQ(tickets[0].station, grill);
    EXPECT_EQ(tickets[0].items, (std::vector{items[0].id, items[2].id}));
    EXPECT_EQ(tickets[1].station, bar);
    EXPECT_EQ(tickets[1].items, std::vector{items[1].id});
    EXPECT_FALSE(tickets[2].station);
    EXPECT_NE(tickets[0].id, tickets[1].id);
}

}  // namespace
}  // namespace orderpush

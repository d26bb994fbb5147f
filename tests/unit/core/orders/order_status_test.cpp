#include "core/orders/order_status.hpp"

#include <gtest/gtest.h>

#include <set>
#include <utility>
#include <vector>

namespace orderpush {
namespace {

using enum OrderStatus;

const std::vector<OrderStatus> kAll{
    kPending, kConfirmed, kPreparing, kReady, kServed, kCompleted, kCancelled};

TEST(OrderStatusTest, ExactlyTheMovesOfTheProductAreLegal) {
    const std::vector<OrderStatus> path{
        kPending, kConfirmed, kPreparing, kReady, kServed, kCompleted};
    std::set<std::pair<OrderStatus, OrderStatus>> legal{
        {kReady, kPreparing}, {kCompleted, kReady}};  // recall
    for (std::size_t from = 0; from < path.size(); ++from) {
        for (std::size_t to = from + 1; to < path.size(); ++to) {
            legal.emplace(path[from], path[to]);
        }
    }
    for (const OrderStatus before_served : {kPending, kConfirmed, kPreparing, kReady}) {
        legal.emplace(before_served, kCancelled);
    }
    for (const OrderStatus from : kAll) {
        for (const OrderStatus to : kAll) {
            EXPECT_EQ(may_move(from, to), legal.contains({from, to}))
                << to_string(from) << " to " << to_string(to);
        }
    }
}

TEST(OrderStatusTest, ReadsItsWordsInAnyCase) {
    for (const OrderStatus status : kAll) {
        EXPECT_EQ(parse_order_status(to_string(status)), status);
    }
    EXPECT_EQ(parse_order_status("ReAdY"), kReady);
    EXPECT_EQ(parse_ticket_status("Acknowledged"), TicketStatus::kAcknowledged);
    EXPECT_EQ(parse_item_status("SERVED"), ItemStatus::kServed);
}

TEST(OrderStatusTest, ReadsTheWordsOfOlderClients) {
    EXPECT_EQ(parse_order_status("SENT"), kPending);
    EXPECT_EQ(parse_order_status("new"), kPending);
    EXPECT_EQ(parse_order_status("Cooking"), kPreparing);
    EXPECT_EQ(parse_order_status("DONE"), kCompleted);
    EXPECT_EQ(parse_ticket_status("cooking"), TicketStatus::kPreparing);
}

TEST(OrderStatusTest, RefusesWordsOfNoStatus) {
    EXPECT_FALSE(parse_order_status(""));
    EXPECT_FALSE(parse_order_status("acknowledged"));
    EXPECT_FALSE(parse_item_status("done"));
    EXPECT_FALSE(parse_order_status("ready "));
}

}  // namespace
}  // namespace orderpush

// How a table is paid and closed, however many orders it has.

#include "tests/unit/http/restaurant/restaurant_fixture.hpp"

namespace orderpush::http {
namespace {

using nlohmann::json;

TEST_F(RestaurantTest, ClosingSaysWhatBecomesOfWhatIsNotServed) {
    const auto open = [&] {
        const json opened = seated_with_order();
        return "/v1/sessions/" + opened.at("session").at("id").get<std::string>();
    };
    const auto close = [&](const std::string& path, const json& body) {
        return send_json("POST", path + "/close", waiter, body);
    };
    std::string path = open();
    const Reply wrong = close(path, {{"openOrders", "burn"}});
    EXPECT_EQ(wrong.status, 422);
    EXPECT_NE(wrong.fault("openOrders"), "");
    const Reply refused = close(path, {{"openOrders", "refuse"}});
    EXPECT_EQ(refused.status, 409);
    EXPECT_EQ(refused.code(), "orders_open");
    EXPECT_EQ(refused.json().at("openOrders"), 1);
    EXPECT_EQ(get(path, waiter).json().at("session").at("status"), "open");
    const json kept = close(path, json::object()).json();
    EXPECT_EQ(kept.at("session").at("status"), "closed");
    EXPECT_EQ(kept.at("openOrders"), 1);
    EXPECT_EQ(kept.at("orders").at(0).at("status"), "pending");
    // Closed is closed, and what was kept can still be cancelled.
    const json cancelled = close(path, {{"openOrders", "cancel"}}).json();
    EXPECT_EQ(cancelled.at("openOrders"), 0);
    EXPECT_EQ(cancelled.at("orders").at(0).at("status"), "cancelled");
    EXPECT_EQ(cancelled.at("bill").at("finalAmount"), 0);
    EXPECT_EQ(cancelled.at("session"), kept.at("session"));
    path = open();
    EXPECT_EQ(close(path, {{"openOrders", "cancel"}}).json().at("openOrders"), 0);
}

TEST_F(RestaurantTest, WhatTheKitchenHasBegunIsNotAWaitersToCancel) {
    const json opened = seated_with_order();
    const std::string path = "/v1/sessions/" + opened.at("session").at("id").get<std::string>();
    const json order = get(path, waiter).json().at("orders").at(0);
    const std::string at = "/v1/orders/" + order.at("id").get<std::string>();
    ASSERT_EQ(send_json("PATCH", at, cook_token(), {{"status", "preparing"}}).status, 200);
    const Reply refused = send_json("POST", path + "/close", waiter, {{"openOrders", "cancel"}});
    EXPECT_EQ(refused.status, 403);
    EXPECT_EQ(refused.code(), "forbidden");
    EXPECT_EQ(get(path, waiter).json().at("session").at("status"), "open");
    const Reply closed = send_json("POST", path + "/close", manager, {{"openOrders", "cancel"}});
    EXPECT_EQ(closed.json().at("openOrders"), 0);
}

TEST_F(RestaurantTest, ARepeatedClosingIsAnsweredAndNothingMore) {
    const json opened = seated_with_order();
    const std::string path = "/v1/sessions/" + opened.at("session").at("id").get<std::string>();
    const Reply first = send_keyed(path + "/close", waiter, json::object(), "close");
    const Reply again = send_keyed(path + "/close", waiter, json::object(), "close");
    EXPECT_EQ(first.status, 200) << first.body;
    EXPECT_EQ(again.body, first.body);
    EXPECT_EQ(again.header("idempotent-replayed"), "true");
    const Reply other = send_keyed(path + "/close", waiter, {{"openOrders", "keep"}}, "close");
    EXPECT_EQ(other.code(), "idempotency_key_reused");
}

TEST_F(RestaurantTest, ATableWithCountlessOrdersIsPaidAndClosed) {
    const json opened = seated_with_order();
    const std::string session = opened.at("session").at("id");
    const std::string path = "/v1/sessions/" + session;
    constexpr int kOrders = 2'050;
    json order = soup_order();
    order["sessionId"] = session;
    for (int i = 1; i < kOrders; ++i) {
        ASSERT_EQ(send_json("POST", "/v1/orders", waiter, order).status, 201);
    }
    const Reply shown = get(path + "/bill", waiter);
    ASSERT_EQ(shown.status, 200);
    EXPECT_EQ(shown.json().at("orders").size(), 200U);
    EXPECT_EQ(shown.json().at("openOrders"), kOrders);
    const int final_amount = shown.json().at("bill").at("finalAmount");
    EXPECT_EQ(final_amount, kOrders * 1'100);
    const std::string next = shown.json().at("next");
    const json rest =
        get("/v1/orders?sessionId=" + session + "&limit=200&after=" + next, waiter).json();
    EXPECT_EQ(rest.at("orders").size(), 200U);
    json payment{{"sessionId", session}, {"amount", 100}, {"method", "cash"}};
    const Reply paid = send_json("POST", "/v1/payments", waiter, payment);
    ASSERT_EQ(paid.status, 201) << paid.body;
    EXPECT_EQ(paid.json().at("orderIds").size(), static_cast<std::size_t>(kOrders));
    const Reply closed = send_json("POST", path + "/close", waiter, {{"openOrders", "cancel"}});
    ASSERT_EQ(closed.status, 200) << closed.body;
    EXPECT_EQ(closed.json().at("openOrders"), 0);
    EXPECT_EQ(closed.json().at("bill").at("outstandingAmount"), 0);
    EXPECT_EQ(closed.json().at("bill").at("refundDue"), 100);
}

TEST_F(RestaurantTest, WhatWasPaidAndCancelledLaterIsToBeGivenBack) {
    const json opened = seated_with_order();
    const std::string session = opened.at("session").at("id");
    const std::string path = "/v1/sessions/" + session;
    const json order = get(path, waiter).json().at("orders").at(0);
    const json payment{{"sessionId", session}, {"amount", 600}, {"method", "cash"}};
    ASSERT_EQ(send_json("POST", "/v1/payments", waiter, payment).status, 201);
    const std::string at = "/v1/orders/" + order.at("id").get<std::string>();
    ASSERT_EQ(send_json("PATCH", at, cook_token(), {{"status", "cancelled"}}).status, 200);
    const json bill = get(path, waiter).json().at("bill");
    EXPECT_EQ(bill.at("outstandingAmount"), 0);
    EXPECT_EQ(bill.at("refundDue"), 600);
    const std::string floor = "/v1/branches/" + to_string(branch_.id) + "/floor";
    EXPECT_EQ(get(floor, waiter).json().at("sessions").at(0).at("bill"), bill);
    const Reply refused = send_json("POST", "/v1/payments", waiter, payment);
    EXPECT_EQ(refused.code(), "overpayment");
    EXPECT_EQ(refused.json().at("outstandingAmount"), 0);
}

TEST_F(RestaurantTest, ATableTakesNoMoreGuestsInAMinuteThanCanSitThere) {
    int seated = 0;
    Reply last;
    for (; seated < 200; ++seated) {
        const std::string device = "d" + std::to_string(seated);
        last = send_json("POST", "/v1/sessions", "", {{"qrToken", kQrToken}, {"deviceId", device}});
        if (last.status == 429) {
            break;
        }
    }
    // A minute's worth at once, and what came back meanwhile.
    EXPECT_GE(seated, 120);
    EXPECT_LT(seated, 200);
    EXPECT_EQ(last.code(), "rate_limited");
    EXPECT_GE(std::stoi(last.header("retry-after")), 1);
    const Reply elsewhere = exchange(
        api_,
        {.method = "POST",
         .target = "/v1/sessions",
         .headers = {"Content-Type: application/json"},
         .body = json{{"qrToken", kQrToken}}.dump(),
         .peer = "198.51.100.7"}
    );
    EXPECT_EQ(elsewhere.status, 200) << elsewhere.body;
}

}  // namespace
}  // namespace orderpush::http

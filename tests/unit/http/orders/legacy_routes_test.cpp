// The routes of earlier systems.

#include "tests/unit/http/api_fixture.hpp"

namespace orderpush::http {
namespace {

using nlohmann::json;

class LegacyRoutesTest : public ApiTest {
  protected:
    Reply place(json body, const std::string& token = {}) {
        body.update(soup_order());
        return send_json("POST", "/public/order/place", token, body);
    }
    std::size_t listed(const std::string& query) {
        const Reply reply = get("/kitchen/orders" + query, cook_token_);
        EXPECT_EQ(reply.status, 200) << reply.body;
        return reply.json().at("orders").size();
    }
    const std::string cook_token_ = cook_token();
};

TEST_F(LegacyRoutesTest, AQrCodeSeatsAndOrders) {
    const Reply placed = place({{"qrToken", kQrToken}, {"customerName", "Ada"}});
    ASSERT_EQ(placed.status, 201) << placed.body;
    const std::string token = placed.json().at("sessionToken");
    EXPECT_EQ(get(placed.header("location"), token).json().at("customerName"), "Ada");
    const Reply next = place(json::object(), token);
    ASSERT_EQ(next.status, 201) << next.body;
    EXPECT_FALSE(next.json().contains("sessionToken"));
    EXPECT_EQ(next.json().at("sessionId"), placed.json().at("sessionId"));
    EXPECT_EQ(place({{"qrToken", kQrToken}}, token).status, 201);
}

TEST_F(LegacyRoutesTest, ATapThatIsRepeatedOrdersOnce) {
    const auto tap = [&] {
        return send(
            "POST",
            "/public/order/place",
            {"Content-Type: application/json", "Idempotency-Key: tap"},
            json{{"qrToken", kQrToken}, {"items", soup_order().at("items")}}.dump()
        );
    };
    const Reply first = tap();
    ASSERT_EQ(first.status, 201) << first.body;
    const Reply again = tap();
    EXPECT_EQ(again.status, 201) << again.body;
    EXPECT_EQ(again.header("idempotent-replayed"), "true");
    EXPECT_EQ(again.json().at("id"), first.json().at("id"));
    EXPECT_EQ(get(first.header("location"), again.json().at("sessionToken")).status, 200);
}

TEST_F(LegacyRoutesTest, WhoHasNoSessionNeedsAQrCode) {
    EXPECT_EQ(place(json::object()).fault("qrToken"), "is required");
    EXPECT_EQ(place({{"qrToken", "unknown"}}).code(), "qr_token_unknown");
    EXPECT_EQ(place({{"qrToken", "unknown"}}, guest_token()).code(), "qr_token_unknown");
    EXPECT_EQ(place({{"qrToken", kQrToken}}, "opst_bad").status, 401);
    const Reply by_key = send(
        "POST",
        "/public/order/place",
        {"Content-Type: application/json", std::string{"X-API-Key: "} + kApiKey},
        json{{"qrToken", kQrToken}, {"items", soup_order().at("items")}}.dump()
    );
    EXPECT_EQ(by_key.status, 201) << by_key.body;
    EXPECT_TRUE(by_key.json().contains("sessionToken"));
}

TEST_F(LegacyRoutesTest, AnOrderThatCannotBePlacedSeatsNobody) {
    const auto fault_of = [&](const char* field, const json& value) {
        json line{{"menuItemId", to_string(soup_.id)}, {"quantity", 1}};
        line[field] = value;
        json body{{"qrToken", kQrToken}};
        body["items"] = json::array({line});
        return send_json("POST", "/public/order/place", "", body)
            .fault(std::string{"items[0]."} + field);
    };
    EXPECT_EQ(fault_of("menuItemId", to_string(branch_.id)), "is not on this branch's menu");
    EXPECT_EQ(fault_of("quantity", 0), "must be 1 to 999");
    EXPECT_EQ(send_json("POST", "/v1/sessions", "", {{"qrToken", kQrToken}}).status, 201);
}

TEST_F(LegacyRoutesTest, TheKitchenMovesAndListsInOlderWords) {
    const std::string token = guest_token();
    const std::string first = placed_order(token);
    const std::string second = placed_order(token);
    const auto move = [&](const char* method, const std::string& id, const char* status) {
        return send_json(
            method, "/kitchen/order/" + id + "/status", cook_token_, {{"status", status}}
        );
    };
    EXPECT_EQ(
        move("PATCH", first, "COOKING").json(),
        (json{{"orderId", first}, {"status", "SENT"}, {"broadcastSent", true}})
    );
    EXPECT_EQ(listed("?status=SENT"), 2U);
    EXPECT_EQ(move("POST", first, "DONE").json().at("status"), "COMPLETED");
    EXPECT_EQ(move("POST", first, "DONE").json().at("status"), "COMPLETED");
    EXPECT_EQ(move("POST", first, "SENT").code(), "status_conflict");
    EXPECT_EQ(move("POST", second, "ready").json().at("status"), "READY");
    EXPECT_EQ(listed("?status=SENT"), 0U);
    EXPECT_EQ(listed("?status=READY"), 1U);
    EXPECT_EQ(listed("?status=completed"), 1U);
    EXPECT_EQ(listed(""), 1U);
    EXPECT_EQ(get("/kitchen/orders?status=x", cook_token_).status, 422);
    EXPECT_EQ(move("POST", second, "x").fault("status"), "is not a status of an order");
}

TEST_F(LegacyRoutesTest, OtherPathsLeadToTheHandlersOfToday) {
    const Reply login =
        send_json("POST", "/staff/login", "", {{"email", kEmail}, {"password", kPassword}});
    ASSERT_EQ(login.status, 200) << login.body;
    const Reply placed = send_json("POST", "/api/orders/create", guest_token(), soup_order());
    ASSERT_EQ(placed.status, 201) << placed.body;
    const Reply moved = send_json(
        "PATCH",
        "/api/orders/" + placed.json().at("id").get<std::string>(),
        login.json().at("token"),
        {{"status", "READY"}}
    );
    EXPECT_EQ(moved.json().at("status"), "ready");
}

}  // namespace
}  // namespace orderpush::http

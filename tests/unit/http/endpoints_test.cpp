// What each endpoint answers when all is well.

#include "tests/support/rfc3339.hpp"
#include "tests/unit/http/api_fixture.hpp"

namespace orderpush::http {
namespace {

TEST_F(ApiTest, LogInAnswersWithTokenAndRole) {
    const Reply reply =
        send_json("POST", "/v1/staff/login", "", {{"email", kEmail}, {"password", kPassword}});
    ASSERT_EQ(reply.status, 200) << reply.body;
    EXPECT_EQ(reply.header("content-type"), "application/json");
    EXPECT_EQ(reply.header("cache-control"), "no-store");
    const auto login = reply.json();
    EXPECT_EQ(login.at("role"), "KITCHEN");
    EXPECT_EQ(login.at("branchId"), to_string(branch_.id));
    EXPECT_EQ(login.at("staffId"), to_string(cook_.id));
    EXPECT_EQ(login.at("name"), "Kim");
    EXPECT_TRUE(test::parse_rfc3339(login.at("expiresAt").get<std::string>()));
    EXPECT_EQ(get("/v1/orders", login.at("token")).status, 200);
}

TEST_F(ApiTest, FirstScanOpensTheSessionAndLaterOnesJoinIt) {
    const Reply opened =
        send_json("POST", "/v1/sessions", "", {{"qrToken", kQrToken}, {"deviceId", "phone-1"}});
    ASSERT_EQ(opened.status, 201) << opened.body;
    const auto session = opened.json().at("session");
    EXPECT_EQ(opened.json().at("deviceId"), "phone-1");
    EXPECT_EQ(session.at("status"), "open");
    EXPECT_EQ(session.at("table"), "Terrace - T5");
    EXPECT_EQ(session.at("branchName"), "Harbor");
    EXPECT_FALSE(session.contains("closedAt"));

    const Reply joined =
        send_json("POST", "/v1/sessions", "", {{"qrToken", kQrToken}, {"name", "Ana"}});
    EXPECT_EQ(joined.status, 200);
    EXPECT_EQ(joined.json().at("session"), session);
    EXPECT_NE(joined.json().at("token"), opened.json().at("token"));
}

TEST_F(ApiTest, SessionShowsItsOrdersAndBill) {
    const Reply opened = send_json("POST", "/v1/sessions", "", {{"qrToken", kQrToken}});
    const std::string token = opened.json().at("token");
    const std::string order = placed_order(token);
    const Reply reply =
        get("/v1/sessions/" + opened.json().at("session").at("id").get<std::string>(), token);
    ASSERT_EQ(reply.status, 200) << reply.body;
    EXPECT_EQ(reply.json().at("orders").at(0).at("id"), order);
    EXPECT_EQ(
        reply.json().at("bill"),
        (nlohmann::json{
            {"totalAmount", 1000},
            {"finalAmount", 1100},
            {"paidAmount", 0},
            {"outstandingAmount", 1100},
            {"refundDue", 0},
            {"currency", "EUR"}})
    );
}

TEST_F(ApiTest, MenuIsPublicAndListsPricesAndStations) {
    const Reply reply = get("/v1/branches/" + to_string(branch_.id) + "/menu");
    ASSERT_EQ(reply.status, 200) << reply.body;
    EXPECT_EQ(reply.json().at("taxRateBp"), 1000);
    EXPECT_EQ(reply.json().at("currency"), "EUR");
    const auto items = reply.json().at("items");
    EXPECT_EQ(items.at(0).at("name"), "Bread");
    EXPECT_EQ(items.at(0).at("available"), false);
    EXPECT_FALSE(items.at(0).contains("stationId"));
    EXPECT_EQ(items.at(1).at("price"), 500);
    EXPECT_TRUE(items.at(1).contains("stationId"));
}

TEST_F(ApiTest, PlacedOrderHasALocationAndCanBeRead) {
    const std::string token = guest_token();
    const Reply placed = send_json("POST", "/v1/orders", token, soup_order());
    ASSERT_EQ(placed.status, 201) << placed.body;
    EXPECT_EQ(placed.json().at("orderNumber"), 1);
    EXPECT_EQ(placed.json().at("totalAmount"), 1000);
    EXPECT_EQ(placed.header("idempotent-replayed"), "");
    const Reply read = get(placed.header("location"), token);
    ASSERT_EQ(read.status, 200) << read.body;
    EXPECT_EQ(read.header("etag"), "\"1\"");
    EXPECT_EQ(read.json(), placed.json());
}

TEST_F(ApiTest, NullCountsAsAbsentInOptionalFields) {
    auto order = soup_order();
    order["note"] = nullptr;
    order["sessionId"] = nullptr;
    EXPECT_EQ(send_json("POST", "/v1/orders", guest_token(), order).status, 201);
}

TEST_F(ApiTest, RepeatedKeyReplaysTheFirstAnswer) {
    const HeaderLines headers{
        "Authorization: Bearer " + guest_token(),
        "Content-Type: application/json; charset=utf-8",
        "Idempotency-Key: one two"};
    const Reply first = send("POST", "/v1/orders", headers, soup_order().dump());
    const Reply again = send("POST", "/v1/orders", headers, soup_order().dump());
    ASSERT_EQ(first.status, 201) << first.body;
    EXPECT_EQ(again.status, 201);
    EXPECT_EQ(again.body, first.body);
    EXPECT_EQ(again.header("location"), first.header("location"));
    EXPECT_EQ(again.header("idempotent-replayed"), "true");

    auto other = soup_order();
    other["note"] = "hot";
    const Reply reused = send("POST", "/v1/orders", headers, other.dump());
    EXPECT_EQ(reused.status, 422);
    EXPECT_EQ(reused.code(), "idempotency_key_reused");
}

TEST_F(ApiTest, OrdersArePagedAndFiltered) {
    const std::string guest = guest_token();
    const std::string first = placed_order(guest);
    const std::string second = placed_order(guest);
    const std::string cook = cook_token();

    const auto page = get("/v1/orders?limit=1", cook).json();
    EXPECT_EQ(page.at("orders").size(), 1U);
    EXPECT_EQ(page.at("orders").at(0).at("id"), first);
    EXPECT_EQ(page.at("next"), first);
    const auto rest = get("/v1/orders?status=SENT&after=" + first, cook).json();
    EXPECT_EQ(rest.at("orders").at(0).at("id"), second);
    EXPECT_TRUE(rest.at("next").is_null());
    const auto none = get("/v1/orders?status=ready", cook).json();
    EXPECT_TRUE(none.at("orders").empty());
}

TEST_F(ApiTest, KitchenMovesAnOrderWithOldAndNewWords) {
    const std::string path = "/v1/orders/" + placed_order(guest_token());
    const std::string cook = cook_token();
    const Reply cooking = send_json("PATCH", path, cook, {{"status", "COOKING"}});
    ASSERT_EQ(cooking.status, 200) << cooking.body;
    EXPECT_EQ(cooking.json().at("status"), "preparing");
    EXPECT_EQ(cooking.header("etag"), "\"2\"");
    EXPECT_EQ(send_json("PATCH", path, cook, {{"status", "served"}}).status, 200);

    const Reply refused = send_json("PATCH", path, cook, {{"status", "pending"}});
    EXPECT_EQ(refused.status, 409);
    EXPECT_EQ(refused.json().at("currentStatus"), "served");
}

TEST_F(ApiTest, RealtimeDescribesTheSdkOptionsAndChannels) {
    const Reply reply = get("/v1/realtime", cook_token());
    ASSERT_EQ(reply.status, 200) << reply.body;
    const auto document = reply.json();
    EXPECT_EQ(document.at("provider"), "builtin");
    EXPECT_EQ(document.at("protocol"), "pusher");
    EXPECT_EQ(
        document.at("options"),
        (nlohmann::json{
            {"key", "key"},
            {"cluster", ""},
            {"wsHost", "push.example.com"},
            {"wsPort", 443},
            {"wssPort", 443},
            {"forceTLS", true},
            {"enabledTransports", {"ws", "wss"}},
            {"channelAuthorization",
             {{"endpoint", "https://push.example.com/v1/realtime/pusher/auth"},
              {"transport", "ajax"}}}})
    );
    const std::string branch = to_string(branch_.id);
    EXPECT_EQ(
        document.at("channels").at(0),
        (nlohmann::json{
            {"name", "kitchen:" + branch},
            {"providerName", "presence-kitchen-" + branch},
            {"kind", "presence"}})
    );
}

TEST_F(ApiTest, LiveAndReadyAnswerWithoutCredentials) {
    EXPECT_EQ(get("/live").body, R"({"status":"live"})");
    EXPECT_EQ(get("/ready").status, 200);
}

TEST_F(ApiTest, ReadyTellsWhyNotAndWhenToAskAgain) {
    readiness_ = Error{
        .kind = ErrorKind::kTimeout,
        .code = "database_away",
        .message = "The database does not answer.",
        .detail = "host=db"};
    const Reply reply = get("/ready");
    EXPECT_EQ(reply.status, 503);
    EXPECT_EQ(reply.code(), "database_away");
    EXPECT_NE(reply.header("retry-after"), "");
    EXPECT_EQ(reply.body.find("host=db"), std::string::npos);
}

TEST_F(ApiTest, HeadAnswersAsGetWithoutABody) {
    const Reply head = send("HEAD", "/live");
    EXPECT_EQ(head.status, 200);
    EXPECT_EQ(head.body, "");
    EXPECT_EQ(head.header("content-length"), std::to_string(get("/live").body.size()));
}

TEST_F(ApiTest, OnlyWhatNeverBlocksIsAnsweredInline) {
    EXPECT_TRUE(Api::answers_inline("GET", "/live"));
    EXPECT_TRUE(Api::answers_inline("HEAD", "/live"));
    EXPECT_TRUE(Api::answers_inline("OPTIONS", "/v1/orders"));
    EXPECT_TRUE(Api::answers_inline("POST", "/pusher/app/k/1/a/xhr"));
    EXPECT_FALSE(Api::answers_inline("POST", "/pusher/auth"));
    EXPECT_FALSE(Api::answers_inline("GET", "/ready"));
    EXPECT_FALSE(Api::answers_inline("POST", "/v1/orders"));
}

}  // namespace
}  // namespace orderpush::http

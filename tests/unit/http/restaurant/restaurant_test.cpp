// Tables, sessions, menu, payments, staff and API keys.

#include "base/clock.hpp"
#include "base/crypto/secret_box.hpp"
#include "core/idempotency_store.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/unit/http/restaurant/restaurant_fixture.hpp"
#include "usecases/access/authenticator.hpp"

namespace orderpush::http {
namespace {

using nlohmann::json;

TEST_F(RestaurantTest, TablesAreMadeInKnownAndNewAreas) {
    const Reply made =
        send_json("POST", tables_path(), manager, {{"number", "R1"}, {"areaName", "Roof"}});
    ASSERT_EQ(made.status, 201) << made.body;
    EXPECT_EQ(made.json().at("table"), "Roof - R1");
    EXPECT_EQ(made.json().at("status"), "free");
    EXPECT_GE(made.json().at("qrToken").get<std::string>().size(), 22U);
    const Reply second = send_json(
        "POST", tables_path(), manager, {{"number", "R2"}, {"areaId", made.json().at("areaId")}}
    );
    ASSERT_EQ(second.status, 201) << second.body;
    EXPECT_EQ(second.json().at("area"), "Roof");
    const Reply third =
        send_json("POST", tables_path(), manager, {{"number", "R3"}, {"areaName", "Roof"}});
    EXPECT_EQ(third.json().at("areaId"), made.json().at("areaId"));
    const Reply taken =
        send_json("POST", tables_path(), manager, {{"number", "R1"}, {"areaName", "Roof"}});
    EXPECT_EQ(taken.status, 409);
    EXPECT_EQ(taken.code(), "table_number_taken");
    EXPECT_EQ(get(tables_path(), manager).json().at("tables").size(), 4U);
}

TEST_F(RestaurantTest, WrongTablesAreRefusedWithEveryFault) {
    const Reply empty = send_json("POST", tables_path(), manager, {{"number", ""}});
    EXPECT_EQ(empty.status, 422);
    EXPECT_NE(empty.fault("number"), "");
    EXPECT_NE(empty.fault("areaId"), "");
    const Reply nowhere = send_json(
        "POST",
        tables_path(),
        manager,
        {{"number", "X"}, {"areaId", to_string(ids_.make<AreaId>())}}
    );
    EXPECT_EQ(nowhere.fault("areaId"), "is no area of this branch");
    EXPECT_NE(send_json("PATCH", table_path(), manager, json::object()).fault("body"), "");
    EXPECT_NE(send_json("PATCH", table_path(), manager, {{"status", "x"}}).fault("status"), "");
    EXPECT_NE(
        send_json("PATCH", table_path(), manager, {{"status", "occupied"}}).fault("status"), ""
    );
}

TEST_F(RestaurantTest, TablesAreManagedByManagersAndCleanedByWaiters) {
    const json table{{"number", "R1"}, {"areaName", "Roof"}};
    EXPECT_EQ(send_json("POST", tables_path(), waiter, table).status, 403);
    EXPECT_EQ(send_json("POST", tables_path(), guest_token(), table).status, 403);
    EXPECT_EQ(send_json("POST", tables_path(), stranger(), table).status, 404);
    const std::string path = table_path();
    EXPECT_EQ(send_json("PATCH", path, waiter, {{"number", "T9"}}).status, 403);
    EXPECT_EQ(send_json("PATCH", path, cook_token(), {{"status", "free"}}).status, 403);
    EXPECT_EQ(send_json("PATCH", path, stranger(), {{"number", "T9"}}).code(), "table_not_found");
    const Reply renamed = send_json("PATCH", path, manager, {{"number", "T9"}});
    ASSERT_EQ(renamed.status, 200) << renamed.body;
    EXPECT_EQ(renamed.json().at("table"), "Terrace - T9");
    EXPECT_FALSE(get(tables_path(), waiter).json().at("tables").at(0).contains("qrToken"));
    EXPECT_TRUE(first_table().contains("qrToken"));
}

TEST_F(RestaurantTest, ATableFollowsItsSession) {
    const auto opened = send_json("POST", "/v1/sessions", "", {{"qrToken", kQrToken}}).json();
    EXPECT_EQ(first_table().at("status"), "occupied");
    EXPECT_EQ(first_table().at("sessionId"), opened.at("session").at("id"));
    const Reply occupied = send_json("PATCH", table_path(), waiter, {{"status", "free"}});
    EXPECT_EQ(occupied.status, 409);
    EXPECT_EQ(occupied.code(), "table_occupied");

    const std::string session = "/v1/sessions/" + opened.at("session").at("id").get<std::string>();
    const std::string token = opened.at("token");
    const HeaderLines as_waiter{"Authorization: Bearer " + waiter};
    EXPECT_EQ(send("POST", session + "/close", {"Authorization: Bearer " + token}).status, 403);
    const Reply closed = send("POST", session + "/close", as_waiter);
    ASSERT_EQ(closed.status, 200) << closed.body;
    EXPECT_EQ(closed.json().at("session").at("status"), "closed");
    EXPECT_EQ(closed.json().at("payments"), json::array());
    EXPECT_EQ(first_table().at("status"), "needs-cleaning");
    EXPECT_EQ(get(session, token).code(), "session_closed");
    EXPECT_EQ(send("POST", session + "/close", as_waiter).json(), closed.json());
    EXPECT_EQ(send_json("PATCH", table_path(), waiter, {{"status", "free"}}).status, 200);
    EXPECT_EQ(first_table().at("status"), "free");
}

TEST_F(RestaurantTest, TheFloorShowsTablesSessionsOrdersAndBills) {
    const std::string guest = guest_token();
    const std::string order = placed_order(guest);
    const std::string path = "/v1/branches/" + to_string(branch_.id) + "/floor";
    const json floor = get(path, waiter).json();
    EXPECT_EQ(floor.at("branchId"), to_string(branch_.id));
    EXPECT_EQ(floor.at("asOf"), "2026-11-21T18:30:00.125Z");
    EXPECT_EQ(floor.at("currency"), branch_.currency);
    ASSERT_EQ(floor.at("orders").size(), 1U);
    const json shown = floor.at("orders").at(0);
    EXPECT_EQ(shown.at("id"), order);
    ASSERT_EQ(floor.at("sessions").size(), 1U);
    const json session = floor.at("sessions").at(0);
    EXPECT_EQ(session.at("id"), shown.at("sessionId"));
    EXPECT_EQ(session.at("tableId"), shown.at("tableId"));
    EXPECT_EQ(session.at("bill").at("finalAmount"), shown.at("finalAmount"));
    EXPECT_EQ(session.at("bill").at("outstandingAmount"), shown.at("finalAmount"));
    for (const json& table : floor.at("tables")) {
        EXPECT_FALSE(table.contains("qrToken")) << "a code seats whoever has it";
        EXPECT_EQ(table.contains("sessionId"), table.at("id") == session.at("tableId"));
    }
    EXPECT_TRUE(floor.at("alarms").empty());
    EXPECT_EQ(floor.at("seq").size(), 3U) << "waiters, tables and menu";
    const json paid{{"sessionId", session.at("id")}, {"amount", 100}, {"method", "cash"}};
    ASSERT_EQ(send_json("POST", "/v1/payments", waiter, paid).status, 201);
    const json after = get(path, waiter).json().at("sessions").at(0).at("bill");
    EXPECT_EQ(after.at("paidAmount"), 100);
    EXPECT_EQ(after.at("outstandingAmount").get<int>(), after.at("finalAmount").get<int>() - 100);
}

TEST_F(RestaurantTest, ANewQrCodeEndsTheOldOne) {
    const HeaderLines keyed{"Authorization: Bearer " + manager, "Idempotency-Key: qr"};
    const Reply renewed = send("POST", table_path() + "/qr", keyed);
    ASSERT_EQ(renewed.status, 201) << renewed.body;
    EXPECT_EQ(send_json("POST", "/v1/sessions", "", {{"qrToken", kQrToken}}).status, 404);
    EXPECT_EQ(first_table().at("qrToken"), renewed.json().at("qrToken"));
    const Reply replayed = send("POST", table_path() + "/qr", keyed);
    EXPECT_EQ(replayed.body, renewed.body);
    EXPECT_EQ(replayed.header("idempotent-replayed"), "true");
    const json again{{"qrToken", renewed.json().at("qrToken")}};
    EXPECT_EQ(send_json("POST", "/v1/sessions", "", again).status, 201);
}

TEST_F(RestaurantTest, SittingDownTwiceWithOneKeyGivesTheSameTokenSealedWhereItIsKept) {
    const json body{{"qrToken", kQrToken}};
    const Reply first = send_keyed("/v1/sessions", "", body, "one");
    ASSERT_EQ(first.status, 201) << first.body;
    const Reply again = send_keyed("/v1/sessions", "", body, "one");
    EXPECT_EQ(again.status, 201);
    EXPECT_EQ(again.body, first.body);
    EXPECT_EQ(again.header("location"), first.header("location"));
    EXPECT_EQ(again.header("idempotent-replayed"), "true");
    const Reply joined = send_keyed("/v1/sessions", "", body, "two");
    EXPECT_EQ(joined.status, 200) << joined.body;
    EXPECT_EQ(joined.json().at("session"), first.json().at("session"));
    EXPECT_EQ(send_keyed("/v1/sessions", "", body, "two").status, 200);
    const auto kept = world_.idempotency().find(branch_.restaurant, "one");
    ASSERT_TRUE(kept && *kept);
    EXPECT_TRUE(SecretBox::is_sealed((*kept)->body));
}

TEST_F(RestaurantTest, TheMenuIsWrittenByManagers) {
    const json bisque{{"name", "Bisque"}, {"price", 900}, {"stationId", to_string(*soup_.station)}};
    EXPECT_EQ(send_json("POST", menu_path(), waiter, bisque).status, 403);
    const Reply made = send_json("POST", menu_path(), manager, bisque);
    ASSERT_EQ(made.status, 201) << made.body;
    EXPECT_EQ(made.json().at("available"), true);
    EXPECT_EQ(made.json().at("branchId"), to_string(branch_.id));
    const std::string path = "/v1/menu/items/" + made.json().at("id").get<std::string>();
    const int told = signal_.count();
    EXPECT_EQ(send_json("PATCH", path, manager, {{"price", 900}}).status, 200);
    EXPECT_EQ(signal_.count(), told) << "nothing changed";
    const Reply sold_out =
        send_json("PATCH", path, manager, {{"available", false}, {"stationId", nullptr}});
    ASSERT_EQ(sold_out.status, 200) << sold_out.body;
    EXPECT_EQ(sold_out.json().at("available"), false);
    EXPECT_FALSE(sold_out.json().contains("stationId"));
    EXPECT_EQ(signal_.count(), told + 1);
    EXPECT_EQ(send_json("PATCH", path, stranger(), {{"price", 1}}).code(), "menu_item_not_found");
}

TEST_F(RestaurantTest, TheMenuStandsInTheOrderOfTheRestaurantUnderItsHeadings) {
    const json soda{{"name", "Soda"}, {"price", 300}, {"category", "Drinks"}, {"position", 20}};
    const Reply made = send_json("POST", menu_path(), manager, soda);
    ASSERT_EQ(made.status, 201) << made.body;
    EXPECT_EQ(made.json().at("category"), "Drinks");
    EXPECT_EQ(made.json().at("position"), 20);
    const std::string menu = "/v1/branches/" + to_string(branch_.id) + "/menu";
    EXPECT_EQ(get(menu).json().at("items").back().at("category"), "Drinks");
    EXPECT_EQ(get(menu).json().at("items").front().at("position"), 0);
    const std::string path = "/v1/menu/items/" + made.json().at("id").get<std::string>();
    const int told = signal_.count();
    const Reply moved =
        send_json("PATCH", path, manager, {{"category", nullptr}, {"position", 10}});
    ASSERT_EQ(moved.status, 200) << moved.body;
    EXPECT_FALSE(moved.json().contains("category"));
    EXPECT_EQ(moved.json().at("position"), 10);
    EXPECT_EQ(signal_.count(), told + 1);
    const json wrong{
        {"name", "Tea"}, {"price", 1}, {"category", std::string(61, 'x')}, {"position", -1}};
    EXPECT_NE(send_json("POST", menu_path(), manager, wrong).fault("category"), "");
    EXPECT_NE(send_json("PATCH", path, manager, {{"position", 1'000'001}}).fault("position"), "");
    EXPECT_NE(send_json("PATCH", path, manager, {{"category", ""}}).fault("category"), "");
}

TEST_F(RestaurantTest, AnItemWithoutAPositionStandsBehindTheOthersOfItsHeading) {
    const auto placed = [&](json item) {
        item["price"] = 300;
        const Reply made = send_json("POST", menu_path(), manager, item);
        EXPECT_EQ(made.status, 201) << made.body;
        return made.json().value("position", -1);
    };
    EXPECT_EQ(placed({{"name", "Soda"}, {"category", "Drinks"}, {"position", 20}}), 20);
    EXPECT_EQ(placed({{"name", "Tart"}, {"category", "Desserts"}, {"position", 40}}), 40);
    EXPECT_EQ(placed({{"name", "Ale"}, {"category", "Drinks"}}), 21);
    EXPECT_EQ(placed({{"name", "Mint"}, {"category", "Teas"}}), 41) << "a new heading";
    EXPECT_EQ(placed({{"name", "Apple"}, {"category", "Drinks"}, {"position", 0}}), 0);
    EXPECT_EQ(placed({{"name", "End"}, {"category", "E"}, {"position", 1'000'000}}), 1'000'000);
    EXPECT_EQ(placed({{"name", "Behind"}, {"category", "E"}}), 1'000'000);
}

TEST_F(RestaurantTest, WrongMenuItemsAreRefused) {
    const Reply wrong = send_json(
        "POST", menu_path(), manager, {{"name", std::string(101, 'x')}, {"price", 1'000'000'001}}
    );
    EXPECT_EQ(wrong.status, 422);
    EXPECT_NE(wrong.fault("name"), "");
    EXPECT_NE(wrong.fault("price"), "");
    const Reply nowhere = send_json(
        "POST",
        menu_path(),
        manager,
        {{"name", "Tea"}, {"price", 1}, {"stationId", to_string(ids_.make<StationId>())}}
    );
    EXPECT_EQ(nowhere.fault("stationId"), "is no station of this branch");
    const std::string path = "/v1/menu/items/" + to_string(soup_.id);
    EXPECT_NE(send_json("PATCH", path, manager, json::object()).fault("body"), "");
    EXPECT_NE(send_json("PATCH", path, manager, {{"price", -1}}).fault("price"), "");
}

TEST_F(RestaurantTest, PaymentsAddUpToTheBillAndCloseTheSessionWhereTheBranchHasThat) {
    world_.set_close_sessions(branch_.id, CloseSessions::kSettled);
    const json opened = seated_with_order();
    const json session = opened.at("session").at("id");
    const std::string path = "/v1/sessions/" + session.get<std::string>();
    const json part{{"sessionId", session}, {"amount", 600}, {"method", "cash"}};
    const Reply first = send_keyed("/v1/payments", waiter, part, "pay");
    ASSERT_EQ(first.status, 201) << first.body;
    EXPECT_EQ(first.json().at("sessionClosed"), false);
    EXPECT_EQ(first.json().at("orderIds").size(), 1U);
    EXPECT_EQ(first.json().at("currency"), "EUR");
    EXPECT_EQ(send_keyed("/v1/payments", waiter, part, "pay").body, first.body);
    const json seen = get(path, opened.at("token")).json();
    EXPECT_EQ(seen.at("bill").at("paidAmount"), 600);
    EXPECT_EQ(seen.at("bill").at("outstandingAmount"), 500);
    EXPECT_EQ(seen.at("payments"), json::array({first.json()}));
    EXPECT_EQ(get(first.header("location"), opened.at("token")).json(), first.json());
    EXPECT_EQ(get(first.header("location"), stranger()).code(), "payment_not_found");

    const Reply too_much = send_json("POST", "/v1/payments", waiter, part);
    EXPECT_EQ(too_much.code(), "overpayment");
    EXPECT_EQ(too_much.json().at("outstandingAmount"), 500);
    json rest = part;
    rest["amount"] = 500;
    rest["orderIds"] = first.json().at("orderIds");
    const Reply settled = send_keyed("/v1/payments", waiter, rest, "rest");
    ASSERT_EQ(settled.status, 201) << settled.body;
    EXPECT_EQ(settled.json().at("sessionClosed"), true);
    EXPECT_EQ(send_keyed("/v1/payments", waiter, rest, "rest").body, settled.body);
    EXPECT_EQ(get(path, opened.at("token")).status, 401);
    EXPECT_EQ(first_table().at("status"), "needs-cleaning");
    EXPECT_EQ(send_json("POST", "/v1/payments", waiter, rest).code(), "session_closed");
}

TEST_F(RestaurantTest, PayingEndsNothingWhileSomethingIsToBeServed) {
    const json opened = seated_with_order();
    const std::string token = opened.at("token");
    const json session = opened.at("session").at("id");
    const std::string path = "/v1/sessions/" + session.get<std::string>();
    const json all{{"sessionId", session}, {"amount", 1100}, {"method", "cash"}};
    const Reply paid = send_keyed("/v1/payments", waiter, all, "pay");
    ASSERT_EQ(paid.status, 201) << paid.body;
    EXPECT_EQ(paid.json().at("sessionClosed"), false);
    EXPECT_EQ(send_keyed("/v1/payments", waiter, all, "pay").body, paid.body);
    const Reply seen = get(path, token);
    ASSERT_EQ(seen.status, 200) << seen.body;
    EXPECT_EQ(seen.json().at("session").at("status"), "open");
    EXPECT_EQ(seen.json().at("bill").at("outstandingAmount"), 0);
    EXPECT_EQ(first_table().at("status"), "occupied");
}

TEST_F(RestaurantTest, TheBillStaysReadableForADayAfterTheGuestsLeft) {
    const json opened = seated_with_order();
    const std::string token = opened.at("token");
    const std::string path = "/v1/sessions/" + opened.at("session").at("id").get<std::string>();
    const json open = get(path, token).json();
    EXPECT_EQ(get(path + "/bill", token).json(), open);
    ASSERT_EQ(send_json("POST", path + "/close", waiter, json::object()).status, 200);
    EXPECT_EQ(get(path, token).code(), "session_closed");
    const Reply left = get(path + "/bill", token);
    ASSERT_EQ(left.status, 200) << left.body;
    EXPECT_EQ(left.json().at("bill"), open.at("bill"));
    EXPECT_EQ(left.json().at("session").at("status"), "closed");
    const json others = seated_with_order();
    const std::string foreign = others.at("session").at("id").get<std::string>();
    EXPECT_EQ(get("/v1/sessions/" + foreign + "/bill", token).status, 403);
    EXPECT_EQ(get(path + "/bill", "opst_of_nobody").code(), "token_invalid");
    world_.clock.advance(std::chrono::hours{25});
    EXPECT_EQ(get(path + "/bill", token).code(), "session_closed");
}

TEST_F(RestaurantTest, WrongPaymentsAreRefused) {
    const json opened = seated_with_order();
    json payment{{"sessionId", opened.at("session").at("id")}, {"amount", 0}, {"method", "cash"}};
    EXPECT_NE(send_json("POST", "/v1/payments", waiter, payment).fault("amount"), "");
    EXPECT_EQ(send_json("POST", "/v1/payments", opened.at("token"), payment).status, 403);
    EXPECT_EQ(send_json("POST", "/v1/payments", stranger(), payment).code(), "session_not_found");
    payment["amount"] = 1;
    payment["orderIds"] = json::array();
    EXPECT_NE(send_json("POST", "/v1/payments", waiter, payment).fault("orderIds"), "");
    payment["orderIds"] = {to_string(ids_.make<OrderId>())};
    EXPECT_EQ(
        send_json("POST", "/v1/payments", waiter, payment).fault("orderIds[0]"),
        "is no order of this session"
    );
    payment.erase("orderIds");
    payment["method"] = "shells";
    EXPECT_NE(send_json("POST", "/v1/payments", waiter, payment).fault("method"), "");
}

TEST_F(RestaurantTest, NewStaffLogIn) {
    json person{
        {"name", "Lee"},
        {"email", "lee@example.com"},
        {"password", "correct horse"},
        {"role", "WAITER"},
        {"branchId", to_string(branch_.id)}};
    EXPECT_EQ(send_json("POST", "/v1/staff", waiter, person).status, 403);
    const Reply hired = send_keyed("/v1/staff", admin, person, "hire");
    ASSERT_EQ(hired.status, 201) << hired.body;
    EXPECT_EQ(hired.body.find("correct horse"), std::string::npos);
    EXPECT_EQ(send_keyed("/v1/staff", admin, person, "hire").body, hired.body);
    const Reply login = send_json(
        "POST", "/v1/staff/login", "", {{"email", "LEE@example.com"}, {"password", "correct horse"}}
    );
    ASSERT_EQ(login.status, 200) << login.body;
    EXPECT_EQ(login.json().at("staffId"), hired.json().at("id"));
    EXPECT_EQ(send_json("POST", "/v1/staff", admin, person).code(), "email_taken");
    person["email"] = "no address";
    person["password"] = "short";
    const Reply wrong = send_json("POST", "/v1/staff", admin, person);
    EXPECT_NE(wrong.fault("email"), "");
    EXPECT_NE(wrong.fault("password"), "");
    person["role"] = "CHEF";
    EXPECT_NE(send_json("POST", "/v1/staff", admin, person).fault("role"), "");
    EXPECT_EQ(send_json("POST", "/v1/staff", stranger(), person).status, 422);
}

TEST_F(RestaurantTest, AnApiKeyIsShownOnceAndCanBeRevoked) {
    const json name{{"name", "shop"}};
    EXPECT_EQ(send_json("POST", "/v1/api-keys", manager, name).status, 403);
    EXPECT_EQ(send("GET", "/v1/api-keys", {std::string{"X-API-Key: "} + kApiKey}).status, 403);
    const Reply made = send_keyed("/v1/api-keys", admin, name, "key");
    ASSERT_EQ(made.status, 201) << made.body;
    const std::string key = made.json().at("key");
    EXPECT_TRUE(key.starts_with("opak_"));
    EXPECT_EQ(send_keyed("/v1/api-keys", admin, name, "key").body, made.body);
    const HeaderLines as_shop{"X-API-Key: " + key};
    EXPECT_EQ(send("GET", tables_path(), as_shop).status, 200);
    EXPECT_EQ(get("/v1/api-keys", admin).body.find(key), std::string::npos);
    const std::string path = "/v1/api-keys/" + made.json().at("id").get<std::string>();
    const HeaderLines as_admin{"Authorization: Bearer " + admin};
    EXPECT_EQ(send("DELETE", path, {"Authorization: Bearer " + stranger()}).status, 404);
    EXPECT_EQ(send("DELETE", path, as_admin).status, 204);
    EXPECT_EQ(send("DELETE", path, as_admin).status, 204);
    EXPECT_EQ(send("GET", tables_path(), as_shop).status, 401);
    EXPECT_NE(send_json("POST", "/v1/api-keys", admin, {{"name", ""}}).fault("name"), "");
}

TEST_F(RestaurantTest, TheRestaurantsWebhookShowsItsSecretOnce) {
    const std::string path = "/v1/restaurant/webhook";
    json webhook{{"url", "https://shop.example/hooks?shop=1"}};
    EXPECT_EQ(get(path, admin).code(), "webhook_not_set");
    EXPECT_EQ(send_json("PUT", path, manager, webhook).status, 403);
    const Reply set = send_json("PUT", path, admin, webhook);
    ASSERT_EQ(set.status, 200) << set.body;
    EXPECT_EQ(set.json().at("url"), webhook.at("url"));
    EXPECT_TRUE(set.json().at("secret").get<std::string>().starts_with("whsec_"));
    EXPECT_FALSE(get(path, admin).json().contains("secret"));
    EXPECT_EQ(get("/v1/webhook-endpoints", admin).json().at("endpoints").size(), 1U);
    EXPECT_EQ(get("/v1/webhook-endpoints", stranger()).json().at("endpoints").size(), 0U);

    webhook["url"] = "https://shop.example/others";
    EXPECT_FALSE(send_json("PUT", path, admin, webhook).json().contains("secret"));
    webhook["renewSecret"] = true;
    EXPECT_NE(send_json("PUT", path, admin, webhook).json().at("secret"), set.json().at("secret"));
    EXPECT_EQ(get(path, stranger()).status, 404);
    EXPECT_EQ(send("DELETE", path, {"Authorization: Bearer " + admin}).status, 204);
    EXPECT_EQ(get(path, admin).status, 404);
}

TEST_F(RestaurantTest, AWebhookGoesToAnAddressOverHttps) {
    for (const char* url :
         {"http://shop.example/",
          "shop.example",
          "https://me@shop.example/",
          "https://s.example/#a"}) {
        const Reply reply = send_json("PUT", "/v1/restaurant/webhook", admin, {{"url", url}});
        EXPECT_EQ(reply.status, 422) << url;
        EXPECT_NE(reply.fault("url"), "") << url;
    }
}

TEST_F(RestaurantTest, AKeyIsNotForAnotherBody) {
    const json table{{"number", "R1"}, {"areaName", "Roof"}};
    ASSERT_EQ(send_keyed(tables_path(), manager, table, "k").status, 201);
    EXPECT_EQ(send_keyed(tables_path(), manager, table, "k").header("idempotent-replayed"), "true");
    const Reply other =
        send_keyed(tables_path(), manager, {{"number", "R2"}, {"areaName", "Roof"}}, "k");
    EXPECT_EQ(other.status, 422);
    EXPECT_EQ(other.code(), "idempotency_key_reused");
}

}  // namespace
}  // namespace orderpush::http

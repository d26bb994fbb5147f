// What changing orders and tickets asks for and answers over HTTP.

#include "tests/unit/http/api_fixture.hpp"

namespace orderpush::http {
namespace {

using nlohmann::json;

class OrderRoutesTest : public ApiTest {
  protected:
    std::string path(const std::string& tail = {}) const { return "/v1/orders/" + order_ + tail; }
    std::string ticket_path(const std::string& tail = {}) const {
        return "/v1/tickets/" + ticket_ + tail;
    }
    Reply change(const std::string& target, const json& body, const HeaderLines& more = {}) {
        HeaderLines headers{
            "Content-Type: application/json", "Authorization: Bearer " + cook_token_};
        headers.insert(headers.end(), more.begin(), more.end());
        return send("PATCH", target, headers, body.dump());
    }
    Reply post(const std::string& target) {
        return send("POST", target, {"Authorization: Bearer " + cook_token_});
    }

    const std::string guest_token_ = guest_token();
    const std::string cook_token_ = cook_token();
    const std::string order_ = placed_order(guest_token_);
    const std::string ticket_ =
        get("/v1/orders/" + order_, cook_token_).json().at("tickets").at(0).at("id");
};

TEST_F(OrderRoutesTest, AChangedOrderHasItsNextVersionAsETag) {
    const Reply moved = change(path(), {{"status", "COOKING"}});
    ASSERT_EQ(moved.status, 200) << moved.body;
    EXPECT_EQ(moved.header("etag"), R"("2")");
    EXPECT_EQ(moved.json().at("tickets").at(0).at("status"), "preparing");
    EXPECT_EQ(get(path(), guest_token_).json(), moved.json());
    const Reply cancelled = change(path(), {{"status", "cancelled"}, {"reason", "late"}});
    EXPECT_EQ(cancelled.json().at("status"), "cancelled");
}

TEST_F(OrderRoutesTest, PreconditionsAreCheckedAndMustBeReadable) {
    const json confirmed{{"status", "confirmed"}};
    const Reply stale = change(path(), confirmed, {R"(If-Match: "7")"});
    EXPECT_EQ(stale.status, 412);
    EXPECT_EQ(stale.code(), "version_mismatch");
    EXPECT_EQ(stale.json().at("currentVersion"), 1);
    const Reply unreadable = change(path(), confirmed, {"If-Match: 1"});
    EXPECT_EQ(unreadable.status, 400);
    EXPECT_EQ(unreadable.code(), "malformed_if_match");
    EXPECT_EQ(change(path(), confirmed, {R"(If-Match: "1")"}).status, 200);
    const json vip{{"priority", "vip"}};
    EXPECT_EQ(change(ticket_path(), vip, {R"(If-Match: "2")"}).status, 412);
    EXPECT_EQ(change(ticket_path(), vip, {R"(If-Match: W/"1")"}).status, 412);
    const Reply changed = change(ticket_path(), vip, {R"(If-Match: "1")"});
    EXPECT_EQ(changed.header("etag"), R"("2")");
}

TEST_F(OrderRoutesTest, LinesAreAddedAndMoved) {
    const json more{{"items", soup_order().at("items")}};
    const Reply added = send_json("POST", path("/items"), guest_token_, more);
    ASSERT_EQ(added.status, 201) << added.body;
    EXPECT_EQ(added.header("location"), path());
    const auto items = added.json().at("items");
    ASSERT_EQ(items.size(), 2U);
    const std::string item = items.at(1).at("itemId");
    const Reply moved = change(path("/items/" + item), {{"status", "ready"}});
    ASSERT_EQ(moved.status, 200) << moved.body;
    EXPECT_EQ(moved.json().at("tickets").at(1).at("status"), "ready");
    EXPECT_EQ(change(path("/items/" + item), {{"status", "confirmed"}}).status, 422);
    EXPECT_EQ(change(path("/items/" + order_), {{"status", "ready"}}).code(), "item_not_found");
    EXPECT_EQ(send_json("POST", path("/items"), cook_token_, more).status, 403);
}

TEST_F(OrderRoutesTest, CancellationsAreAskedForAndAnsweredWithOrWithoutABody) {
    const auto ask = [&] {
        return send_json("POST", path("/cancel-request"), guest_token_, {{"reason", "wrong"}});
    };
    const Reply asked = ask();
    ASSERT_EQ(asked.status, 201) << asked.body;
    EXPECT_EQ(asked.json().at("cancelRequest").at("reason"), "wrong");
    EXPECT_EQ(ask().code(), "cancel_already_requested");
    const std::string reject = path("/cancel-request/reject");
    EXPECT_EQ(
        send_json("POST", reject, cook_token_, json::object()).fault("reason"), "is required"
    );
    EXPECT_EQ(send_json("POST", reject, cook_token_, {{"reason", "no"}}).status, 200);
    ASSERT_EQ(ask().status, 201);
    const std::string accept = path("/cancel-request/accept");
    EXPECT_EQ(
        send_json("POST", accept, cook_token_, {{"ticketId", order_}}).fault("ticketId"),
        "is not a ticket of this order"
    );
    EXPECT_EQ(send_json("POST", accept, cook_token_, {{"why", "so"}}).status, 422);
    EXPECT_EQ(send("POST", accept, {"Authorization: Bearer " + cook_token_}, "{}").status, 415);
    const Reply accepted = post(accept);
    ASSERT_EQ(accepted.status, 200) << accepted.body;
    EXPECT_EQ(accepted.json().at("status"), "cancelled");
    EXPECT_EQ(post(accept).code(), "no_cancel_request");
}

TEST_F(OrderRoutesTest, TicketsAreShownAndWorkedOnWithoutABody) {
    const Reply shown = get(ticket_path(), cook_token_);
    ASSERT_EQ(shown.status, 200) << shown.body;
    EXPECT_EQ(shown.header("etag"), R"("1")");
    EXPECT_EQ(shown.json().at("orderId"), order_);
    EXPECT_EQ(post(ticket_path("/hold")).json().at("isHeld"), true);
    EXPECT_EQ(post(ticket_path("/bump")).code(), "ticket_held");
    EXPECT_EQ(post(ticket_path("/fire")).json().at("isHeld"), false);
    EXPECT_EQ(post(ticket_path("/rush")).json().at("priority"), "express");
    EXPECT_EQ(post(ticket_path("/bump")).json().at("orderStatus"), "completed");
    EXPECT_EQ(post(ticket_path("/recall")).json().at("status"), "ready");
    EXPECT_EQ(get(ticket_path(), guest_token_).status, 403);
}

TEST_F(OrderRoutesTest, WrongWordsOfATicketNameTheirField) {
    EXPECT_EQ(
        change(ticket_path(), {{"status", "served"}}).fault("status"), "is not a status of a ticket"
    );
    EXPECT_EQ(
        change(ticket_path(), {{"priority", "high"}}).fault("priority"),
        "must be normal, express or vip"
    );
    EXPECT_NE(change(ticket_path(), json::object()).fault("body"), "");
    const Reply taken = change(ticket_path(), {{"status", "acknowledged"}});
    EXPECT_EQ(taken.json().at("chefName"), "Kim");
}

TEST_F(OrderRoutesTest, OrdersAreListedBySession) {
    const std::string session = get(path(), cook_token_).json().at("sessionId");
    EXPECT_EQ(get("/v1/orders?sessionId=" + session, cook_token_).json().at("orders").size(), 1U);
    EXPECT_EQ(get("/v1/orders?sessionId=" + order_, cook_token_).json().at("orders").size(), 0U);
    EXPECT_EQ(get("/v1/orders?sessionId=" + order_, guest_token_).status, 403);
}

}  // namespace
}  // namespace orderpush::http

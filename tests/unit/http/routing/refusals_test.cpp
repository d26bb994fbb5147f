// Every way to ask wrongly, and the problem document it gets.

#include "base/clock.hpp"
#include "http/routes.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/unit/http/api_fixture.hpp"
#include "tests/unit/http/api_services.hpp"

#include <algorithm>

namespace orderpush::http {
namespace {

class RefusalsTest : public ApiTest {
  protected:
    Reply order(const std::string& body) {
        return send(
            "POST",
            "/v1/orders",
            {"Authorization: Bearer " + guest_token(), "Content-Type: application/json"},
            body
        );
    }
    Reply order(const nlohmann::json& body) { return order(body.dump()); }
    nlohmann::json order_with(const std::string& item_field, const nlohmann::json& value) const {
        auto body = soup_order();
        body["items"][0][item_field] = value;
        return body;
    }
};

TEST_F(RefusalsTest, ProblemDocumentsAreComplete) {
    const Reply reply = send("GET", "/v1/nothing", {"X-Request-Id: abc-1"});
    EXPECT_EQ(reply.status, 404);
    EXPECT_EQ(reply.header("content-type"), "application/problem+json");
    EXPECT_EQ(
        reply.json(),
        (nlohmann::json{
            {"type", "about:blank"},
            {"title", "Not Found"},
            {"status", 404},
            {"detail", "There is nothing at this address."},
            {"code", "not_found"},
            {"requestId", "abc-1"}})
    );
}

TEST_F(RefusalsTest, UnparseableBodiesAreMalformed) {
    for (const std::string& body :
         {std::string{"{\"items\":"},
          std::string{"{} {}"},
          std::string{"{\"a\":1,}"},
          std::string{"{\"note\":\"\xff\"}"},
          std::string{"{\"note\":\"\\ud800\"}"},
          std::string{"{}\0", 3},
          std::string{"{\"note\":\"a\",\"note\":\"b\"}"},
          std::string(100'000, '['),
          "{\"a\":" + std::string(32, '[') + std::string(32, ']') + "}"}) {
        const Reply reply = order(body);
        EXPECT_EQ(reply.status, 400) << body.substr(0, 40);
        EXPECT_EQ(reply.code(), "malformed_json");
    }
}

TEST_F(RefusalsTest, EmptyBodyIsMalformed) {
    EXPECT_EQ(order(std::string{}).status, 400);
}

TEST_F(RefusalsTest, NestingUpToTheLimitIsOnlyUnknown) {
    const Reply reply = order("{\"a\":" + std::string(31, '[') + std::string(31, ']') + "}");
    EXPECT_EQ(reply.status, 422);
    EXPECT_EQ(reply.fault("a"), "is not a known field");
}

TEST_F(RefusalsTest, BodyMustBeAnObject) {
    for (const char* body : {"[]", "1", "null", "\"x\""}) {
        EXPECT_EQ(order(std::string{body}).code(), "body_not_object") << body;
    }
}

TEST_F(RefusalsTest, WrongTypesNameTheirField) {
    for (const auto& [field, value] : std::vector<std::pair<std::string, nlohmann::json>>{
             {"quantity", "1"},
             {"quantity", 1.5},
             {"quantity", 2.0},
             {"quantity", nullptr},
             {"quantity", 18'446'744'073'709'551'615U},
             {"note", 7},
             {"note", std::string("a\0b", 3)},
             {"menuItemId", 7},
             {"menuItemId", "x"},
             {"menuItemId", nullptr},
             {"price", 1}}) {
        const Reply reply = order(order_with(field, value));
        EXPECT_EQ(reply.status, 422) << field << " " << value;
        EXPECT_NE(reply.fault("items[0]." + field), "") << reply.body;
        EXPECT_EQ(reply.json().at("errors").size(), 1U) << reply.body;
    }
}

TEST_F(RefusalsTest, NumbersBeyondAllRangesAreInvalid) {
    const Reply reply = order(std::string{R"({"items":[{"quantity":1e999}]})"});
    EXPECT_EQ(reply.status, 422);
    EXPECT_EQ(reply.fault("quantity"), "is out of range");
    EXPECT_EQ(order(std::string{R"({"items":[{"quantity":99999999999999999999}]})"}).status, 422);
}

TEST_F(RefusalsTest, AllFaultsAreTold) {
    const Reply reply =
        order(nlohmann::json{{"items", {7, {{"quantity", "x"}}}}, {"note", 1}, {"extra", true}});
    EXPECT_EQ(reply.status, 422);
    for (const char* field :
         {"items[0]", "items[1].menuItemId", "items[1].quantity", "note", "extra"}) {
        EXPECT_NE(reply.fault(field), "") << field;
    }
}

TEST_F(RefusalsTest, FaultsAreBounded) {
    nlohmann::json body = soup_order();
    for (int i = 0; i < 1000; ++i) {
        body["field" + std::to_string(i)] = i;
    }
    EXPECT_EQ(order(body).json().at("errors").size(), 20U);
}

TEST_F(RefusalsTest, MissingFieldsAreRequired) {
    EXPECT_EQ(order(std::string{"{}"}).fault("items"), "is required");
    EXPECT_EQ(order(std::string{R"({"items":"x"})"}).fault("items"), "must be an array");
    const Reply login = send_json("POST", "/v1/staff/login", "", nlohmann::json::object());
    EXPECT_EQ(login.fault("email"), "is required");
    EXPECT_EQ(login.fault("password"), "is required");
    EXPECT_EQ(
        send_json("POST", "/v1/sessions", "", nlohmann::json::object()).fault("qrToken"),
        "is required"
    );
}

TEST_F(RefusalsTest, WhatTheServicesRefuseKeepsItsField) {
    EXPECT_NE(order(order_with("quantity", 0)).fault("items[0].quantity"), "");
    EXPECT_EQ(send_json("POST", "/v1/sessions", "", {{"qrToken", "unknown"}}).status, 404);
}

TEST_F(RefusalsTest, OtherMediaTypesAreUnsupported) {
    const std::string token = guest_token();
    for (const HeaderLines& headers : std::vector<HeaderLines>{
             {"Content-Type: text/plain"},
             {"Content-Type: application/x-www-form-urlencoded"},
             {"Content-Type: multipart/form-data; boundary=x"},
             {"Content-Type: application/jsonp"},
             {"Content-Type: application/json", "Content-Encoding: gzip"},
             {}}) {
        HeaderLines all = headers;
        all.push_back("Authorization: Bearer " + token);
        const Reply reply = send("POST", "/v1/orders", all, soup_order().dump());
        EXPECT_EQ(reply.status, 415) << (headers.empty() ? "none" : headers.front());
    }
}

TEST_F(RefusalsTest, UnknownPathsAndIdsAreNotFound) {
    const std::string cook = cook_token();
    for (const char* path :
         {"//", "/v1", "/live/", "/v1/orders/7", "/v1/orders/%zz", "/v1/orders//", "/V1/orders"}) {
        EXPECT_EQ(get(path, cook).status, 404) << path;
    }
    EXPECT_EQ(get("/v1/orders/" + to_string(ids_.next()), cook).status, 404);
    EXPECT_EQ(get("/v1/branches/" + to_string(ids_.next()) + "/menu").status, 404);
}

TEST_F(RefusalsTest, OtherMethodsAreNotAllowed) {
    const Reply orders = send("PUT", "/v1/orders");
    EXPECT_EQ(orders.status, 405);
    EXPECT_EQ(orders.code(), "method_not_allowed");
    EXPECT_EQ(orders.header("allow"), "POST, GET, HEAD, OPTIONS");
    EXPECT_EQ(send("DELETE", "/v1/orders/" + to_string(ids_.next())).status, 405);
    EXPECT_EQ(send("POST", "/live").status, 405);
}

TEST_F(RefusalsTest, QueryParametersAreChecked) {
    const std::string cook = cook_token();
    for (const auto& [query, field] : std::vector<std::pair<std::string, std::string>>{
             {"limit=x", "limit"},
             {"limit=0", "limit"},
             {"limit=99999999999", "limit"},
             {"status=eaten", "status"},
             {"after=7", "after"},
             {"branchId=", "branchId"},
             {"page=2", "page"},
             {"limit=1&limit=2", "limit"}}) {
        const Reply reply = get("/v1/orders?" + query, cook);
        EXPECT_EQ(reply.status, 422) << query;
        EXPECT_NE(reply.fault(field), "") << query << reply.body;
    }
    EXPECT_EQ(get("/v1/orders?limit=%zz", cook).status, 400);
}

TEST_F(RefusalsTest, PagesAndHealthChecksIgnoreWhateverQueryALinkCarries) {
    const std::vector<std::string> targets{
        "/live",
        "/ready",
        "/metrics",
        "/openapi.json",
        "/events.schema.json",
        "/docs",
        "/docs/",
        "/docs/app.js",
        "/kitchen",
        "/t",
        "/t/qr-terrace-t5",
        "/waiter",
        "/ops",
        "/assets/app.js"};
    for (const std::string& target : targets) {
        const Reply plain = get(target);
        for (const std::string query :
             {"fbclid=IwAR0", "utm_source=a&utm_source=b", "x", "x=%zz"}) {
            const Reply reply = get(target + "?" + query);
            EXPECT_EQ(reply.status, plain.status) << target << '?' << query;
            EXPECT_EQ(reply.header("content-type"), plain.header("content-type")) << target;
        }
    }
    EXPECT_EQ(get("/live?x=1").status, 200);
    EXPECT_EQ(get("/v1/branches/" + to_string(branch_.id) + "/menu?x=1").status, 422);
}

TEST_F(RefusalsTest, AnEmptyIdempotencyKeyIsRefusedByEveryRequestThatWrites) {
    for (const char* key : {"Idempotency-Key:", "Idempotency-Key:   "}) {
        for (const auto& [method, target] : std::vector<std::pair<std::string, std::string>>{
                 {"POST", "/v1/orders"},
                 {"POST", "/v1/staff/login"},
                 {"POST", "/v1/sessions"},
                 {"POST", "/v1/tickets/" + to_string(ids_.make<TicketId>()) + "/recall"},
                 {"PATCH", "/v1/orders/" + to_string(ids_.make<OrderId>())}}) {
            const Reply reply = send(
                method,
                target,
                {"Authorization: Bearer " + cook_token(), "Content-Type: application/json", key},
                "{}"
            );
            EXPECT_EQ(reply.status, 422) << target;
            EXPECT_NE(reply.fault("Idempotency-Key"), "") << target;
        }
        EXPECT_EQ(send("GET", "/live", {key}).status, 200);
    }
}

TEST_F(RefusalsTest, IdempotencyKeysArePrintableAndBounded) {
    for (const std::string& key : {std::string(256, 'k'), std::string{"k\xC3\xA9"}}) {
        const Reply reply = send(
            "POST",
            "/v1/orders",
            {"Authorization: Bearer " + guest_token(),
             "Content-Type: application/json",
             "Idempotency-Key: " + key},
            soup_order().dump()
        );
        EXPECT_EQ(reply.status, 422);
        EXPECT_NE(reply.fault("Idempotency-Key"), "");
    }
}

TEST_F(RefusalsTest, CredentialsAreRequiredAndMustProveSomething) {
    const Reply missing = get("/v1/orders");
    EXPECT_EQ(missing.status, 401);
    EXPECT_EQ(missing.code(), "credential_missing");
    EXPECT_EQ(missing.header("www-authenticate"), "Bearer");
    for (const char* header :
         {"Authorization: Bearer",
          "Authorization: Bearer opst_unknown",
          "Authorization: bearer x.y.z",
          "Authorization: Basic a2ltOng=",
          "X-API-Key: opak_unknown"}) {
        EXPECT_EQ(send("GET", "/v1/orders", {header}).status, 401) << header;
    }
    const Reply login =
        send_json("POST", "/v1/staff/login", "", {{"email", kEmail}, {"password", "wrong"}});
    EXPECT_EQ(login.status, 401);
    EXPECT_EQ(login.code(), "login_failed");
}

TEST_F(RefusalsTest, ApiKeysAndLowerCaseSchemesAreTaken) {
    const std::string path = "/v1/orders?branchId=" + to_string(branch_.id);
    EXPECT_EQ(send("GET", path, {std::string{"X-API-Key: "} + kApiKey}).status, 200);
    const HeaderLines behind_proxy{
        "Authorization: Basic eDp5", std::string{"X-API-Key: "} + kApiKey};
    EXPECT_EQ(send("GET", path, behind_proxy).status, 200);
    EXPECT_EQ(send("GET", path, {"Authorization: Basic eDp5"}).status, 401);
    EXPECT_EQ(send("GET", path, {"authorization: bearer " + cook_token()}).status, 200);
}

TEST_F(RefusalsTest, RolesAreForbiddenWhatTheyMayNot) {
    const std::string guest = guest_token();
    const std::string path = "/v1/orders/" + placed_order(guest);
    EXPECT_EQ(send_json("PATCH", path, guest, {{"status", "ready"}}).status, 403);
}

TEST_F(RefusalsTest, TokensEndWithTheirSession) {
    const auto opened = send_json("POST", "/v1/sessions", "", {{"qrToken", kQrToken}}).json();
    const auto session = parse_id<SessionId>(opened.at("session").at("id").get<std::string>());
    world_.close_session(session.value(), world_.clock.now());
    const Reply reply = send_json("POST", "/v1/orders", opened.at("token"), soup_order());
    EXPECT_EQ(reply.status, 401);
    EXPECT_EQ(reply.code(), "session_closed");
}

TEST_F(RefusalsTest, SdksAreToldForGoodThatTheSessionIsOver) {
    const auto opened = send_json("POST", "/v1/sessions", "", {{"qrToken", kQrToken}}).json();
    const auto session = parse_id<SessionId>(opened.at("session").at("id").get<std::string>());
    const std::string token = opened.at("token");
    world_.close_session(session.value(), world_.clock.now());
    for (const Route& route : all_routes()) {
        if (route.access != Access::kSubscriber) {
            continue;
        }
        const std::string method{route.method};
        const std::string path{route.pattern};
        const auto ask = [&](const std::string& credential) {
            return send(
                method,
                path,
                {"Authorization: Bearer " + credential,
                 "Content-Type: application/x-www-form-urlencoded"},
                method == "POST" ? "socket_id=1.2&channel_name=private-x" : ""
            );
        };
        const Reply closed = ask(token);
        EXPECT_EQ(closed.status, 403) << path;
        EXPECT_EQ(closed.code(), "session_closed") << path;
        EXPECT_EQ(ask("opst_unknown").status, 401) << path << ": another token can help";
        EXPECT_EQ(ask(token + "x").status, 401) << path;
    }
    const auto routes = all_routes();
    EXPECT_EQ(std::ranges::count(routes, Access::kSubscriber, &Route::access), 11)
        << "where the SDKs ask, by default too";
}

TEST_F(RefusalsTest, UnavailableStoresSayWhenToAskAgainAndNothingMore) {
    services_->order_store.failure = Error{
        .kind = ErrorKind::kUnavailable,
        .code = "database_unavailable",
        .message = "Try again.",
        .detail = "password=hunter2",
        .retry_after = std::chrono::seconds{3}};
    const Reply reply = get("/v1/orders/" + to_string(ids_.next()), cook_token());
    EXPECT_EQ(reply.status, 503);
    EXPECT_EQ(reply.header("retry-after"), "3");
    EXPECT_EQ(reply.body.find("hunter2"), std::string::npos);
}

TEST_F(RefusalsTest, ExceptionsBecomeInternalErrorsWithoutTheirText) {
    services_->order_store.exception = "secret of the house";
    const Reply reply = get("/v1/orders/" + to_string(ids_.next()), cook_token());
    EXPECT_EQ(reply.status, 500);
    EXPECT_EQ(reply.code(), "internal");
    EXPECT_EQ(reply.body.find("secret"), std::string::npos);
    EXPECT_EQ(reply.header("exception_what"), "");
}

TEST_F(RefusalsTest, HalfAnEmojiIsNamedAsWhatIsWrong) {
    const Reply reply = order(std::string{"{\"note\":\"\\ud83c\"}"});
    EXPECT_EQ(reply.code(), "malformed_json");
    const std::string detail = reply.json().at("detail");
    EXPECT_TRUE(detail.starts_with("The body has half of a UTF-16 surrogate pair near byte "));
}

TEST_F(RefusalsTest, TheHeadAloneSaysWhetherALargeBodyIsWorthReading) {
    const auto is_known = [this](std::string_view path, const char* name, std::string value) {
        return api_.knows_sender(
            {.method = "POST", .path = path, .headers = {{name, value}}, .remote_address = "::1"}
        );
    };
    EXPECT_TRUE(is_known("/v1/orders", "Authorization", "Bearer " + guest_token()));
    EXPECT_TRUE(is_known("/v1/menu/items", "authorization", "Bearer " + cook_token()));
    EXPECT_TRUE(is_known("/webhooks/pusher", "Host", "x")) << "it is signed over its body";
    EXPECT_FALSE(is_known("/v1/orders", "Host", "x"));
    EXPECT_FALSE(is_known("/v1/orders", "X-API-Key", "opak_made_up"));
    EXPECT_FALSE(is_known("/v1/orders", "Authorization", "Bearer made.up.token"));
    EXPECT_FALSE(is_known("/v1/staff/login", "Authorization", "Basic dTpw"));
}

}  // namespace
}  // namespace orderpush::http

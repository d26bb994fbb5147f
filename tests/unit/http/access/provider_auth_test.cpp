// What the SDKs ask for beside channel signatures: POST /v1/realtime/pusher/user-auth, and
// /v1/realtime/ably/auth.

#include "base/clock.hpp"
#include "protocol/ably_token_issuer.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/unit/http/api_fixture.hpp"
#include "tests/unit/http/api_services.hpp"
#include "usecases/access/token_service.hpp"

namespace orderpush::http {
namespace {

constexpr const char* kForm = "Content-Type: application/x-www-form-urlencoded";

class PusherUserAuthTest : public ApiTest {
  protected:
    Reply sign_in(
        const std::string& token,
        const std::string& form,
        const std::string& path = "/v1/realtime/pusher/user-auth"
    ) {
        return send("POST", path, {"Authorization: Bearer " + token, kForm}, form);
    }
};

TEST_F(PusherUserAuthTest, SignsWhoTheCallerIs) {
    const std::string cook = cook_token();
    const Reply reply = sign_in(cook, "socket_id=1.2&more=1");
    ASSERT_EQ(reply.status, 200) << reply.body;
    const auto grant = reply.json();
    const auto user_data = grant.at("user_data").get<std::string>();
    EXPECT_EQ(grant.at("auth"), "key:" + hmac_sha256_hex("secret", "1.2::user::" + user_data));
    const auto user = nlohmann::json::parse(user_data);
    EXPECT_EQ(user.at("id"), "staff-" + to_string(cook_.id));
    EXPECT_EQ(user.at("user_info").at("role"), "KITCHEN");
    for (const char* path : {"/pusher/user-auth", "/broadcasting/user-auth"}) {
        EXPECT_EQ(sign_in(cook, "socket_id=1.2", path).body, reply.body) << path;
    }
}

TEST_F(PusherUserAuthTest, RefusalsAreForbidden) {
    EXPECT_EQ(sign_in(cook_token(), "").status, 403);
    EXPECT_EQ(sign_in(cook_token(), "socket_id=1.2:private-x").code(), "socket_id_invalid");
    EXPECT_EQ(sign_in(kApiKey, "socket_id=1.2").status, 403);
    EXPECT_EQ(sign_in("nonsense", "socket_id=1.2").status, 401);
}

TEST_F(PusherUserAuthTest, AProviderCanBeNamed) {
    const std::string cook = cook_token();
    const std::string path = "/v1/realtime/pusher/user-auth?provider=";
    EXPECT_EQ(sign_in(cook, "socket_id=1.2", path + "builtin").status, 200);
    EXPECT_EQ(sign_in(cook, "socket_id=1.2", path + "other").code(), "provider_unknown");
}

class AblyAuthTest : public ApiTest {
  protected:
    AblyAuthTest() {
        auto services = dependencies();
        services.ably_tokens = &tokens_;
        with_ably_ = std::make_unique<Api>(services, ApiOptions{});
    }
    Reply ask(const std::string& token, const std::string& query = "") {
        return exchange(
            *with_ably_,
            {.target = "/v1/realtime/ably/auth" + query,
             .headers = {"Authorization: Bearer " + token},
             .peer = "127.0.0.1"}
        );
    }
    nlohmann::json claims_of(const Reply& reply) const {
        const JwtKeyring keyring{{{.kid = "app.key", .secret = "secret"}}};
        return nlohmann::json::parse(keyring.verify(reply.body, world_.clock.now()).value());
    }
    nlohmann::json capability_of(const Reply& reply) const {
        return nlohmann::json::parse(claims_of(reply).at("x-ably-capability").get<std::string>());
    }
    static std::string encoded(const nlohmann::json& document) {
        std::string text;
        for (const char c : document.dump()) {
            constexpr std::string_view kDigits = "0123456789ABCDEF";
            const auto byte = static_cast<unsigned char>(c);
            text += {'%', kDigits[byte >> 4U], kDigits[byte & 15U]};
        }
        return text;
    }

    const protocol::AblyTokenIssuer issuer_{{.name = "app.key", .secret = "secret"}, false};
    usecases::TokenService tokens_{issuer_, services_->access, world_.clock};
    std::unique_ptr<Api> with_ably_;
    const std::string of_branch_ = ":" + to_string(branch_.id);
};

TEST_F(AblyAuthTest, ACookHearsTheKitchenOfItsBranch) {
    const Reply reply = ask(cook_token());
    ASSERT_EQ(reply.status, 200) << reply.body;
    EXPECT_EQ(reply.header("content-type"), "application/jwt");
    EXPECT_EQ(
        capability_of(reply),
        (nlohmann::json{
            {"kitchen" + of_branch_, {"presence", "subscribe"}},
            {"menu" + of_branch_, {"subscribe"}},
            {"tables" + of_branch_, {"subscribe"}}})
    );
    const auto claims = claims_of(reply);
    EXPECT_EQ(claims.at("x-ably-clientId"), "staff-" + to_string(cook_.id));
    EXPECT_EQ(claims.at("exp").get<int>() - claims.at("iat").get<int>(), 15 * 60);
}

TEST_F(AblyAuthTest, AGuestHearsItsSessionAndTheMenuOnly) {
    const Reply reply = ask(guest_token());
    ASSERT_EQ(reply.status, 200) << reply.body;
    const auto capability = capability_of(reply);
    EXPECT_EQ(capability.size(), 2U);
    for (const auto& [resource, operations] : capability.items()) {
        EXPECT_TRUE(resource.starts_with("session:") || resource.starts_with("menu:")) << resource;
    }
    EXPECT_TRUE(claims_of(reply).at("x-ably-clientId").get<std::string>().starts_with("guest-"));
}

TEST_F(AblyAuthTest, NothingEndsATokenSoTablesAreForStaff) {
    const auto opened = send_json("POST", "/v1/sessions", "", {{"qrToken", kQrToken}}).json();
    const std::string table = "table:" + opened.at("session").at("tableId").get<std::string>();
    const std::string wish =
        "?capability=" + encoded(nlohmann::json{{table, {"subscribe"}}, {"*", {"*"}}});
    const Reply guests = ask(opened.at("token"), wish);
    ASSERT_EQ(guests.status, 200) << guests.body;
    EXPECT_FALSE(capability_of(guests).contains(table));
    EXPECT_EQ(capability_of(guests).size(), 2U);
    EXPECT_TRUE(capability_of(ask(cook_token(), wish)).contains(table));
}

TEST_F(AblyAuthTest, WhatIsAskedForIsNarrowedToWhatIsAllowed) {
    const std::string guest = guest_token();
    const std::string order = "order:" + placed_order(guest);
    const nlohmann::json wish{
        {order, {"*"}},
        {"kitchen" + of_branch_, {"subscribe"}},
        {"menu" + of_branch_, {"publish"}}};
    const Reply reply = ask(guest, "?capability=" + encoded(wish));
    ASSERT_EQ(reply.status, 200) << reply.body;
    EXPECT_EQ(capability_of(reply), (nlohmann::json{{order, {"subscribe"}}}));
}

TEST_F(AblyAuthTest, NothingAllowedIsForbiddenForGood) {
    const nlohmann::json wish{{"kitchen" + of_branch_, {"subscribe"}}};
    const Reply reply = ask(guest_token(), "?capability=" + encoded(wish));
    EXPECT_EQ(reply.status, 403);
    EXPECT_EQ(reply.code(), "capability_empty");
    EXPECT_EQ(ask(cook_token(), "?clientId=staff-2").code(), "client_id_foreign");
    EXPECT_EQ(ask(kApiKey).status, 403);
    EXPECT_EQ(ask("nonsense").status, 401);
}

TEST_F(AblyAuthTest, ParametersOfTheSdkAreUnderstoodAndOthersIgnored) {
    const std::string cook = cook_token();
    const std::string own = "?clientId=staff-" + to_string(cook_.id);
    const Reply reply = ask(cook, own + "&ttl=120000&rnd=123&timestamp=1&custom=x");
    ASSERT_EQ(reply.status, 200) << reply.body;
    const auto claims = claims_of(reply);
    EXPECT_EQ(claims.at("exp").get<int>() - claims.at("iat").get<int>(), 120);
    EXPECT_EQ(claims_of(ask(cook, "?ttl=86400000")).at("exp"), claims_of(ask(cook)).at("exp"))
        << "at most a quarter of an hour";
    EXPECT_EQ(ask(cook, "?ttl=soon").status, 422);
    EXPECT_EQ(ask(cook, "?format=xml").status, 422);
    EXPECT_EQ(ask(cook, "?capability=nonsense").status, 422);
}

TEST_F(AblyAuthTest, ATokenRequestCanBeAskedForInstead) {
    const Reply reply = ask(cook_token(), "?format=tokenRequest");
    ASSERT_EQ(reply.status, 200) << reply.body;
    EXPECT_EQ(reply.header("content-type"), "application/json");
    EXPECT_EQ(reply.json().at("keyName"), "app.key");
    EXPECT_EQ(reply.json().at("mac").get<std::string>().size(), 44U);
}

TEST_F(AblyAuthTest, WithoutAblyThereIsNoToken) {
    EXPECT_EQ(get("/v1/realtime/ably/auth", cook_token()).code(), "provider_not_configured");
    EXPECT_EQ(get("/api/ably", cook_token()).status, 404);
}

TEST_F(AblyAuthTest, AStoreThatIsAwayStaysUnavailable) {
    services_->order_store.failure = Error{
        .kind = ErrorKind::kUnavailable,
        .code = "database_unavailable",
        .message = "Try again.",
        .retry_after = std::chrono::seconds{1}};
    const nlohmann::json wish{{"order:" + to_string(ids_.next()), {"subscribe"}}};
    EXPECT_EQ(ask(cook_token(), "?capability=" + encoded(wish)).status, 503);
}

}  // namespace
}  // namespace orderpush::http

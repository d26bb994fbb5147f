// How many requests a client may make, and who counts as one.

#include "http/routing/request_limits.hpp"

#include "tests/unit/http/api_fixture.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace orderpush::http {
namespace {

struct RequestLimitsTest : ApiTest {
    Deadline now{std::chrono::hours{1'000}};

    ApiOptions options(RequestLimitOptions limits, const std::string& proxies = {}) {
        limits.now = [this] { return now; };
        return {.proxies = TrustedProxies::parse(proxies).value(), .limits = limits};
    }
    static Reply ask(
        Api& api,
        const std::string& target,
        const HeaderLines& headers = {},
        const std::string& peer = "203.0.113.7"
    ) {
        return exchange(api, {.target = target, .headers = headers, .peer = peer});
    }
    std::string menu() const { return "/v1/branches/" + to_string(branch_.id) + "/menu"; }
    static std::string bearer(const std::string& token) { return "Authorization: Bearer " + token; }
};

TEST_F(RequestLimitsTest, OneAddressIsRefusedBeyondItsLimit) {
    Api api{dependencies(), options({.per_address = 2})};
    EXPECT_EQ(ask(api, menu()).status, 200);
    EXPECT_EQ(ask(api, menu()).status, 200);
    const Reply refused = ask(api, menu());
    EXPECT_EQ(refused.status, 429);
    EXPECT_EQ(refused.code(), "rate_limited");
    EXPECT_EQ(refused.header("content-type"), "application/problem+json");
    EXPECT_EQ(refused.header("retry-after"), "30");
    EXPECT_EQ(ask(api, menu(), {}, "203.0.113.8").status, 200);
    now += std::chrono::seconds{30};
    EXPECT_EQ(ask(api, menu()).status, 200);
}

TEST_F(RequestLimitsTest, TheAddressCountsBeforeTheCredentialIsLookedUp) {
    Api api{dependencies(), options({.per_address = 1})};
    EXPECT_EQ(ask(api, "/v1/orders", {bearer("opst_wrong")}).status, 401);
    EXPECT_EQ(ask(api, "/v1/orders", {bearer("opst_wrong")}).status, 429);
}

TEST_F(RequestLimitsTest, HealthChecksAndPreflightsAreNotCounted) {
    Api api{dependencies(), options({.per_address = 1})};
    EXPECT_EQ(ask(api, menu()).status, 200);
    for (const char* target : {"/live", "/ready"}) {
        const Reply reply = ask(api, target);
        EXPECT_EQ(reply.status, 200) << target;
        EXPECT_EQ(reply.header("ratelimit"), "") << target;
    }
    EXPECT_EQ(exchange(api, {.method = "OPTIONS", .target = "/v1/orders"}).status, 204);
}

TEST_F(RequestLimitsTest, TheGuestsOfASessionShareALimitWhateverTheirDevicesAreCalled) {
    std::vector<std::string> guests;
    for (int i = 0; i < 3; ++i) {
        const nlohmann::json body{{"qrToken", kQrToken}, {"deviceId", "d" + std::to_string(i)}};
        guests.push_back(send_json("POST", "/v1/sessions", "", body).json().at("token"));
    }
    Api api{dependencies(), options({.per_caller = 2, .per_session = 4})};
    for (const int status : {200, 200, 429}) {
        EXPECT_EQ(ask(api, "/v1/orders", {bearer(guests[0])}).status, status);
    }
    EXPECT_EQ(ask(api, "/v1/orders", {bearer(guests[1])}).status, 200);
    const Reply refused = ask(api, "/v1/orders", {bearer(guests[2])});
    EXPECT_EQ(refused.status, 429);
    EXPECT_EQ(refused.code(), "rate_limited");
    EXPECT_EQ(refused.header("ratelimit-policy"), "\"session\";q=4;w=60");
}

TEST_F(RequestLimitsTest, AnswersTellTheTightestQuota) {
    const std::string cook = cook_token();
    Api api{dependencies(), options({.per_address = 100, .per_caller = 60})};
    const Reply reply = ask(api, "/v1/realtime", {bearer(cook)});
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.header("ratelimit-policy"), "\"caller\";q=60;w=60");
    EXPECT_EQ(reply.header("ratelimit"), "\"caller\";r=59;t=1");
    EXPECT_EQ(reply.header("ratelimit-limit"), "60");
    EXPECT_EQ(reply.header("ratelimit-remaining"), "59");
    EXPECT_EQ(reply.header("ratelimit-reset"), "1");
    EXPECT_EQ(ask(api, menu()).header("ratelimit-policy"), "\"address\";q=100;w=60");
}

TEST_F(RequestLimitsTest, NothingIsToldWhereNothingIsLimited) {
    for (const auto& [name, value] : get(menu()).headers) {
        EXPECT_FALSE(name.starts_with("ratelimit")) << name;
    }
}

TEST_F(RequestLimitsTest, EachCallerHasItsOwnCountWhereverItCallsFrom) {
    const std::string cook = cook_token();
    const std::string ada = guest_token();
    const std::string bob = guest_token();
    Api api{dependencies(), options({.per_caller = 1})};
    for (const std::string& token : {cook, ada, bob}) {
        EXPECT_EQ(ask(api, "/v1/realtime", {bearer(token)}).status, 200);
        const Reply refused = ask(api, "/v1/realtime", {bearer(token)}, "198.51.100.1");
        EXPECT_EQ(refused.status, 429);
        EXPECT_EQ(refused.header("ratelimit-remaining"), "0");
        EXPECT_EQ(refused.header("retry-after"), "60");
    }
}

TEST_F(RequestLimitsTest, ApiKeysHaveALimitOfTheirOwn) {
    Api api{dependencies(), options({.per_caller = 1, .per_api_key = 2})};
    const std::string orders = "/v1/orders?branchId=" + to_string(branch_.id);
    const HeaderLines key{std::string{"X-API-Key: "} + kApiKey};
    EXPECT_EQ(ask(api, orders, key).header("ratelimit-policy"), "\"api-key\";q=2;w=60");
    EXPECT_EQ(ask(api, orders, key).status, 200);
    EXPECT_EQ(ask(api, orders, key).status, 429);
}

TEST_F(RequestLimitsTest, BehindATrustedProxyTheForwardedAddressCounts) {
    Api api{dependencies(), options({.per_address = 1}, "10.0.0.0/8")};
    const auto from = [&](const std::string& list) {
        return ask(api, menu(), {"X-Forwarded-For: " + list}, "10.0.0.1").status;
    };
    EXPECT_EQ(from("198.51.100.1"), 200);
    EXPECT_EQ(from("198.51.100.2"), 200);
    EXPECT_EQ(from("1.1.1.1, 198.51.100.2, 10.0.0.9"), 429);
    // Not from whom we do not trust.
    EXPECT_EQ(ask(api, menu(), {"X-Forwarded-For: 1.1.1.1"}).status, 200);
    EXPECT_EQ(ask(api, menu(), {"X-Forwarded-For: 1.1.1.2"}).status, 429);
}

TEST_F(RequestLimitsTest, AnUntrustedProxyNearbyIsHintedAtOnce) {
    Api api{dependencies(), options({})};
    testing::internal::CaptureStderr();
    ask(api, menu(), {"X-Forwarded-For: 198.51.100.1"}, "203.0.113.9");
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
    testing::internal::CaptureStderr();
    for (int i = 0; i < 20; ++i) {
        ask(api, menu(), {"X-Forwarded-For: 198.51.100.1"}, "10.0.0.1");
    }
    const std::string lines = testing::internal::GetCapturedStderr();
    EXPECT_NE(lines.find("TRUSTED_PROXIES"), std::string::npos);
    EXPECT_NE(lines.find("10.0.0.1"), std::string::npos);
    EXPECT_LE(std::ranges::count(lines, '\n'), 2);
}

TEST_F(RequestLimitsTest, LogInsAreCountedByTheClientsAddress) {
    Api api{dependencies(), options({}, "10.0.0.0/8")};
    const auto log_in = [&](const std::string& client, const std::string& email) {
        const std::string text = R"({"email":")" + email + R"(","password":"x"})";
        return exchange(
            api,
            {.method = "POST",
             .target = "/v1/staff/login",
             .headers = {"X-Forwarded-For: " + client, "Content-Type: application/json"},
             .body = text,
             .peer = "10.0.0.1"}
        );
    };
    Reply last;
    for (int i = 0; i < 100 && last.status != 429; ++i) {
        last = log_in("198.51.100.1", std::to_string(i) + "@example.com");
    }
    EXPECT_EQ(last.code(), "login_rate_limited");
    EXPECT_GE(std::stoi(last.header("retry-after")), 1);
    EXPECT_EQ(log_in("198.51.100.2", "a@example.com").status, 401);
}

}  // namespace
}  // namespace orderpush::http

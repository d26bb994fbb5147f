// HTTP itself: ids, methods, cross-origin rules, several threads.

#include "tests/unit/http/api_fixture.hpp"

#include <algorithm>
#include <thread>

namespace orderpush::http {
namespace {

TEST_F(ApiTest, RequestIdIsTakenIfItIsHarmlessAndElseMade) {
    EXPECT_EQ(send("GET", "/live", {"X-Request-Id: A-1_b.c"}).header("x-request-id"), "A-1_b.c");
    for (const std::string& id :
         {std::string{"a b"}, std::string(65, 'a'), std::string{"a%0d%0aSet-Cookie: x"}}) {
        const Reply reply = send("GET", "/live", {"X-Request-Id: " + id});
        EXPECT_TRUE(parse_uuid(reply.header("x-request-id"))) << reply.header("x-request-id");
        EXPECT_EQ(reply.header("set-cookie"), "");
    }
}

TEST_F(ApiTest, AllowedOriginsMayReadAnswersAndPreflight) {
    const std::string origin = "https://shop-git-main-team.vercel.app";
    const Reply read = send("GET", "/live", {"Origin: " + origin});
    EXPECT_EQ(read.header("access-control-allow-origin"), origin);
    for (const char* exposed :
         {"ETag",
          "Location",
          "Retry-After",
          "X-Request-Id",
          "Idempotent-Replayed",
          "RateLimit",
          "RateLimit-Policy"}) {
        const std::string names = read.header("access-control-expose-headers") + ",";
        EXPECT_NE(names.find(exposed + std::string{","}), std::string::npos) << exposed;
    }
    EXPECT_EQ(read.header("vary"), "Origin");

    const Reply preflight =
        send("OPTIONS", "/v1/orders", {"Origin: " + origin, "Access-Control-Request-Method: POST"});
    EXPECT_EQ(preflight.status, 204);
    EXPECT_EQ(preflight.body, "");
    EXPECT_EQ(preflight.header("access-control-allow-origin"), origin);
    for (const char* name :
         {"Authorization",
          "Content-Type",
          "Idempotency-Key",
          "If-Match",
          "traceparent",
          "tracestate",
          "baggage",
          "sentry-trace",
          "x-datadog-trace-id",
          "X-B3-TraceId"}) {
        EXPECT_NE(preflight.header("access-control-allow-headers").find(name), std::string::npos)
            << name;
    }
    EXPECT_EQ(preflight.header("access-control-max-age"), "600");
}

TEST_F(ApiTest, PreflightsTellEachPathsOwnMethods) {
    const auto preflight = [&](const std::string& target) {
        return send("OPTIONS", target, {"Origin: https://push.example.com"});
    };
    const Reply orders = preflight("/v1/orders");
    EXPECT_EQ(orders.header("access-control-allow-methods"), orders.header("allow"));
    EXPECT_NE(orders.header("allow").find("POST"), std::string::npos);
    EXPECT_EQ(orders.header("allow").find("PATCH"), std::string::npos);
    EXPECT_EQ(preflight("/live").header("access-control-allow-methods"), "GET, HEAD, OPTIONS");
    // The page learns from its own request that there is nothing.
    EXPECT_EQ(preflight("/nothing").status, 204);
    EXPECT_EQ(preflight("/nothing").header("allow"), "");
    EXPECT_NE(preflight("/nothing").header("access-control-allow-methods"), "");
}

TEST_F(ApiTest, MethodsThatNoRouteTakesAreNotAllowed) {
    for (const char* method : {"TRACE", "DELETE", "PUT"}) {
        const Reply reply = send(method, "/live");
        EXPECT_EQ(reply.status, 405) << method;
        EXPECT_EQ(reply.header("allow"), "GET, HEAD, OPTIONS") << method;
        EXPECT_EQ(reply.code(), "method_not_allowed") << method;
    }
    EXPECT_EQ(send("TRACE", "/nothing").status, 404);
}

TEST_F(ApiTest, MethodsThatNothingHereKnowsAreNotImplemented) {
    for (const char* method : {"BREW", "PROPFIND", "get", "PRI"}) {
        for (const char* target : {"/live", "/nothing"}) {
            const Reply reply = send(method, target);
            EXPECT_EQ(reply.status, 501) << method;
            EXPECT_EQ(reply.code(), "method_unknown") << method;
            EXPECT_EQ(reply.header("content-type"), "application/problem+json");
        }
    }
    EXPECT_EQ(send("CONNECT", "push.example.com:443").status, 501);
}

TEST_F(ApiTest, OptionsAreToldOfTheServiceAsAWhole) {
    const Reply reply = send("OPTIONS", "*");
    EXPECT_EQ(reply.status, 204);
    EXPECT_EQ(reply.header("allow"), "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
}

TEST_F(ApiTest, AbsoluteTargetsAreServedAsTheirPaths) {
    EXPECT_EQ(get("http://push.example.com/live?x=1").status, get("/live?x=1").status);
    EXPECT_EQ(get("https://push.example.com/live").status, 200);
}

TEST_F(ApiTest, NoAnswerIsTakenForSomethingElseThanItIs) {
    for (const auto& [method, target] : std::vector<std::pair<std::string, std::string>>{
             {"GET", "/live"},
             {"GET", "/openapi.json"},
             {"GET", "/v1/branches/" + to_string(branch_.id) + "/menu"},
             {"GET", "/nothing"},
             {"DELETE", "/v1/orders"},
             {"GET", "/v1/orders"},
             {"OPTIONS", "/v1/orders"}}) {
        const Reply reply = send(method, target);
        EXPECT_EQ(reply.headers.count("x-content-type-options"), 1U) << method << ' ' << target;
        EXPECT_EQ(reply.header("x-content-type-options"), "nosniff");
    }
}

TEST_F(ApiTest, ASecondIdempotencyKeyIsAnError) {
    const std::string token = guest_token();
    const Reply reply = send(
        "POST",
        "/v1/orders",
        {"Authorization: Bearer " + token,
         "Content-Type: application/json",
         "Idempotency-Key: one",
         "idempotency-key: one"},
        soup_order().dump()
    );
    EXPECT_EQ(reply.status, 422);
    EXPECT_EQ(reply.fault("Idempotency-Key"), "is given more than once");
    EXPECT_TRUE(get("/v1/orders", token).json().at("orders").empty());
}

TEST_F(ApiTest, IdempotencyKeysThatDifferInTheirEncodingAreTwoKeys) {
    const std::string token = guest_token();
    const auto place = [&](const std::string& key) {
        return send(
            "POST",
            "/v1/orders",
            {"Authorization: Bearer " + token,
             "Content-Type: application/json",
             "Idempotency-Key: " + key},
            soup_order().dump()
        );
    };
    const Reply first = place("order/7");
    ASSERT_EQ(first.status, 201);
    for (const char* other : {"order%2F7", "order%2f7", "order+7", "order 7", "order%7"}) {
        const Reply reply = place(other);
        EXPECT_EQ(reply.status, 201) << other;
        EXPECT_EQ(reply.header("idempotent-replayed"), "") << other;
        EXPECT_NE(reply.json().at("id"), first.json().at("id")) << other;
    }
}

TEST_F(ApiTest, ErrorsCarryCrossOriginHeadersToo) {
    const Reply reply = send("GET", "/v1/orders", {"Origin: https://push.example.com"});
    EXPECT_EQ(reply.status, 401);
    EXPECT_EQ(reply.header("access-control-allow-origin"), "https://push.example.com");
}

TEST_F(ApiTest, TellsTheCrossOriginHeadersForAnswersOfOthers) {
    EXPECT_EQ(
        api_.cors_headers("https://push.example.com"),
        (protocol::HttpHeaders{
            {"Vary", "Origin"},
            {"Access-Control-Allow-Origin", "https://push.example.com"},
            {"Access-Control-Expose-Headers",
             "ETag, Location, Retry-After, X-Request-Id, Idempotent-Replayed, RateLimit, "
             "RateLimit-Policy, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset"}})
    );
    EXPECT_EQ(
        api_.cors_headers("https://evil.vercel.app"), (protocol::HttpHeaders{{"Vary", "Origin"}})
    );
}

TEST_F(ApiTest, LogsFewOfManyRejectedOriginsAndCutsThem) {
    testing::internal::CaptureStderr();
    for (int i = 0; i < 100; ++i) {
        send("GET", "/live", {"Origin: " + std::string(1'000, 'x')});
    }
    const std::string lines = testing::internal::GetCapturedStderr();
    EXPECT_NE(lines.find(std::string(200, 'x')), std::string::npos);
    EXPECT_EQ(lines.find(std::string(201, 'x')), std::string::npos);
    EXPECT_LE(std::ranges::count(lines, '\n'), 10);
}

TEST_F(ApiTest, OtherOriginsGetNoCrossOriginHeaders) {
    for (const char* origin : {"https://evil.vercel.app", "null", "garbage"}) {
        const Reply reply = send("OPTIONS", "/v1/orders", {std::string{"Origin: "} + origin});
        EXPECT_EQ(reply.status, 204);
        EXPECT_EQ(reply.header("vary"), "Origin");
        for (const auto& [name, value] : reply.headers) {
            EXPECT_FALSE(name.starts_with("access-control-")) << name;
        }
    }
}

TEST_F(ApiTest, RangesEncodingsAndExpectationsAreNotActedUpon) {
    const std::string plain = get("/live").body;
    for (const char* header :
         {"Range: bytes=0-1",
          "Range: nonsense",
          "range: bytes=9-1",
          "Accept-Encoding: gzip, br",
          "Expect: 100-continue"}) {
        const Reply reply = send("GET", "/live", {header});
        EXPECT_EQ(reply.status, 200) << header;
        EXPECT_EQ(reply.body, plain) << header;
    }
}

TEST_F(ApiTest, LongTargetsAreRefused) {
    EXPECT_EQ(get("/" + std::string(9000, 'a')).status, 414);
    EXPECT_EQ(get("/" + std::string(8000, 'a')).status, 404);
}

TEST_F(ApiTest, SeveralThreadsAreAnsweredAtOnce) {
    constexpr int kThreads = 4;
    constexpr int kOrdersEach = 5;
    constexpr int kReadsEach = 10;
    const std::string token = guest_token();
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < kThreads; ++i) {
            threads.emplace_back([&] {
                for (int n = 0; n < kOrdersEach; ++n) {
                    const Reply placed = send_json("POST", "/v1/orders", token, soup_order());
                    for (int read = 0; read < kReadsEach; ++read) {
                        EXPECT_EQ(get(placed.header("location"), token).json(), placed.json());
                    }
                }
            });
        }
    }
    EXPECT_EQ(get("/v1/orders?limit=200", token).json().at("orders").size(), 20U);
}

}  // namespace
}  // namespace orderpush::http

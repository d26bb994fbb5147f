// HTTP itself: ids, cross-origin rules, hostile bytes, several threads.

#include "tests/unit/http/api_fixture.hpp"

#include <algorithm>
#include <random>
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
    for (const char* name : {"Authorization", "Content-Type", "Idempotency-Key", "If-Match"}) {
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
    for (const char* method : {"TRACE", "CONNECT", "DELETE"}) {
        const Reply reply = send(method, "/live");
        EXPECT_EQ(reply.status, 405) << method;
        EXPECT_EQ(reply.header("allow"), "GET, HEAD, OPTIONS") << method;
        EXPECT_EQ(reply.code(), "method_not_allowed") << method;
    }
    EXPECT_EQ(send("TRACE", "/nothing").status, 404);
}

TEST_F(ApiTest, ASecondIdempotencyKeyIsAFault) {
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

TEST_F(ApiTest, ErrorsCarryCrossOriginHeadersToo) {
    const Reply reply = send("GET", "/v1/orders", {"Origin: https://push.example.com"});
    EXPECT_EQ(reply.status, 401);
    EXPECT_EQ(reply.header("access-control-allow-origin"), "https://push.example.com");
}

TEST_F(ApiTest, TellsTheCrossOriginHeadersForAnswersOfOthers) {
    EXPECT_EQ(
        api_.cors_headers("https://push.example.com"),
        "Vary: Origin\r\nAccess-Control-Allow-Origin: https://push.example.com\r\n"
        "Access-Control-Expose-Headers: ETag, Location, Retry-After, X-Request-Id, "
        "Idempotent-Replayed, "
        "RateLimit, RateLimit-Policy, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset\r\n"
    );
    EXPECT_EQ(api_.cors_headers("https://evil.vercel.app"), "Vary: Origin\r\n");
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

TEST_F(ApiTest, ConnectionHeadersAreLeftToTheFrontDoor) {
    for (const char* connection : {"Connection: close", "Connection: keep-alive"}) {
        const Reply reply = send("GET", "/live", {connection});
        EXPECT_EQ(reply.header("connection"), "");
        EXPECT_EQ(reply.header("keep-alive"), "");
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

TEST_F(ApiTest, HiddenHeadersCannotBeSentFromOutside) {
    const Reply reply = send("GET", "/live", {"orderpush-hidden-X-Request-Id: smuggled"});
    EXPECT_NE(reply.header("x-request-id"), "smuggled");
}

TEST_F(ApiTest, ChunkedBodiesAreUnderstood) {
    const std::string body = R"({"qrToken":"qr-terrace-t5"})";
    const std::string response = api_.respond(
        "POST /v1/sessions HTTP/1.1\r\nContent-Type: application/json\r\n"
        "Transfer-Encoding: chunked\r\n\r\n1b\r\n" +
            body + "\r\n0\r\n\r\n",
        "203.0.113.7"
    );
    EXPECT_EQ(parse_reply(response, true).value_or(Reply{}).status, 201) << response;
}

TEST_F(ApiTest, UnparseableRequestsGetAProblemDocument) {
    for (const std::string& bytes :
         {std::string{},
          std::string{"\r\n\r\n"},
          std::string{"GET"},
          std::string{"BREW /live HTTP/1.1\r\n\r\n"},
          std::string{"GET /live HTTP/9\r\n\r\n"},
          std::string{"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"},
          std::string{"GET /live HTTP/1.1\r\nHost"},
          std::string{"POST /v1/sessions HTTP/1.1\r\nContent-Length: 10\r\n\r\n{}"},
          "GET /live HTTP/1.1\r\nA: " + std::string(9000, 'a') + "\r\n\r\n"}) {
        const auto reply = parse_reply(api_.respond(bytes, ""), true);
        ASSERT_TRUE(reply) << bytes;
        EXPECT_EQ(reply->status, 400) << bytes;
        EXPECT_EQ(reply->json().at("requestId"), reply->header("x-request-id"));
        EXPECT_EQ(reply->header("content-type"), "application/problem+json");
    }
}

TEST_F(ApiTest, LongTargetsAreRefused) {
    EXPECT_EQ(get("/" + std::string(9000, 'a')).status, 414);
    EXPECT_EQ(get("/" + std::string(8000, 'a')).status, 404);
}

TEST_F(ApiTest, HostileLengthsOfHeadersAndPartsDoNotOverflowTheStack) {
    const std::string ranges = "Range: bytes=0-0" + std::string(8000, ',');
    EXPECT_EQ(send("GET", "/live", {ranges}).status, 200);
    const std::string part = "--x\r\nContent-Disposition: form-data; name=\"" +
                             std::string(500'000, 'a') + "\"\r\n\r\n1\r\n--x--\r\n";
    EXPECT_EQ(
        send("POST", "/v1/sessions", {"Content-Type: multipart/form-data; boundary=x"}, part)
            .status,
        415
    );
}

TEST_F(ApiTest, SeveralThreadsAreAnsweredAtOnce) {
    constexpr int kThreads = 4;
    constexpr int kOrdersEach = 50;
    const std::string token = guest_token();
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < kThreads; ++i) {
            threads.emplace_back([&] {
                for (int n = 0; n < kOrdersEach; ++n) {
                    const Reply placed = send_json("POST", "/v1/orders", token, soup_order());
                    EXPECT_EQ(get(placed.header("location"), token).json(), placed.json());
                }
            });
        }
    }
    EXPECT_EQ(get("/v1/orders?limit=200", token).json().at("orders").size(), 200U);
}

/// Where no id can be made, no problem document can be made either.
class BrokenIds final : public IdSource {
  public:
    Uuid next() override { throw std::runtime_error{"no randomness"}; }
};

TEST_F(ApiTest, WhatThrowsOutsideOfARouteIsStillAnswered) {
    BrokenIds broken;
    Api api{dependencies(broken), {}};
    EXPECT_TRUE(api.respond("GET /live HTTP/1.1\r\n\r\n", "").starts_with("HTTP/1.1 500 "));
}

/// Bytes around a valid request, so that many get past the first checks.
std::string hostile_request(std::mt19937& random) {
    static const std::vector<std::string> pieces{
        "GET ",
        "POST ",
        "PATCH ",
        "OPTIONS ",
        "HEAD ",
        "/live",
        "/v1/orders",
        "/v1/sessions",
        "?limit=",
        "%",
        "%zz",
        "#",
        " HTTP/1.1",
        "\r\n",
        "\r\n",
        "\r\n\r\n",
        "\n",
        ":",
        ": ",
        "Content-Length: 5",
        "Content-Length: -1",
        "Content-Length: 99999999999999999999",
        "Content-Type: application/json",
        "Content-Type: multipart/form-data; boundary=",
        "Content-Encoding: gzip",
        "Transfer-Encoding: chunked",
        "Range: bytes=",
        "0-",
        "5\r\n",
        "Expect: 100-continue",
        "Origin: ",
        "Authorization: Bearer ",
        "X-Request-Id: ",
        "{",
        "}",
        "[",
        "\"",
        "\\u0000",
        "1e999",
        std::string(1, '\0'),
        "\xff"};
    std::string bytes = random() % 2 == 0 ? "POST /v1/sessions HTTP/1.1\r\n" : "";
    const auto count = random() % 20;
    for (std::uint32_t i = 0; i < count; ++i) {
        if (random() % 4 == 0) {
            bytes.push_back(static_cast<char>(random() % 256));
        } else {
            bytes += pieces[random() % pieces.size()];
        }
    }
    return bytes;
}

TEST_F(ApiTest, AnyBytesGetAWellFormedResponse) {
    std::mt19937 random{20261121};
    for (int i = 0; i < 5000; ++i) {
        const std::string bytes = hostile_request(random);
        const std::string response = api_.respond(bytes, "203.0.113.7");
        const auto reply = parse_reply(response, !bytes.starts_with("HEAD "));
        ASSERT_TRUE(reply) << testing::PrintToString(bytes) << "\n" << response;
        EXPECT_GE(reply->status, 200);
        EXPECT_NE(reply->status, 500) << testing::PrintToString(bytes);
        EXPECT_NE(reply->header("x-request-id"), "");
    }
}

}  // namespace
}  // namespace orderpush::http

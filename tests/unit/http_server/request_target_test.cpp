// What may stand between method and version (RFC 9112, section 3.2), and what HEAD is answered.

#include "tests/unit/http_server/http_server_fixture.hpp"

#include <gtest/gtest.h>

namespace orderpush::http_server {
namespace {

using test::Client;
using test::has;
using test::TestServer;

std::string line(const std::string& method, const std::string& target) {
    return method + ' ' + target + " HTTP/1.1\r\nHost: named-by-header\r\n\r\n";
}

TEST(RequestTargetTest, TheHostOfAnAbsoluteTargetCountsAndTheHeaderDoesNot) {
    TestServer server;
    Client client = server.connect();
    for (const char* path : {"/pooled?a=%2F+b", "/inline?a=%2F+b"}) {
        const std::string response =
            client.ask(line("GET", std::string{"http://target.example:8080"} + path));
        EXPECT_TRUE(
            has(response, std::string{"GET "} + path + " HTTP/1.1\r\nHost: target.example:8080\r\n")
        ) << response;
        EXPECT_FALSE(has(response, "named-by-header")) << response;
    }
    EXPECT_TRUE(has(client.ask(line("GET", "HTTPS://x")), "GET / HTTP/1.1\r\nHost: x\r\n"));
}

TEST(RequestTargetTest, AnAbsoluteTargetReachesThePusherApiAndWebSocketsToo) {
    TestServer server;
    Client client = server.connect();
    EXPECT_TRUE(client
                    .ask("POST http://x/apps/1/events?a=1 HTTP/1.1\r\nHost: y\r\nContent-Length: "
                         "2\r\n\r\n{}")
                    .ends_with("POST /apps/1/events ? a=1 : {}"));
    const Client display = server.connect();
    display.send(
        "GET http://x/app/key?protocol=7 HTTP/1.1\r\nHost: y\r\nUpgrade: websocket\r\n"
        "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    );
    const realtime::Upgrade upgrade = server.upgraded();
    EXPECT_EQ(upgrade.request.path, "/app/key");
    EXPECT_EQ(upgrade.request.query, "protocol=7");
}

TEST(RequestTargetTest, AnAsteriskIsForOptionsOnly) {
    TestServer server;
    EXPECT_TRUE(has(server.connect().ask(line("OPTIONS", "*")), "OPTIONS * HTTP/1.1\r\n"));
    EXPECT_TRUE(has(server.connect().ask(line("GET", "*")), "400 Bad Request"));
}

TEST(RequestTargetTest, RefusesWhatIsNoTarget) {
    TestServer server;
    for (const char* target :
         {"orders", "ftp://x/", "http://", "http:///orders", "http://me@x/", "x:443"}) {
        EXPECT_TRUE(
            has(server.connect().ask(line("GET", target)), R"("status":400,"code":"bad_request")")
        ) << target;
    }
    EXPECT_TRUE(has(server.connect().ask(line("CONNECT", "/orders")), "400 Bad Request"));
}

TEST(RequestTargetTest, HeadersReachTheHandlerAsTheyStand) {
    TestServer server;
    const std::string response = server.connect().ask(
        "GET /a%2Fb+c?d=%2F+e HTTP/1.1\r\nHost: x\r\nIdempotency-Key: order%2F7+8\r\n"
        "If-Match: \"1%22\"\r\nAuthorization: Bearer a%2Eb\r\nCookie: a=%41\r\nCookie: "
        "b=%42\r\n\r\n"
    );
    EXPECT_TRUE(has(
        response,
        "GET /a%2Fb+c?d=%2F+e HTTP/1.1\r\nHost: x\r\nIdempotency-Key: order%2F7+8\r\n"
        "If-Match: \"1%22\"\r\nAuthorization: Bearer a%2Eb\r\nCookie: a=%41\r\nCookie: b=%42\r\n"
    )) << response;
}

TEST(RequestTargetTest, HeadIsAnsweredWithoutABodyAndTheConnectionGoesOn) {
    TestServer server;
    Client client = server.connect();
    client.send("HEAD /pooled HTTP/1.1\r\nHost: x\r\n\r\nGET /empty HTTP/1.1\r\nHost: x\r\n\r\n");
    client.send("GET /inline HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    const std::string all = client.read_all();
    const auto second = all.find("HTTP/1.1 204 No Content\r\n");
    ASSERT_NE(second, std::string::npos) << all;
    EXPECT_TRUE(has(all.substr(0, second), "\r\nContent-Length: "));
    EXPECT_TRUE(all.substr(0, second).ends_with("\r\n\r\n"));
    EXPECT_FALSE(has(all.substr(0, second), "HEAD /pooled"));
    EXPECT_TRUE(has(all.substr(second), "GET /inline HTTP/1.1\r\n"));
}

TEST(RequestTargetTest, WritesABodyThatTheSocketDoesNotTakeAtOnce) {
    TestServer server;
    const std::string response = server.connect().ask("GET /long HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_TRUE(response.ends_with("\r\n\r\n" + std::string(4'000'000, 'x')));
}

}  // namespace
}  // namespace orderpush::http_server

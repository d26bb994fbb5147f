// Requests to become a WebSocket.

#include "tests/unit/http_server/http_server_fixture.hpp"

#include <gtest/gtest.h>

namespace orderpush::http_server {
namespace {

using test::Client;
using test::has;
using test::TestServer;

TEST(UpgradeTest, HandsOverUpgradesWithWhatWasReadBehindTheHead) {
    TestServer server;
    Client client = server.connect();
    client.send(
        "GET /app/key?protocol=7&client=js HTTP/1.1\r\nHost: x\r\nUpgrade: "
        "websocket\r\nConnection: keep-alive, Upgrade\r\n"
        "Origin: https://shop.example\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: "
        "dGhlIHNhbXBsZSBub25jZQ==\r\n\r\nearly"
    );
    const realtime::Upgrade upgrade = server.upgraded();
    EXPECT_EQ(upgrade.request.path, "/app/key");
    EXPECT_EQ(upgrade.request.query, "protocol=7&client=js");
    EXPECT_EQ(upgrade.request.origin, "https://shop.example");
    EXPECT_EQ(upgrade.request.key, "dGhlIHNhbXBsZSBub25jZQ==");
    EXPECT_EQ(upgrade.request.remote_address, "127.0.0.1");
    EXPECT_EQ(upgrade.early_bytes, "early");
    EXPECT_TRUE(server.wait_for_sockets(0));
    ::send(upgrade.socket.get(), "mine", 4, MSG_NOSIGNAL);
    ::shutdown(upgrade.socket.get(), SHUT_WR);
    EXPECT_EQ(client.read_all(), "mine");
}

TEST(UpgradeTest, TakesOffWhatAProxyPutBeforeThePath) {
    for (const char* path : {"/realtime/app/key", "/app/key"}) {
        HttpServerOptions options;
        options.realtime_prefix = "/realtime";
        TestServer server{options};
        Client client = server.connect();
        client.send(
            std::string{"GET "} + path +
            " HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        );
        EXPECT_EQ(server.upgraded().request.path, "/app/key");
    }
}

TEST(UpgradeTest, RefusesUpgradesThatAreNotValid) {
    TestServer server;
    const std::string head =
        "GET /app/k HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n";
    EXPECT_TRUE(has(
        server.connect().ask(
            head + "Sec-WebSocket-Version: 8\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        ),
        "Sec-WebSocket-Version: 13\r\n"
    ));
    EXPECT_TRUE(has(
        server.connect().ask(head + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: x\r\n\r\n"),
        "400 Bad"
    ));
}

TEST(UpgradeTest, AnswersUpgradesThatAreNotAdmittedBeforeTheUpgrade) {
    TestServer server;
    const std::string rest =
        " HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nOrigin: "
        "https://shop.example\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    const std::string nobody = server.connect().ask("GET /display" + rest);
    EXPECT_TRUE(nobody.starts_with("HTTP/1.1 401 Unauthorized\r\n")) << nobody;
    EXPECT_TRUE(has(nobody, "Content-Type: application/problem+json\r\n"));
    EXPECT_TRUE(has(nobody, "WWW-Authenticate: Bearer\r\n"));
    EXPECT_TRUE(has(nobody, "X-Allowed: https://shop.example\r\n"));
    EXPECT_TRUE(has(nobody, R"("code":"credential_missing","detail":"No way in.")"));
    const std::string waiter = server.connect().ask("GET /display?token=waiter" + rest);
    EXPECT_TRUE(waiter.starts_with("HTTP/1.1 403 Forbidden\r\n")) << waiter;
    EXPECT_FALSE(has(waiter, "waiter"));
    const Client display = server.connect();
    display.send("GET /display?token=good" + rest);
    const realtime::Upgrade upgrade = server.upgraded();
    ASSERT_TRUE(upgrade.request.pass);
    EXPECT_EQ(upgrade.request.pass->member.user_id, "staff-1");
}

TEST(UpgradeTest, AGetWithoutAnUpgradeIsToldWhatIsMissing) {
    TestServer server;
    for (const char* request :
         {"GET /app/k?protocol=7 HTTP/1.1\r\nHost: x\r\n\r\n",
          "GET /app/k HTTP/1.1\r\nHost: x\r\nConnection: close\r\nSec-WebSocket-Version: "
          "13\r\n\r\n",
          "GET /app/k HTTP/1.0\r\nHost: x\r\nUpgrade: websocket\r\n\r\n"}) {
        const std::string answer = server.connect().ask(request);
        EXPECT_TRUE(answer.starts_with("HTTP/1.1 426 Upgrade Required\r\n")) << answer;
        EXPECT_TRUE(has(answer, "\r\nUpgrade: websocket\r\n")) << answer;
        EXPECT_TRUE(has(answer, "\r\nConnection: Upgrade, close\r\n")) << answer;
        EXPECT_TRUE(has(answer, "\r\nSec-WebSocket-Version: 13\r\n")) << answer;
        EXPECT_TRUE(has(answer, R"("code":"upgrade_required")")) << answer;
    }
    EXPECT_TRUE(has(server.connect().ask("GET /apps HTTP/1.1\r\nHost: x\r\n\r\n"), " 200 "));
    EXPECT_TRUE(has(server.connect().ask("POST /app/k HTTP/1.1\r\nHost: x\r\n\r\n"), " 200 "))
        << "not a way to ask for a WebSocket";
}

/// Whether the origin counts as that of the host that was asked.
bool is_same_origin(const std::string& fields, const char* proxies = "") {
    HttpServerOptions options;
    options.proxies = TrustedProxies::parse(proxies).value();
    TestServer server{options};
    const Client client = server.connect();
    client.send(
        "GET /app/key HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
        fields + "\r\n"
    );
    return server.upgraded().request.is_same_origin;
}

TEST(UpgradeTest, ComparesTheOriginWithTheHostThatWasAsked) {
    EXPECT_TRUE(is_same_origin("Host: 192.168.1.7:80\r\nOrigin: http://192.168.1.7\r\n"));
    // Whoever does TLS in front may not be known: either scheme may be the browser's.
    EXPECT_TRUE(is_same_origin("Host: a.example\r\nOrigin: https://a.example\r\n"));
    EXPECT_FALSE(is_same_origin("Host: a.example\r\nOrigin: https://b.example\r\n"));
    EXPECT_FALSE(is_same_origin("Host: a.example\r\nOrigin: null\r\n"));
    EXPECT_FALSE(is_same_origin("Host: a.example\r\n"));
    EXPECT_FALSE(is_same_origin(
        "Host: a.example\r\nOrigin: https://b.example\r\nX-Forwarded-Host: b.example\r\n"
    ));
}

TEST(UpgradeTest, BelievesOurProxiesOnTheHostThatWasAsked) {
    constexpr const char* kLoopback = "127.0.0.1";
    const std::string forwarded =
        "Host: 10.0.0.7:8080\r\nX-Forwarded-Host: a.example, inner\r\n"
        "X-Forwarded-Proto: https\r\n";
    EXPECT_TRUE(is_same_origin(forwarded + "Origin: https://a.example\r\n", kLoopback));
    EXPECT_FALSE(is_same_origin(forwarded + "Origin: http://a.example\r\n", kLoopback));
    EXPECT_FALSE(is_same_origin(forwarded + "Origin: https://inner\r\n", kLoopback));
    EXPECT_FALSE(is_same_origin(forwarded + "Origin: https://a.example\r\n", "10.9.9.9"));
    EXPECT_TRUE(is_same_origin(
        "Host: a.example\r\nX-Forwarded-Proto: https\r\nOrigin: https://a.example\r\n", kLoopback
    ));
}

TEST(UpgradeTest, ComparesTheOriginsOfPollsByTheSameRule) {
    constexpr std::string_view kForwarded =
        "GET /poll HTTP/1.1\r\nHost: 10.0.0.7:8080\r\nX-Forwarded-Host: a.example\r\n"
        "X-Forwarded-Proto: https\r\nOrigin: https://a.example\r\n\r\n";
    const auto answer_of = [](const char* proxies, std::string_view request) {
        HttpServerOptions options;
        options.proxies = TrustedProxies::parse(proxies).value();
        TestServer server{options};
        return server.connect().ask(std::string{request});
    };
    EXPECT_TRUE(has(answer_of("127.0.0.1", kForwarded), "own"));
    EXPECT_TRUE(has(answer_of("", kForwarded), "foreign"));
    EXPECT_TRUE(has(
        answer_of("", "GET /poll HTTP/1.1\r\nHost: a.example\r\nOrigin: http://a.example\r\n\r\n"),
        "own"
    ));
    EXPECT_TRUE(has(answer_of("", "GET /poll HTTP/1.1\r\nHost: a.example\r\n\r\n"), "foreign"));
}

}  // namespace
}  // namespace orderpush::http_server

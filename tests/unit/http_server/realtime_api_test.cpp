#include "tests/unit/http_server/http_server_fixture.hpp"

namespace orderpush::http_server::test {
namespace {

std::string post(const std::string& target, const std::string& body) {
    return "POST " + target + " HTTP/1.1\r\nHost: x\r\nOrigin: https://shop.example\r\n" +
           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

TEST(RealtimeApiTest, IsAskedForItsPathsWithTheRequestAsItStands) {
    TestServer server;
    Client client = server.connect();
    const std::string response = client.ask(post("/apps/1/events?a=%20b&c=", "{}"));
    EXPECT_TRUE(response.starts_with("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"));
    EXPECT_TRUE(response.ends_with("\r\n\r\nPOST /apps/1/events ? a=%20b&c= : {}")) << response;
    EXPECT_TRUE(has(response, "\r\nX-Request-Id: "));
    EXPECT_TRUE(has(response, "\r\nX-Allowed: https://shop.example\r\n"));
    EXPECT_TRUE(has(response, "\r\nConnection: keep-alive\r\nKeep-Alive: timeout=75\r\n"));
}

TEST(RealtimeApiTest, IsAskedForItsPathsBehindAProxysPrefixToo) {
    HttpServerOptions options;
    options.realtime_prefix = "/realtime";
    TestServer server{options};
    Client client = server.connect();
    EXPECT_TRUE(client.ask(post("/realtime/apps/1/events", "{}"))
                    .ends_with("POST /realtime/apps/1/events ?  : {}"));
    EXPECT_TRUE(client.ask(post("/apps/1/events", "{}")).ends_with("POST /apps/1/events ?  : {}"));
    // Only what is below it.
    EXPECT_FALSE(has(client.ask(post("/realtimes/apps/1/events", "{}")), " ?  : {}"));
}

TEST(RealtimeApiTest, AnswersFromAnotherThreadAndGoesOn) {
    TestServer server;
    Client client = server.connect();
    for (int i = 0; i < 3; ++i) {
        const std::string body = std::to_string(i);
        EXPECT_TRUE(
            client.ask(post("/apps/elsewhere", body)).ends_with("POST /apps/elsewhere ?  : " + body)
        );
    }
}

TEST(RealtimeApiTest, RefusesInPlainText) {
    TestServer server;
    Client client = server.connect();
    const std::string response = client.ask(post("/apps/refused", ""));
    EXPECT_TRUE(response.starts_with(
        "HTTP/1.1 403 Forbidden\r\nContent-Type: text/plain; charset=utf-8\r\n"
    ));
}

TEST(RealtimeApiTest, ClosesWhereTheClientAsksForIt) {
    TestServer server;
    Client client = server.connect();
    client.send("GET /apps/1/channels HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    EXPECT_TRUE(has(client.read_all(), "\r\nConnection: close\r\n"));
}

TEST(RealtimeApiTest, LeavesOtherPathsAndMethodsToTheHandler) {
    TestServer server;
    Client client = server.connect();
    for (const char* target : {"/apps", "/app/1", "/users/1"}) {
        EXPECT_TRUE(has(client.ask(post(target, "")), "Content-Length: 0")) << target;
    }
    EXPECT_TRUE(has(
        client.ask("OPTIONS /apps/1/events HTTP/1.1\r\nHost: x\r\n\r\n"), "OPTIONS /apps/1/events"
    ));
    EXPECT_TRUE(
        has(client.ask(post("/users/1/terminate_connections", "{}")),
            "POST /users/1/terminate_connections ?  : {}")
    );
}

TEST(RealtimeApiTest, KeepsTheServersLimits) {
    TestServer server{{.body_bytes_max = 4}};
    Client client = server.connect();
    EXPECT_TRUE(has(client.ask(post("/apps/1/events", "12345")), "HTTP/1.1 413"));
}

}  // namespace
}  // namespace orderpush::http_server::test

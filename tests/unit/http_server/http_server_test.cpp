#include "http_server/http_server.hpp"

#include "tests/unit/http_server/http_server_fixture.hpp"

#include <gtest/gtest.h>

namespace orderpush::http_server {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using test::Client;
using test::has;
using test::in;
using test::kPatience;
using test::TestServer;

TEST(HttpServerTest, AnswersOnOneConnectionAgainAndAgain) {
    TestServer server;
    Client client = server.connect();
    for (const char* path : {"/pooled", "/inline", "/pooled"}) {
        const std::string response =
            client.ask("GET " + std::string{path} + " HTTP/1.1\r\nHost: x\r\n\r\n");
        EXPECT_TRUE(has(response, "Connection: keep-alive\r\nKeep-Alive: timeout=75\r\n"))
            << response;
        EXPECT_TRUE(
            has(response,
                "GET " + std::string{path} + " HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
        );
    }
}

TEST(HttpServerTest, AnswersPipelinedRequestsInOrder) {
    TestServer server;
    Client client = server.connect();
    client.send(
        "GET /one HTTP/1.1\r\nHost: x\r\n\r\nPOST /two HTTP/1.1\r\nHost: x\r\nContent-Length: "
        "2\r\n\r\nhiGET "
        "/inline HTTP/1.1\r\nHost: x\r\n\r\n"
    );
    EXPECT_TRUE(has(client.read_response(), "GET /one"));
    EXPECT_TRUE(has(client.read_response(), "\r\n\r\nhi"));
    EXPECT_TRUE(has(client.read_response(), "GET /inline"));
}

TEST(HttpServerTest, JoinsAChunkedBody) {
    TestServer server;
    Client client = server.connect();
    const std::string response = client.ask(
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nX-Kept: "
        "yes\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
    );
    EXPECT_TRUE(
        has(response, "POST / HTTP/1.1\r\nHost: x\r\nX-Kept: yes\r\nContent-Length: 5\r\n\r\nabcde")
    ) << response;
}

TEST(HttpServerTest, AsksForTheBodyOfAClientThatWaits) {
    TestServer server;
    Client client = server.connect();
    client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
    EXPECT_EQ(client.read_response(), "HTTP/1.1 100 Continue\r\n\r\n");
    EXPECT_TRUE(has(client.ask("ok"), "Content-Length: 2\r\n\r\nok"));
}

TEST(HttpServerTest, HonoursOldClientsAndThoseThatWantToClose) {
    TestServer server;
    for (const char* request :
         {"GET / HTTP/1.0\r\n\r\n", "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"}) {
        Client client = server.connect();
        client.send(request);
        EXPECT_TRUE(has(client.read_all(), "\r\nConnection: close\r\n"));
    }
    Client old = server.connect();
    EXPECT_TRUE(
        has(old.ask("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"), "Connection: keep-alive")
    );
}

TEST(HttpServerTest, RefusesBodiesThatAreTooLarge) {
    TestServer server{{.body_bytes_max = 10}};
    const std::string body(100'000, 'x');
    Client declared = server.connect();
    declared.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n" + body);
    EXPECT_TRUE(has(declared.read_response(), "413 Content Too Large"));
    Client chunked = server.connect();
    chunked.send(
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n186a0\r\n" + body +
        "\r\n0\r\n\r\n"
    );
    EXPECT_TRUE(has(chunked.read_response(), R"("status":413,"code":"body_too_large")"));
}

TEST(HttpServerTest, RefusesHeadsThatAreTooLarge) {
    TestServer server;
    Client client = server.connect();
    client.send("GET / HTTP/1.1\r\nHost: x\r\nX-Long: " + std::string(20'000, 'x') + "\r\n\r\n");
    EXPECT_TRUE(has(client.read_response(), "431 Request Header Fields Too Large"));
}

TEST(HttpServerTest, RefusesWhatIsNotHttpAndAmbiguousFraming) {
    TestServer server;
    for (const char* request :
         {"hello\r\n\r\n",
          "GET / HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n",
          "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: "
          "3\r\n\r\nabc",
          "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: "
          "chunked\r\n\r\nabc",
          "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
          "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
          "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\nabc"}) {
        Client client = server.connect();
        client.send(request);
        EXPECT_TRUE(has(client.read_all(), "400 Bad Request")) << request;
    }
}

TEST(HttpServerTest, WantsOneHost) {
    TestServer server;
    for (const char* request :
         {"GET / HTTP/1.1\r\nA: b\r\n\r\n", "GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n"}) {
        Client client = server.connect();
        client.send(request);
        EXPECT_TRUE(has(client.read_all(), R"("status":400,"code":"host_missing")")) << request;
    }
}

TEST(HttpServerTest, GivesUpOnSlowHeadsAndBodies) {
    TestServer server{{.head_timeout = milliseconds{30}, .body_timeout = milliseconds{30}}};
    Client slow_head = server.connect();
    slow_head.send("GET / HT");
    EXPECT_TRUE(has(slow_head.read_all(), "408 Request Timeout"));
    Client slow_body = server.connect();
    slow_body.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc");
    EXPECT_TRUE(has(slow_body.read_all(), "408 Request Timeout"));
}

/// A deadline that has to pass while nothing happens has no other sign than the clock.
void let_pass(milliseconds time) {
    const auto end = std::chrono::steady_clock::now() + time;
    while (std::chrono::steady_clock::now() < end) {
        std::this_thread::yield();
    }
}

TEST(HttpServerTest, GivesUpOnABodyWhoseDeadlinePassedWhileItsShardWasBusy) {
    TestServer server{{.body_timeout = milliseconds{100}}};
    Client slow = server.connect();
    slow.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\nExpect: 100-continue\r\n\r\n"
    );
    EXPECT_TRUE(has(slow.read_response(), "100 Continue"));
    const Client on_other_shard = server.connect();
    Client on_same_shard = server.connect();
    on_same_shard.send("GET /inline-block HTTP/1.1\r\nHost: x\r\n\r\n");
    server.wait_for_blocked(1);
    slow.send(std::string(60'000, 'x'));  // takes several reads, which complete at once
    let_pass(milliseconds{150});          // the deadline
    server.release();
    EXPECT_TRUE(has(slow.read_response(), "408 Request Timeout"));
}

TEST(HttpServerTest, DropsARefusedClientThatGoesOnSendingAtItsDeadline) {
    // Nothing of the request is ever due again, so that only the deadline can end it.
    TestServer server{{.body_bytes_max = 10, .linger_timeout = milliseconds{100}}};
    Client refused = server.connect();
    refused.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n");
    EXPECT_TRUE(has(refused.read_response(), "413 Content Too Large"));
    const Client on_other_shard = server.connect();
    Client on_same_shard = server.connect();
    on_same_shard.send("GET /inline-block HTTP/1.1\r\nHost: x\r\n\r\n");
    server.wait_for_blocked(1);
    refused.send(std::string(60'000, 'x'));
    let_pass(milliseconds{150});
    server.release();
    EXPECT_TRUE(server.wait_for_sockets(2));
}

TEST(HttpServerTest, ClosesIdleConnectionsWithoutAWord) {
    TestServer server{{.idle_timeout = milliseconds{30}}};
    EXPECT_EQ(server.connect().read_all(), "");
}

TEST(HttpServerTest, ServesANewClientWhileTwoHundredAreIdle) {
    TestServer server;
    std::vector<Client> idle;
    for (int i = 0; i < 200; ++i) {
        idle.push_back(server.connect());
        ASSERT_TRUE(has(idle.back().ask("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), "200 OK"));
    }
    EXPECT_TRUE(has(server.connect().ask("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), "200 OK"));
    for (Client& client : idle) {
        ASSERT_TRUE(has(client.ask("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), "200 OK"));
    }
}

/// Which of the two has something to read, once one has.
std::size_t first_answered(const std::vector<Client>& clients) {
    std::vector<pollfd> waits;
    for (const Client& client : clients) {
        waits.push_back({.fd = client.fd(), .events = POLLIN, .revents = 0});
    }
    EXPECT_EQ(::poll(waits.data(), waits.size(), milliseconds{kPatience}.count()), 1);
    const auto answered =
        std::ranges::find_if(waits, [](const pollfd& w) { return w.revents != 0; });
    return static_cast<std::size_t>(answered - waits.begin());
}

TEST(HttpServerTest, AnswersInlineAndRefusesTheRestWhenThePoolIsFull) {
    TestServer server{{}, {.threads = 1, .queue_capacity = 1}};
    Client blocked = server.connect();
    blocked.send("GET /block HTTP/1.1\r\nHost: x\r\n\r\n");
    server.wait_for_blocked(1);
    std::vector<Client> more;
    for (int i = 0; i < 2; ++i) {  // the one that comes first fills the queue
        more.push_back(server.connect());
        more.back().send("GET /queued HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    }
    const std::size_t refused = first_answered(more);
    ASSERT_LT(refused, more.size());
    const std::string refusal = more[refused].read_response();
    EXPECT_TRUE(refusal.starts_with("HTTP/1.1 503 Service Unavailable\r\n")) << refusal;
    EXPECT_TRUE(has(refusal, "\r\nRetry-After: 1\r\n")) << refusal;
    EXPECT_TRUE(has(refusal, R"("code":"overloaded")")) << refusal;
    EXPECT_TRUE(has(server.connect().ask("GET /inline HTTP/1.1\r\nHost: x\r\n\r\n"), "200 OK"));
    server.release();
    EXPECT_TRUE(has(more[1 - refused].read_all(), "200 OK"));
    EXPECT_TRUE(has(blocked.read_response(), "200 OK"));
}

TEST(HttpServerTest, AnswersAThrowingHandlerWithAProblem) {
    TestServer server;
    EXPECT_TRUE(
        has(server.connect().ask("GET /throw HTTP/1.1\r\nHost: x\r\n\r\n"),
            R"("status":500,"code":"internal")")
    );
}

TEST(HttpServerTest, LetsAnAllowedOriginReadItsRefusals) {
    TestServer server{{.body_bytes_max = 10, .body_timeout = milliseconds{30}}};
    for (const char* rest :
         {"POST / HTTP/1.1\r\nHost: x\r\nOrigin: https://shop.example\r\nContent-Length: "
          "11\r\n\r\n",
          "POST / HTTP/1.1\r\nHost: x\r\nOrigin: https://shop.example\r\nContent-Length: "
          "9\r\n\r\nslow",
          "POST / HTTP/1.1\r\nHost: x\r\nOrigin: https://shop.example\r\nContent-Length: "
          "2\r\nExpect: "
          "x\r\n\r\n",
          "GET /throw HTTP/1.1\r\nHost: x\r\nOrigin: https://shop.example\r\n\r\n"}) {
        Client client = server.connect();
        client.send(rest);
        const std::string response = client.read_response();
        EXPECT_FALSE(has(response, "200 OK")) << response;
        EXPECT_TRUE(has(response, "\r\nX-Allowed: https://shop.example\r\n")) << response;
    }
    const std::string without =
        server.connect().ask("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 11\r\n\r\n");
    EXPECT_TRUE(has(without, "413 Content Too Large"));
    EXPECT_FALSE(has(without, "X-Allowed"));
}

TEST(HttpServerTest, ClosesSocketsOverTheBound) {
    TestServer server{{.sockets_max = 1}};
    Client first = server.connect();
    EXPECT_TRUE(has(first.ask("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), "200 OK"));
    EXPECT_EQ(server.connect().read_all(), "");
}

TEST(HttpServerTest, TellsThatItsPortIsTaken) {
    TestServer server;
    realtime::IoShards shards{1};
    ThreadPool pool{1, 1};
    HttpServer second{shards, pool, {.address = "127.0.0.1", .port = server.port()}, {}};
    const auto port = second.listen();
    ASSERT_FALSE(port);
    EXPECT_EQ(port.error().code, "port_taken");
    HttpServer third{shards, pool, {.address = "nowhere"}, {}};
    EXPECT_EQ(third.listen().error().code, "address_invalid");
}

TEST(HttpServerTest, StopLetsTheRequestInHandFinishAndClosesTheIdle) {
    TestServer server;
    Client idle = server.connect();
    ASSERT_TRUE(has(idle.ask("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), "200 OK"));
    Client busy = server.connect();
    busy.send("GET /block HTTP/1.1\r\nHost: x\r\n\r\n");
    server.wait_for_blocked(1);
    std::jthread stopping{[&] { server.http().stop(in(kPatience)); }};
    EXPECT_EQ(idle.read_all(), "");
    server.release();
    EXPECT_TRUE(has(busy.read_all(), "\r\nConnection: close\r\n"));
}

TEST(HttpServerTest, StopDropsAtItsDeadlineWhatIsNotFinished) {
    TestServer server;
    Client client = server.connect();
    client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc");
    ASSERT_TRUE(server.wait_for_sockets(1));
    server.http().stop(in(milliseconds{30}));
    EXPECT_EQ(server.http().socket_count(), 0U);
}

}  // namespace
}  // namespace orderpush::http_server

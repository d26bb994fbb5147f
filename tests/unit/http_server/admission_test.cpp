// How many sockets one client may hold, and for how long without a word.

#include "http_server/server_state.hpp"
#include "tests/unit/http_server/http_server_fixture.hpp"

#include <gtest/gtest.h>

namespace orderpush::http_server {
namespace {

using test::Client;
using test::has;
using test::milliseconds;
using test::seconds;
using test::TestServer;

constexpr std::string_view kUpgrade =
    "GET /app/key HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

TEST(AdmissionTest, ClosesWhoConnectsAndSaysNothing) {
    TestServer server{{.first_timeout = milliseconds{30}}};
    Client client = server.connect();
    EXPECT_EQ(client.read_all(), "");
    EXPECT_TRUE(server.wait_for_sockets(0));
}

TEST(AdmissionTest, LetsWhoHasAskedWaitForLonger) {
    TestServer server{{.first_timeout = milliseconds{200}, .idle_timeout = seconds{20}}};
    Client client = server.connect();
    EXPECT_TRUE(has(client.ask("GET /a HTTP/1.1\r\nHost: x\r\n\r\n"), "GET /a "));
    Client silent = server.connect();
    EXPECT_EQ(silent.read_all(), "");
    EXPECT_TRUE(has(client.ask("GET /b HTTP/1.1\r\nHost: x\r\n\r\n"), "GET /b "));
}

TEST(AdmissionTest, TellsTheRealtimePartWhoTheClientIs) {
    const std::string forwarded =
        std::string{kUpgrade} + "X-Forwarded-For: 192.0.2.9, 203.0.113.7\r\n\r\n";
    TestServer behind_proxy{{.proxies = TrustedProxies::parse("127.0.0.0/8").value()}};
    Client client = behind_proxy.connect();
    client.send(forwarded);
    EXPECT_EQ(behind_proxy.upgraded().request.remote_address, "203.0.113.7");

    TestServer in_the_open;
    Client liar = in_the_open.connect();
    liar.send(forwarded);
    EXPECT_EQ(in_the_open.upgraded().request.remote_address, "127.0.0.1");
}

TEST(AdmissionTest, SetsNoBoundForPeersThatManyClientsMayStandBehind) {
    TestServer server{{.sockets_per_address_max = 1}};
    Client first = server.connect();
    Client second = server.connect();
    EXPECT_TRUE(has(second.ask("GET /a HTTP/1.1\r\nHost: x\r\n\r\n"), "GET /a "));
    EXPECT_TRUE(server.wait_for_sockets(2));
}

TEST(AdmissionTest, CountsTheSocketsOfEachPeer) {
    realtime::IoShards shards{1};
    ThreadPool pool{1, 1};
    HttpServerOptions options;
    options.sockets_max = 4;
    options.sockets_per_address_max = 2;
    options.proxies = TrustedProxies::parse("198.51.100.1").value();
    ServerState server{shards, pool, options, {}};
    auto* const first = server.admit("203.0.113.7");
    EXPECT_TRUE(first);
    EXPECT_TRUE(server.admit("203.0.113.7"));
    EXPECT_FALSE(server.admit("203.0.113.7"));
    server.release(first);
    EXPECT_TRUE(server.admit("203.0.113.7"));
    // Of a proxy there may be as many as there may be at all.
    EXPECT_TRUE(server.admit("198.51.100.1"));
    EXPECT_TRUE(server.admit("198.51.100.1"));
    EXPECT_FALSE(server.admit("198.51.100.1"));
}

TEST(AdmissionTest, ANetworkCountsAsOnePeer) {
    realtime::IoShards shards{1};
    ThreadPool pool{1, 1};
    HttpServerOptions options;
    options.sockets_per_address_max = 1;
    ServerState server{shards, pool, options, {}};
    EXPECT_TRUE(server.admit("2001:db8::1"));
    EXPECT_FALSE(server.admit("2001:db8::2"));
    EXPECT_TRUE(server.admit("2001:db8:0:1::1"));
}

TEST(AdmissionTest, ADrainingServerServesAndSendsClientsElsewhere) {
    TestServer server;
    Client client = server.connect();
    EXPECT_TRUE(has(client.ask("GET /a HTTP/1.1\r\nHost: x\r\n\r\n"), "Connection: keep-alive"));
    server.http().drain();
    client.send("GET /b HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_TRUE(has(client.read_all(), "Connection: close"));
    EXPECT_TRUE(has(server.connect().ask("GET /c HTTP/1.1\r\nHost: x\r\n\r\n"), "Connection: close")
    );
}

TEST(AdmissionTest, AHurriedStopWaitsForNoRequest) {
    TestServer server;
    Client client = server.connect();
    client.send("GET /block HTTP/1.1\r\nHost: x\r\n\r\n");
    server.wait_for_blocked(1);
    std::jthread stopping{[&] { server.http().stop(test::in(seconds{600})); }};
    server.http().stop_now();
    stopping.join();
    EXPECT_EQ(server.http().socket_count(), 0U);
    EXPECT_EQ(client.read_all(), "");
}

}  // namespace
}  // namespace orderpush::http_server

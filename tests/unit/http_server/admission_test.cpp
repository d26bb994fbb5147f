// How many sockets one client may hold, and for how long without a word.

#include "http_server/server_state.hpp"
#include "tests/unit/http_server/http_server_fixture.hpp"

#include <gtest/gtest.h>

namespace orderpush::http_server {
namespace {

using test::Client;
using test::Door;
using test::has;
using test::milliseconds;
using test::seconds;

constexpr std::string_view kUpgrade =
    "GET /app/key HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

TEST(AdmissionTest, ClosesWhoConnectsAndSaysNothing) {
    Door door{{.first_timeout = milliseconds{30}}};
    Client client = door.connect();
    EXPECT_EQ(client.read_all(), "");
    EXPECT_TRUE(door.wait_for_sockets(0));
}

TEST(AdmissionTest, LetsWhoHasAskedWaitForLonger) {
    Door door{{.first_timeout = milliseconds{200}, .idle_timeout = seconds{20}}};
    Client client = door.connect();
    EXPECT_TRUE(has(client.ask("GET /a HTTP/1.1\r\nHost: x\r\n\r\n"), "GET /a "));
    Client silent = door.connect();
    EXPECT_EQ(silent.read_all(), "");
    EXPECT_TRUE(has(client.ask("GET /b HTTP/1.1\r\nHost: x\r\n\r\n"), "GET /b "));
}

TEST(AdmissionTest, TellsTheRealtimePartWhoTheClientIs) {
    const std::string forwarded =
        std::string{kUpgrade} + "X-Forwarded-For: 192.0.2.9, 203.0.113.7\r\n\r\n";
    Door behind_proxy{{.proxies = TrustedProxies::parse("127.0.0.0/8").value()}};
    Client client = behind_proxy.connect();
    client.send(forwarded);
    EXPECT_EQ(behind_proxy.upgraded().request.remote_address, "203.0.113.7");

    Door in_the_open;
    Client liar = in_the_open.connect();
    liar.send(forwarded);
    EXPECT_EQ(in_the_open.upgraded().request.remote_address, "127.0.0.1");
}

TEST(AdmissionTest, SetsNoBoundForPeersThatManyClientsMayStandBehind) {
    Door door{{.sockets_per_address_max = 1}};
    Client first = door.connect();
    Client second = door.connect();
    EXPECT_TRUE(has(second.ask("GET /a HTTP/1.1\r\nHost: x\r\n\r\n"), "GET /a "));
    EXPECT_TRUE(door.wait_for_sockets(2));
}

TEST(AdmissionTest, CountsTheSocketsOfEachPeer) {
    realtime::IoShards shards{1};
    ThreadPool pool{1, 1};
    HttpServerOptions options;
    options.sockets_max = 4;
    options.sockets_per_address_max = 2;
    options.proxies = TrustedProxies::parse("198.51.100.1").value();
    ServerState door{shards, pool, options, {}};
    auto* const first = door.admit("203.0.113.7");
    EXPECT_TRUE(first);
    EXPECT_TRUE(door.admit("203.0.113.7"));
    EXPECT_FALSE(door.admit("203.0.113.7"));
    door.release(first);
    EXPECT_TRUE(door.admit("203.0.113.7"));
    // Of a proxy there may be as many as there may be at all.
    EXPECT_TRUE(door.admit("198.51.100.1"));
    EXPECT_TRUE(door.admit("198.51.100.1"));
    EXPECT_FALSE(door.admit("198.51.100.1"));
}

TEST(AdmissionTest, ANetworkCountsAsOnePeer) {
    realtime::IoShards shards{1};
    ThreadPool pool{1, 1};
    HttpServerOptions options;
    options.sockets_per_address_max = 1;
    ServerState door{shards, pool, options, {}};
    EXPECT_TRUE(door.admit("2001:db8::1"));
    EXPECT_FALSE(door.admit("2001:db8::2"));
    EXPECT_TRUE(door.admit("2001:db8:0:1::1"));
}

TEST(AdmissionTest, ADrainingDoorServesAndSendsClientsElsewhere) {
    Door door;
    Client client = door.connect();
    EXPECT_TRUE(has(client.ask("GET /a HTTP/1.1\r\nHost: x\r\n\r\n"), "Connection: keep-alive"));
    door.door().drain();
    client.send("GET /b HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_TRUE(has(client.read_all(), "Connection: close"));
    EXPECT_TRUE(has(door.connect().ask("GET /c HTTP/1.1\r\nHost: x\r\n\r\n"), "Connection: close"));
}

TEST(AdmissionTest, AHurriedStopWaitsForNoRequest) {
    Door door;
    Client client = door.connect();
    client.send("GET /block HTTP/1.1\r\nHost: x\r\n\r\n");
    door.wait_for_blocked(1);
    std::jthread stopping{[&] { door.door().stop(test::in(seconds{600})); }};
    door.door().stop_now();
    stopping.join();
    EXPECT_EQ(door.door().socket_count(), 0U);
    EXPECT_EQ(client.read_all(), "");
}

}  // namespace
}  // namespace orderpush::http_server

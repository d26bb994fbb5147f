#include "realtime/sockets/websocket_server.hpp"

#include "tests/support/log_capture.hpp"
#include "tests/unit/realtime/sockets/socket_server.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

namespace orderpush::realtime {
namespace {

using std::chrono::milliseconds;
using test::in;
using test::kPatience;
using test::kSubscribeNews;
using test::Server;
using test::WebSocketClient;

TEST(WebSocketServerTest, DeliversToConnectionsOnBothShards) {
    Server server;
    WebSocketClient clients[] = {server.greeted(0), server.greeted(1)};
    for (auto& client : clients) {
        client.send_text(kSubscribeNews);
        EXPECT_EQ(client.next_message()["event"], "pusher_internal:subscription_succeeded");
    }
    for (int i = 0; i < 200; ++i) {
        server.publish("news", std::to_string(i));
    }
    for (auto& client : clients) {
        for (int i = 0; i < 200; ++i) {
            ASSERT_EQ(client.next_message()["data"], std::to_string(i));
        }
    }
}

TEST(WebSocketServerTest, ReadsBytesThatCameWithTheUpgrade) {
    Server server;
    WebSocketClient client = server.connect(0, "/app/k", test::client_text(kSubscribeNews));
    client.read_handshake();
    EXPECT_EQ(client.next_message()["event"], "pusher:connection_established");
    EXPECT_EQ(client.next_message()["event"], "pusher_internal:subscription_succeeded");
}

TEST(WebSocketServerTest, AnswersPingFramesAndTheClosingHandshake) {
    Server server;
    WebSocketClient client = server.greeted();
    client.send_bytes(test::client_frame(0x89, "hello"));
    EXPECT_EQ(client.next(), 0xA);
    EXPECT_EQ(client.payload(), "hello");
    client.send_bytes(test::client_frame(0x88, "\x03\xE8"));
    EXPECT_EQ(client.next_close_code(), 1000);
    EXPECT_TRUE(client.is_at_end());
    EXPECT_TRUE(server.wait_for_count(0));
}

TEST(WebSocketServerTest, ClosesOnABrokenProtocolAndOnARefusal) {
    Server server;
    WebSocketClient broken = server.greeted();
    broken.send_bytes("\x81\x01x");
    EXPECT_EQ(broken.next_close_code(), 1002);
    WebSocketClient stranger = server.connect(0, "/app/other");
    EXPECT_NE(stranger.read_handshake().find("101"), std::string::npos);
    EXPECT_EQ(stranger.next_close_code(), 4001);
}

TEST(WebSocketServerTest, ClosesASlowConsumerAndNobodyElse) {
    Server server{{.outbound = {.bytes_max = 64 * 1024}}};
    WebSocketClient slow = server.greeted();
    WebSocketClient quick = server.greeted();
    for (auto* client : {&slow, &quick}) {
        client->send_text(kSubscribeNews);
        EXPECT_EQ(client->next_message()["event"], "pusher_internal:subscription_succeeded");
    }
    const std::string data(8'000, 'x');
    for (int i = 0; i < 200; ++i) {
        server.publish("news", data);
        ASSERT_EQ(quick.next_message()["data"], data);
    }
    int complete = 0;
    while (slow.next() == 1) {
        ASSERT_EQ(
            nlohmann::json::parse(slow.payload())["data"], data
        );  // what was begun was completed
        ++complete;
    }
    EXPECT_LT(complete, 200);
    EXPECT_EQ(slow.payload().substr(0, 2), "\x10\x04");
    EXPECT_EQ(slow.payload().substr(2), "Slow consumer");
    slow.send_bytes(test::client_frame(0x88, "\x10\x04"));
    EXPECT_TRUE(slow.is_at_end());
    EXPECT_TRUE(server.wait_for_count(1));
    server.publish("news", "still here");
    EXPECT_EQ(quick.next_message()["data"], "still here");
}

TEST(WebSocketServerTest, DeliversAFrameLargerThanTheBoundToAnIdleConnection) {
    Server server{{.outbound = {.bytes_max = 1024}}};
    WebSocketClient client = server.greeted();
    client.send_text(kSubscribeNews);
    EXPECT_EQ(client.next_message()["event"], "pusher_internal:subscription_succeeded");
    const std::string data(5'000, 'x');
    server.publish("news", data);
    EXPECT_EQ(client.next_message()["data"], data);
}

/// Five pings that come with the upgrade: their answers pass a bound of two frames before anything
/// is written.
std::string five_pings() {
    std::string bytes;
    for (int i = 0; i < 5; ++i) {
        bytes += test::client_frame(0x89, "x");
    }
    return bytes;
}

TEST(WebSocketServerTest, AnswersTheUpgradeBeforeItClosesASlowConsumer) {
    Server server{{.outbound = {.frames_max = 2}}};
    WebSocketClient client = server.connect(0, "/app/k", five_pings());
    EXPECT_NE(client.read_handshake().find("101 Switching"), std::string::npos);
    EXPECT_EQ(client.next_close_code(), 4100);
}

TEST(WebSocketServerTest, LogsFewOfManySlowConsumers) {
    orderpush::test::LogCapture capture;
    {
        Server server{{.outbound = {.frames_max = 2}}};
        for (int i = 0; i < 50; ++i) {
            WebSocketClient client = server.connect(0, "/app/k", five_pings());
            client.read_handshake();
            EXPECT_EQ(client.next_close_code(), 4100);
        }
    }
    const std::string lines = capture.lines();
    EXPECT_NE(lines.find("slow_consumer_closed"), std::string::npos);
    EXPECT_LE(std::ranges::count(lines, '\n'), 10);
}

TEST(WebSocketServerTest, DropsASlowConsumerThatNeverReadsAtTheCloseDeadline) {
    Server server{
        {.outbound = {.bytes_max = 64 * 1024},
         .close_timeout = milliseconds{50},
         .sweep_interval = milliseconds{10}}};
    WebSocketClient slow = server.greeted();
    slow.send_text(kSubscribeNews);
    EXPECT_EQ(slow.next_message()["event"], "pusher_internal:subscription_succeeded");
    for (int i = 0; i < 200; ++i) {
        server.publish("news", std::string(8'000, 'x'));
    }
    EXPECT_TRUE(server.wait_for_count(0));
}

TEST(WebSocketServerTest, PingsTheSilentAgainWhenTheyAnswered) {
    Server server{
        {.activity_timeout = milliseconds{30},
         .pong_timeout = kPatience,
         .sweep_interval = milliseconds{5}}};
    WebSocketClient client = server.greeted();
    EXPECT_EQ(client.next_message()["event"], "pusher:ping");
    client.send_text(R"({"event":"pusher:pong","data":{}})");
    EXPECT_EQ(client.next_message()["event"], "pusher:ping");
}

TEST(WebSocketServerTest, PingsTheDeadAndClosesThem) {
    Server server{
        {.activity_timeout = milliseconds{30},
         .pong_timeout = milliseconds{50},
         .sweep_interval = milliseconds{5}}};
    WebSocketClient client = server.greeted();
    EXPECT_EQ(client.next_message()["event"], "pusher:ping");
    EXPECT_EQ(client.next(), 8);
    EXPECT_EQ(client.payload().substr(0, 2), "\x10\x69");  // 4201
}

TEST(WebSocketServerTest, RefusesConnectionsOverTheBound) {
    Server server{{.connections_max = 1}};
    const WebSocketClient first = server.greeted();
    WebSocketClient second = server.connect(1);
    second.read_handshake();
    EXPECT_EQ(second.next_close_code(), 4100);
}

TEST(WebSocketServerTest, StopClosesEveryConnectionAndThoseThatStillArrive) {
    Server server;
    std::vector<WebSocketClient> clients;
    for (std::size_t i = 0; i < 20; ++i) {
        clients.push_back(server.greeted(i % 2));
    }
    std::jthread stopping{[&] { server.websockets().stop(in(kPatience)); }};
    for (auto& client : clients) {
        EXPECT_EQ(client.next_close_code(), 1001);
        client.send_bytes(test::client_frame(0x88, "\x03\xE9"));
    }
    stopping.join();
    EXPECT_EQ(server.websockets().connection_count(), 0U);
    WebSocketClient late = server.connect();
    late.read_handshake();
    EXPECT_EQ(late.next_close_code(), 1001);
}

TEST(WebSocketServerTest, StopDropsAtItsDeadlineThoseThatDoNotAnswer) {
    Server server;
    const WebSocketClient silent = server.greeted();
    server.websockets().stop(in(milliseconds{20}));
    EXPECT_EQ(server.websockets().connection_count(), 0U);
}

TEST(WebSocketServerTest, ForgetsAThousandConnectionsThatCameAndWent) {
    Server server;
    for (std::size_t round = 0; round < 10; ++round) {
        std::vector<WebSocketClient> clients;
        for (std::size_t i = 0; i < 100; ++i) {
            clients.push_back(server.greeted(i % 2));
            clients.back().send_text(kSubscribeNews);
        }
    }
    EXPECT_TRUE(server.wait_for_count(0));
}

}  // namespace
}  // namespace orderpush::realtime

// What one client, or one address, can take from the server; and how a stop lets go of many.

#include "tests/unit/realtime/sockets/socket_server.hpp"

#include <gtest/gtest.h>

#include <malloc.h>

namespace orderpush::realtime {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using test::in;
using test::kPatience;
using test::kSubscribeNews;
using test::Server;
using test::WebSocketClient;

TEST(WebSocketBoundsTest, RefusesAnAddressOverItsBoundAndNobodyElse) {
    Server server{{.connections_per_address_max = 2}};
    std::vector<WebSocketClient> clients;
    for (int i = 0; i < 2; ++i) {
        clients.push_back(server.connect_from("203.0.113.7"));
        clients.back().read_handshake();
        EXPECT_EQ(clients.back().next_message()["event"], "pusher:connection_established");
    }
    WebSocketClient refused = server.connect_from("203.0.113.7");
    EXPECT_NE(refused.read_handshake().find("101"), std::string::npos);
    EXPECT_EQ(refused.next_close_code(), 4100);
    EXPECT_EQ(refused.payload().substr(2), "Address is over its limit of 2 connections");
    for (const char* other : {"203.0.113.8", "2001:db8::1", "127.0.0.1", "10.0.0.1"}) {
        WebSocketClient client = server.connect_from(other);
        client.read_handshake();
        EXPECT_EQ(client.next_message()["event"], "pusher:connection_established") << other;
    }
}

TEST(WebSocketBoundsTest, TakesAnAddressAgainWhenOneOfItsConnectionsIsGone) {
    Server server{{.connections_per_address_max = 1}};
    {
        WebSocketClient first = server.connect_from("203.0.113.7");
        first.read_handshake();
        EXPECT_EQ(first.next_message()["event"], "pusher:connection_established");
    }
    ASSERT_TRUE(server.wait_for_count(0));
    WebSocketClient second = server.connect_from("203.0.113.7");
    second.read_handshake();
    EXPECT_EQ(second.next_message()["event"], "pusher:connection_established");
}

std::string subscription_to(const std::string& channel) {
    return R"({"event":"pusher:subscribe","data":{"channel":")" + channel + "\"}}";
}

WebSocketClient greeted_from(Server& server, const char* address) {
    WebSocketClient client = server.connect_from(address);
    client.read_handshake();
    EXPECT_EQ(client.next_message()["event"], "pusher:connection_established");
    return client;
}

TEST(WebSocketBoundsTest, AnAddressHasSoManySubscriptionsOverAllItsConnections) {
    Server server{{.per_address = {.subscriptions_max = 3}}};
    WebSocketClient first = greeted_from(server, "203.0.113.7");
    WebSocketClient other = greeted_from(server, "203.0.113.8");
    WebSocketClient house = greeted_from(server, "10.0.0.1");
    const auto answer_to = [](WebSocketClient& client, const std::string& channel) {
        client.send_text(subscription_to(channel));
        return client.next_message();
    };
    {
        WebSocketClient second = greeted_from(server, "203.0.113.7");
        answer_to(first, "a");
        answer_to(second, "a");
        answer_to(second, "b");
        EXPECT_EQ(
            answer_to(first, "b")["data"]["message"],
            "Cannot subscribe to b: the connections of this address have reached the limit of 3 "
            "subscriptions"
        );
    }
    ASSERT_TRUE(server.wait_for_count(3));
    for (WebSocketClient* client : {&first, &other, &house}) {
        EXPECT_EQ(answer_to(*client, "c")["event"], "pusher_internal:subscription_succeeded");
        EXPECT_EQ(answer_to(*client, "d")["event"], "pusher_internal:subscription_succeeded");
    }
    EXPECT_EQ(answer_to(first, "e")["event"], "pusher:error");
    first.send_text(R"({"event":"pusher:unsubscribe","data":{"channel":"a"}})");
    EXPECT_EQ(answer_to(first, "e")["event"], "pusher_internal:subscription_succeeded");
    for (const char* channel : {"e", "f", "g"}) {
        EXPECT_EQ(answer_to(house, channel)["event"], "pusher_internal:subscription_succeeded");
    }
}

TEST(WebSocketBoundsTest, AnAddressSendsSoManyMessagesOverAllItsConnections) {
    Server server{{.per_address = {.messages_per_second_max = 1}}};
    WebSocketClient first = greeted_from(server, "203.0.113.7");
    WebSocketClient second = greeted_from(server, "203.0.113.7");
    WebSocketClient other = greeted_from(server, "203.0.113.8");
    // Ten at once, and one more a second: far from what either may send by itself.
    std::string refusal;
    for (int i = 0; i < 200 && refusal.empty(); ++i) {
        for (WebSocketClient* client : {&first, &second}) {
            client->send_text(subscription_to("c" + std::to_string(i)));
            const auto answer = client->next_message();
            refusal = answer["event"] == "pusher:error" ? answer["data"]["message"] : "";
        }
    }
    EXPECT_EQ(
        refusal,
        "Message dropped: the connections of this address send more than 1 messages per second"
    );
    first.send_text(R"({"event":"pusher:ping"})");
    EXPECT_EQ(first.next_message()["event"], "pusher:pong");
    other.send_text(subscription_to("c"));
    EXPECT_EQ(other.next_message()["event"], "pusher_internal:subscription_succeeded");
}

TEST(WebSocketBoundsTest, AnAddressCannotFillTheServerWithRefusals) {
    Server server{{.connections_per_address_max = 1}};
    std::vector<WebSocketClient> flood;
    for (int i = 0; i < 100; ++i) {
        flood.push_back(server.connect_from("203.0.113.7"));
    }
    int answered = 0;
    for (auto& client : flood) {
        answered += client.read_handshake().empty() ? 0 : 1;
    }
    EXPECT_EQ(answered, 1 + 8);
}

TEST(WebSocketBoundsTest, DropsWhoTakesNothingHoweverLittleWaits) {
    Server server{{.stall_timeout = milliseconds{50}, .sweep_interval = milliseconds{5}}};
    WebSocketClient stalled = server.greeted();
    WebSocketClient quick = server.greeted();
    for (auto* client : {&stalled, &quick}) {
        client->send_text(kSubscribeNews);
        EXPECT_EQ(client->next_message()["event"], "pusher_internal:subscription_succeeded");
    }
    // Far below the bound of a megabyte, and more than the socket holds.
    const std::string data(8'000, 'x');
    for (int i = 0; i < 60; ++i) {
        server.publish("news", data);
        ASSERT_EQ(quick.next_message()["data"], data);
    }
    EXPECT_TRUE(server.wait_for_count(1));
    while (stalled.next() == 1) {
    }
    server.publish("news", "still here");
    EXPECT_EQ(quick.next_message()["data"], "still here");
}

TEST(WebSocketBoundsTest, KeepsWhoIsSlowButTakesSomething) {
    Server server{{.stall_timeout = seconds{20}, .sweep_interval = milliseconds{1}}};
    WebSocketClient slow = server.greeted();
    slow.send_text(kSubscribeNews);
    EXPECT_EQ(slow.next_message()["event"], "pusher_internal:subscription_succeeded");
    const std::string data(8'000, 'x');
    for (int i = 0; i < 60; ++i) {
        server.publish("news", data);
    }
    for (int i = 0; i < 60; ++i) {
        ASSERT_EQ(slow.next_message()["data"], data);
    }
    EXPECT_EQ(server.websockets().connection_count(), 1U);
}

/// What the heap holds now; 0 under a sanitizer that has its own.
std::size_t heap_bytes() {
    return ::mallinfo2().uordblks + ::mallinfo2().hblkhd;
}

TEST(WebSocketBoundsTest, UnfinishedFramesTakeNoMoreThanAMessage) {
    Server server;
    WebSocketClient client = server.greeted();
    const std::size_t before = heap_bytes();
    // Fragments without end: beyond the largest message the connection is closed.
    client.send_bytes(test::client_frame(0x01, std::string(1'000, 'x')));
    for (int i = 0; i < 200; ++i) {
        client.send_bytes(test::client_frame(0x00, std::string(1'000, 'x')));
    }
    EXPECT_EQ(client.next_close_code(), 1009);
    // A frame that comes a byte at a time.
    WebSocketClient trickle = server.greeted();
    const std::string frame = test::client_frame(0x81, std::string(9'000, 'x'));
    for (const char& byte : frame) {
        trickle.send_bytes({&byte, 1});
    }
    EXPECT_EQ(trickle.next_message()["event"], "pusher:error");
    EXPECT_LT(heap_bytes(), before + 1024 * 1024);
}

TEST(WebSocketBoundsTest, ThousandsOfSubscriptionsEndAtTheBound) {
    Server server;
    WebSocketClient client = server.greeted();
    int granted = 0;
    int refused = 0;
    for (int i = 0; i < 1'100; ++i) {
        client.send_text(
            R"({"event":"pusher:subscribe","data":{"channel":"c)" + std::to_string(i) + "\"}}"
        );
        const auto answer = client.next_message();
        if (answer.is_null()) {
            break;
        }
        if (answer["event"] == "pusher_internal:subscription_succeeded") {
            ++granted;
        } else {
            ++refused;
        }
    }
    EXPECT_LE(granted, 1'000);
    EXPECT_GT(refused, 0);
}

TEST(WebSocketBoundsTest, ASpreadStopClosesOneAfterAnother) {
    Server server;
    std::vector<WebSocketClient> clients;
    for (std::size_t i = 0; i < 20; ++i) {
        clients.push_back(server.greeted(i % 2));
    }
    const auto begin = std::chrono::steady_clock::now();
    std::jthread stopping{[&] { server.websockets().stop(in(kPatience), milliseconds{400}); }};
    std::size_t early = 0;
    for (auto& client : clients) {
        EXPECT_EQ(client.next_close_code(), 1001);
        early += std::chrono::steady_clock::now() - begin < milliseconds{100} ? 1U : 0U;
        client.send_bytes(test::client_frame(0x88, "\x03\xE9"));
    }
    stopping.join();
    EXPECT_LT(early, 20U);
    EXPECT_EQ(server.websockets().connection_count(), 0U);
}

TEST(WebSocketBoundsTest, AHurriedStopWaitsForNobody) {
    Server server;
    const WebSocketClient silent = server.greeted(0);
    const WebSocketClient other = server.greeted(1);
    std::jthread stopping{
        [&] { server.websockets().stop(in(seconds{600}), std::chrono::minutes{5}); }};
    server.websockets().stop_now();
    stopping.join();
    EXPECT_EQ(server.websockets().connection_count(), 0U);
}

}  // namespace
}  // namespace orderpush::realtime

// What one client, or one address, can take from the server; and how a stop lets go of many.

#include "base/deflate.hpp"
#include "protocol/pusher_signature.hpp"
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

nlohmann::json answer_to(WebSocketClient& client, const std::string& channel) {
    client.send_text(subscription_to(channel));
    return client.next_message();
}

TEST(WebSocketBoundsTest, AnAddressHasSoManySubscriptionsOverAllItsConnections) {
    Server server{{.per_address = {.subscriptions_max = 3}}};
    WebSocketClient first = greeted_from(server, "203.0.113.7");
    WebSocketClient other = greeted_from(server, "203.0.113.8");
    WebSocketClient house = greeted_from(server, "10.0.0.1");
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

TEST(WebSocketBoundsTest, AFloodOfControlFramesIsClosed) {
    for (const unsigned first : {0x89U, 0x8AU}) {
        Server server;
        WebSocketClient client = server.greeted();
        std::string flood;
        for (int i = 0; i < 20'000; ++i) {
            flood += test::client_frame(first, "x");
        }
        const std::jthread sending{[&] { client.send_bytes(flood); }};
        int pongs = 0;
        int opcode = client.next();
        for (; opcode == 0xA; opcode = client.next()) {
            ++pongs;
        }
        EXPECT_EQ(opcode, 8);
        EXPECT_EQ(client.payload().substr(2), "Too many messages");
        EXPECT_LE(pongs, first == 0x89U ? 10'000 : 0);
    }
}

TEST(WebSocketBoundsTest, AnAddressHasSoManySubscriptionsWithoutASignature) {
    Server server{{.per_address = {.anonymous_subscriptions_max = 2}}};
    WebSocketClient first = greeted_from(server, "203.0.113.7");
    WebSocketClient second = greeted_from(server, "203.0.113.7");
    EXPECT_EQ(answer_to(first, "a")["event"], "pusher_internal:subscription_succeeded");
    EXPECT_EQ(answer_to(second, "b")["event"], "pusher_internal:subscription_succeeded");
    EXPECT_EQ(
        answer_to(second, "c")["data"]["message"],
        "Cannot subscribe to c: the connections of this address have reached the limit of 2 "
        "subscriptions without a signature"
    );
    first.send_text(R"({"event":"pusher:unsubscribe","data":{"channel":"a"}})");
    EXPECT_EQ(answer_to(first, "d")["event"], "pusher_internal:subscription_succeeded");
    WebSocketClient other = greeted_from(server, "203.0.113.8");
    EXPECT_EQ(answer_to(other, "c")["event"], "pusher_internal:subscription_succeeded");
}

/// Sixty kilobytes in a hundred bytes.
std::string bomb() {
    return test::client_frame(0xC1, deflate_message(std::string(60'000, ' ')));
}

TEST(WebSocketBoundsTest, MessagesThatInflateToFarMoreThanWasSentCloseTheConnection) {
    Server server{{.has_compression = true}};
    WebSocketClient client = server.connect(0, "/app/k", "", "permessage-deflate");
    EXPECT_NE(client.read_handshake().find("permessage-deflate"), std::string::npos);
    std::string bombs;
    for (int i = 0; i < 500; ++i) {
        bombs += bomb();
    }
    client.send_bytes(bombs);
    int answers = 0;
    int opcode = client.next();
    for (; opcode == 1; opcode = client.next()) {
        ++answers;
    }
    ASSERT_EQ(opcode, 8);
    EXPECT_EQ(client.payload().substr(0, 2), "\x03\xF1") << "1009";
    // The greeting, and one refusal for each that was still inflated.
    EXPECT_LE(answers, 1 + 10);
    EXPECT_GE(answers, 1 + 4) << "some are not yet a bomb";
}

TEST(WebSocketBoundsTest, FragmentedAndManyConnectionsBombsAreBoundedToo) {
    Server server{{.has_compression = true}};
    const std::string bytes = deflate_message(std::string(60'000, ' '));
    const std::string in_two =
        test::client_frame(0x41, std::string_view{bytes}.substr(0, bytes.size() / 2)) +
        test::client_frame(0x80, std::string_view{bytes}.substr(bytes.size() / 2));
    std::string bombs;
    for (int i = 0; i < 20; ++i) {
        bombs += in_two;
    }
    int inflated = 0;
    for (int i = 0; i < 60; ++i) {
        WebSocketClient client = server.connect(0, "/app/k", "", "permessage-deflate");
        EXPECT_NE(client.read_handshake(), "");
        client.send_bytes(bombs);
        int opcode = client.next();
        for (; opcode == 1; opcode = client.next()) {
            ++inflated;
        }
        EXPECT_EQ(opcode, 8);
    }
    EXPECT_LE(inflated, 60 * (1 + 10)) << "of 1200";
    WebSocketClient ordinary = server.connect(0, "/app/k", "", "permessage-deflate");
    EXPECT_NE(ordinary.read_handshake(), "");
    EXPECT_EQ(ordinary.next_message()["event"], "pusher:connection_established");
    ordinary.send_bytes(test::client_frame(0xC1, deflate_message(kSubscribeNews)));
    EXPECT_EQ(ordinary.next_message()["event"], "pusher_internal:subscription_succeeded");
}

TEST(WebSocketBoundsTest, ARepetitiveMessageNowAndThenIsNoBomb) {
    Server server{{.has_compression = true}};
    WebSocketClient client = server.connect(0, "/app/k", "", "permessage-deflate");
    EXPECT_NE(client.read_handshake(), "");
    EXPECT_EQ(client.next_message()["event"], "pusher:connection_established");
    const std::string event =
        R"({"event":"client-x","channel":"private-a","data":")" + std::string(10'000, 'x') + "\"}";
    for (int i = 0; i < 10; ++i) {
        client.send_bytes(test::client_frame(0xC1, deflate_message(event)));
        EXPECT_EQ(client.next_message()["event"], "pusher:error") << "client events are off";
    }
}

TEST(WebSocketBoundsTest, UnfinishedMessagesAreBoundedOverAllConnections) {
    // Half of it on each of the two shards: room for one or two such messages.
    Server server{{.waiting_bytes_max = 300'000}};
    std::string frame = test::client_frame(0x81, std::string(60'000, ' '));
    frame.resize(frame.size() - 1);
    std::vector<WebSocketClient> clients;
    std::vector<pollfd> answers;
    for (int i = 0; i < 4; ++i) {
        clients.push_back(server.greeted());
        clients.back().send_bytes(frame);
        answers.push_back({.fd = clients.back().fd(), .events = POLLIN, .revents = 0});
    }
    WebSocketClient small = server.greeted();
    const std::string ping = test::client_text(R"({"event":"pusher:ping"})");
    small.send_bytes(ping.substr(0, 10));
    ASSERT_GE(::poll(answers.data(), answers.size(), 10'000), 1);
    const auto refused =
        std::ranges::find_if(answers, [](const pollfd& answer) { return answer.revents != 0; });
    EXPECT_EQ(
        clients.at(static_cast<std::size_t>(refused - answers.begin())).next_close_code(), 4100
    );
    small.send_bytes(ping.substr(10));
    EXPECT_EQ(small.next_message()["event"], "pusher:pong");
}

TEST(WebSocketBoundsTest, WhatIsHeardToItsEndIsForgotten) {
    Server server{{.waiting_bytes_max = 300'000}};
    WebSocketClient client = server.greeted();
    const std::string frame = test::client_frame(0x81, std::string(60'000, ' '));
    for (int i = 0; i < 20; ++i) {
        client.send_bytes(frame.substr(0, 50'000));
        client.send_bytes(frame.substr(50'000));
        EXPECT_EQ(client.next_message()["event"], "pusher:error");
    }
}

/// Connected, and in a channel that it has a signature for.
WebSocketClient proved(Server& server) {
    WebSocketClient client = server.connect();
    client.read_handshake();
    const std::string greeting = client.next_message()["data"];
    const std::string id = nlohmann::json::parse(greeting)["socket_id"];
    const std::string auth = protocol::sign_pusher_auth(
        {.id = "1", .key = "k", .secret = "s"},
        protocol::channel_string_to_sign(id, "private-a", "")
    );
    client.send_text(nlohmann::json{
        {"event", "pusher:subscribe"}, {"data", {{"channel", "private-a"}, {"auth", auth}}}}
                         .dump());
    EXPECT_EQ(client.next_message()["event"], "pusher_internal:subscription_succeeded");
    return client;
}

TEST(WebSocketBoundsTest, WhatWaitsForWhoHasShownNothingIsBoundedOverAllOfThem) {
    Server server{{.waiting_bytes_max = 300'000}};
    std::vector<WebSocketClient> unread;
    for (int i = 0; i < 8; ++i) {
        unread.push_back(server.greeted());
        unread.back().send_text(kSubscribeNews);
        EXPECT_EQ(unread.back().next_message()["event"], "pusher_internal:subscription_succeeded");
    }
    WebSocketClient member = proved(server);
    member.send_text(kSubscribeNews);
    EXPECT_EQ(member.next_message()["event"], "pusher_internal:subscription_succeeded");
    // More than their sockets take, and not a tenth of what may wait for one connection.
    for (int i = 0; i < 60; ++i) {
        server.publish("news", std::string(8'000, 'x'));
    }
    int closed = 0;
    for (WebSocketClient& client : unread) {
        int messages = 0;
        int opcode = client.next();
        while (opcode == 1 && ++messages < 60) {
            opcode = client.next();
        }
        closed += opcode == 8 ? 1 : 0;
    }
    EXPECT_GE(closed, 1);
    for (int i = 0; i < 60; ++i) {
        EXPECT_EQ(member.next_message()["event"], "e");
    }
}

TEST(WebSocketBoundsTest, WhenTheServerIsFullWhoHasProvedNothingMakesRoom) {
    Server server{{.connections_max = 2, .unproven_min_age = milliseconds{0}}};
    WebSocketClient member = proved(server);
    WebSocketClient anonymous = server.greeted();
    const WebSocketClient cook = proved(server);
    EXPECT_EQ(anonymous.next_close_code(), 4100);
    anonymous.send_bytes(test::client_frame(0x88, "\x03\xE8"));
    ASSERT_TRUE(server.wait_for_count(2));
    WebSocketClient late = server.connect();
    EXPECT_NE(late.read_handshake(), "");
    EXPECT_EQ(late.next_close_code(), 4100) << "the others have shown a signature";
    member.send_text(R"({"event":"pusher:ping"})");
    EXPECT_EQ(member.next_message()["event"], "pusher:pong");
}

}  // namespace
}  // namespace orderpush::realtime

// Connections whose frames go through a TLS session.

#include "tests/support/test_credentials.hpp"
#include "tests/unit/realtime/sockets/socket_server.hpp"

#include <gtest/gtest.h>

namespace orderpush::realtime {
namespace {

using orderpush::test::CertificateFiles;
using std::chrono::milliseconds;
using test::in;
using test::kPatience;
using test::kSubscribeNews;
using test::Server;
using test::WebSocketClient;

class WebSocketTlsTest : public testing::Test {
  protected:
    WebSocketClient subscribed(Server& server) {
        WebSocketClient client = server.connect_securely(*credentials_);
        EXPECT_NE(client.read_handshake(), "");
        EXPECT_EQ(client.next_message()["event"], "pusher:connection_established");
        client.send_text(kSubscribeNews);
        EXPECT_EQ(client.next_message()["event"], "pusher_internal:subscription_succeeded");
        return client;
    }

    CertificateFiles files_;
    std::shared_ptr<const TlsCredentials> credentials_ = files_.load();
};

TEST_F(WebSocketTlsTest, DeliversInOrderBesidePlainConnections) {
    Server server;
    WebSocketClient secure = subscribed(server);
    WebSocketClient plain = server.greeted(1);
    plain.send_text(kSubscribeNews);
    EXPECT_EQ(plain.next_message()["event"], "pusher_internal:subscription_succeeded");
    for (int i = 0; i < 200; ++i) {
        server.publish("news", std::to_string(i));
    }
    for (auto* client : {&secure, &plain}) {
        for (int i = 0; i < 200; ++i) {
            ASSERT_EQ(client->next_message()["data"], std::to_string(i));
        }
    }
}

TEST_F(WebSocketTlsTest, DeliversWholeWhatTheSocketTookInPieces) {
    Server server;
    WebSocketClient slow = subscribed(server);
    // More than a record, more than the socket holds, less than the queue's bound.
    const std::string large(40'000, 'y');
    for (int i = 0; i < 20; ++i) {
        server.publish("news", std::to_string(i) + large);
    }
    for (int i = 0; i < 20; ++i) {
        ASSERT_EQ(slow.next_message()["data"], std::to_string(i) + large);
    }
}

TEST_F(WebSocketTlsTest, ReadsLongMessagesAndPings) {
    Server server;
    WebSocketClient client = subscribed(server);
    for (int i = 0; i < 50; ++i) {
        client.send_bytes(test::client_frame(0x89, "hello"));
        EXPECT_EQ(client.next(), 0xA);
        EXPECT_EQ(client.payload(), "hello");
    }
    std::string many;
    for (int i = 0; i < 2'000; ++i) {
        many += test::client_frame(0x89, "x");
    }
    std::jthread sending{[&] { client.send_bytes(many); }};
    sending.join();
    for (int i = 0; i < 2'000; ++i) {
        ASSERT_EQ(client.next(), 0xA);
    }
}

TEST_F(WebSocketTlsTest, ClosesASlowConsumerAfterWholeFrames) {
    Server server{{.outbound = {.bytes_max = 64 * 1024}}};
    WebSocketClient slow = subscribed(server);
    const std::string data(8'000, 'x');
    for (int i = 0; i < 200; ++i) {
        server.publish("news", data);
    }
    int complete = 0;
    while (slow.next() == 1) {
        ASSERT_EQ(nlohmann::json::parse(slow.payload())["data"], data);
        ++complete;
    }
    EXPECT_LT(complete, 200);
    EXPECT_EQ(slow.payload().substr(2), "Slow consumer");
    slow.send_bytes(test::client_frame(0x88, "\x10\x04"));
    EXPECT_TRUE(slow.is_at_end());
    EXPECT_TRUE(server.wait_for_count(0));
}

TEST_F(WebSocketTlsTest, DropsWhoTakesNothing) {
    Server server{{.stall_timeout = milliseconds{50}, .sweep_interval = milliseconds{5}}};
    const WebSocketClient stalled = subscribed(server);
    for (int i = 0; i < 60; ++i) {
        server.publish("news", std::string(8'000, 'x'));
    }
    EXPECT_TRUE(server.wait_for_count(0));
}

TEST_F(WebSocketTlsTest, ClosesOnAStopAndOnBrokenRecords) {
    Server server;
    WebSocketClient broken = subscribed(server);
    ::send(broken.fd(), "no record at all", 16, MSG_NOSIGNAL);
    EXPECT_TRUE(server.wait_for_count(0));
    WebSocketClient client = subscribed(server);
    std::jthread stopping{[&] { server.websockets().stop(in(kPatience)); }};
    EXPECT_EQ(client.next_close_code(), 1001);
    client.send_bytes(test::client_frame(0x88, "\x03\xE9"));
    EXPECT_TRUE(client.is_at_end());
}

}  // namespace
}  // namespace orderpush::realtime

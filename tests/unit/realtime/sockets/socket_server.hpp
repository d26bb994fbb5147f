#pragma once

#include "realtime/event_loop/io_shards.hpp"
#include "realtime/hub/hub.hpp"
#include "realtime/pusher/pusher_protocol.hpp"
#include "realtime/sockets/websocket_server.hpp"
#include "tests/unit/realtime/sockets/websocket_client.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <memory>
#include <poll.h>
#include <string>
#include <sys/socket.h>
#include <thread>
#include <utility>

namespace orderpush::realtime::test {

constexpr std::chrono::seconds kPatience{10};

inline Deadline in(std::chrono::milliseconds time) {
    return std::chrono::steady_clock::now() + time;
}

inline constexpr std::string_view kSubscribeNews =
    R"({"event":"pusher:subscribe","data":{"channel":"news"}})";

/// The WebSocket server with two shards, and clients on socket pairs.
class Server {
  public:
    explicit Server(const WebSocketServerOptions& options = {})
        : websockets_(shards_, hub_, {protocol_}, options) {
        shards_.start();
    }
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;
    ~Server() { shards_.stop(); }

    WebSocketClient connect(
        std::size_t shard = 0,
        const std::string& path = "/app/k",
        std::string early_bytes = "",
        const std::string& extensions = ""
    ) {
        auto [ours, theirs] = socket_pair();
        hand_over(
            shard,
            std::move(ours),
            {.path = path, .extensions = extensions, .early_bytes = std::move(early_bytes)}
        );
        return WebSocketClient{std::move(theirs)};
    }
    WebSocketClient connect_from(const std::string& address) {
        auto [ours, theirs] = socket_pair();
        hand_over(0, std::move(ours), {.address = address});
        return WebSocketClient{std::move(theirs)};
    }
    WebSocketClient connect_securely(const TlsCredentials& credentials) {
        auto [ours, theirs] = socket_pair();
        auto session = credentials.accept(ours.get());
        auto client = std::make_unique<orderpush::test::TlsClient>(theirs.get());
        const pollfd readable{.fd = ours.get(), .events = POLLIN, .revents = 0};
        std::jthread shaking{[&] { EXPECT_TRUE(client->handshake()); }};
        while (session->handshake() == TlsNeed::kReadable) {
            pollfd waiting = readable;
            EXPECT_EQ(::poll(&waiting, 1, 10'000), 1);
        }
        shaking.join();
        hand_over(0, std::move(ours), {.tls = std::move(session)});
        return WebSocketClient{std::move(theirs), std::move(client)};
    }
    static std::pair<UniqueFd, UniqueFd> socket_pair() {
        int ends[2];
        EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
        return {UniqueFd{ends[0]}, UniqueFd{ends[1]}};
    }
    struct Coming {
        std::string path = "/app/k";
        std::string extensions = "";
        std::string address = "";
        std::string early_bytes = "";
        std::unique_ptr<TlsSession> tls = nullptr;
    };
    void hand_over(std::size_t shard, UniqueFd socket, Coming coming) {
        const auto upgrade = std::make_shared<Upgrade>();
        upgrade->request = {
            .path = std::move(coming.path),
            .query = "protocol=7",
            .key = "dGhlIHNhbXBsZSBub25jZQ==",
            .extensions = std::move(coming.extensions),
            .remote_address = std::move(coming.address)};
        upgrade->socket = std::move(socket);
        upgrade->tls = std::move(coming.tls);
        upgrade->early_bytes = std::move(coming.early_bytes);
        shards_.post(shard, [this, shard, upgrade] {
            websockets_.accept(shard, std::move(*upgrade));
        });
    }
    /// Connected and greeted.
    WebSocketClient greeted(std::size_t shard = 0) {
        WebSocketClient client = connect(shard);
        EXPECT_NE(client.read_handshake(), "");
        EXPECT_EQ(client.next_message()["event"], "pusher:connection_established");
        return client;
    }
    void publish(const std::string& channel, const std::string& data) {
        std::promise<bool> done;
        hub_.publish({.channel = channel, .event = "e", .data = data}, [&](bool is_ok) {
            done.set_value(is_ok);
        });
        EXPECT_TRUE(done.get_future().get());
    }
    bool wait_for_count(std::size_t count) {
        const Deadline deadline = in(kPatience);
        while (websockets_.connection_count() != count &&
               std::chrono::steady_clock::now() < deadline) {
            std::this_thread::yield();
        }
        return websockets_.connection_count() == count;
    }
    WebSocketServer& websockets() { return websockets_; }

  private:
    IoShards shards_{2};
    Hub hub_{shards_, {}};
    PusherProtocol protocol_{
        {.app = {.id = "1", .key = "k", .secret = "s"},
         .is_origin_allowed = [](auto) { return true; }}};
    WebSocketServer websockets_;
};

}  // namespace orderpush::realtime::test

#pragma once

#include "realtime/hub.hpp"
#include "realtime/io_shards.hpp"
#include "realtime/pusher_protocol.hpp"
#include "realtime/websocket_server.hpp"
#include "tests/unit/realtime/websocket_client.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <sys/socket.h>
#include <thread>

namespace orderpush::realtime::test {

constexpr std::chrono::seconds kPatience{10};

inline Deadline in(std::chrono::milliseconds time) {
    return std::chrono::steady_clock::now() + time;
}

/// The WebSocket server with two shards, and clients on socket pairs.
class Server {
  public:
    explicit Server(const WebSocketServerOptions& options = {})
        : websockets_(
              shards_,
              hub_,
              [this](std::string_view) -> const Protocol& { return protocol_; },
              options
          ) {
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
        int ends[2];
        EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
        const auto upgrade = std::make_shared<Upgrade>();
        upgrade->request = {
            .path = path,
            .query = "protocol=7",
            .key = "dGhlIHNhbXBsZSBub25jZQ==",
            .extensions = extensions,
            .remote_address = ""};
        upgrade->socket = UniqueFd{ends[0]};
        upgrade->early_bytes = std::move(early_bytes);
        shards_.post(shard, [this, shard, upgrade] {
            websockets_.accept(shard, std::move(*upgrade));
        });
        return WebSocketClient{UniqueFd{ends[1]}};
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

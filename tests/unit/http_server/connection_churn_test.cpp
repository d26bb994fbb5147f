/// Connections that are opened and dropped, tens of thousands of them, and what they leave behind.

#include "http_server/http_server.hpp"
#include "realtime/hub/hub.hpp"
#include "realtime/pusher/pusher_protocol.hpp"
#include "realtime/sockets/websocket_server.hpp"
#include "tests/unit/realtime/sockets/websocket_client.hpp"

#include <gtest/gtest.h>

#include <array>
#include <fstream>
#include <malloc.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace orderpush::http_server {
namespace {

using std::chrono::seconds;

constexpr std::size_t kConnections = 10'000;
/// At one time: each takes two of the process's descriptors.
constexpr std::size_t kAtOnce = 1'000;
/// The first grows what is kept for good: arenas, tables, buffers.
constexpr int kRounds = 3;

constexpr std::string_view kUpgrade =
    "GET /app/k?protocol=7 HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
constexpr std::string_view kSubscribe = R"({"event":"pusher:subscribe","data":{"channel":"news"}})";

/// In use on the heap; 0 under a sanitizer, which tells of leaks itself.
std::size_t heap_bytes() {
    return ::mallinfo2().uordblks + ::mallinfo2().hblkhd;
}

std::size_t resident_bytes() {
    ::malloc_trim(0);
    std::size_t pages = 0;
    std::ifstream figures{"/proc/self/statm"};
    figures >> pages >> pages;
    return pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

/// The public port with the realtime part behind it.
class Service {
  public:
    Service() {
        port_ = server_.listen().value();
        shards_.start();
    }
    Service(const Service&) = delete;
    Service& operator=(const Service&) = delete;
    ~Service() {
        server_.stop(std::chrono::steady_clock::now() + seconds{20});
        pool_.stop();
        shards_.stop();
    }

    realtime::test::WebSocketClient connect() const {
        realtime::UniqueFd client{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
        // Closing resets, so that no port is kept back.
        const linger at_once{.l_onoff = 1, .l_linger = 0};
        ::setsockopt(client.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port_);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        EXPECT_EQ(
            ::connect(client.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0
        );
        return realtime::test::WebSocketClient{std::move(client)};
    }
    bool is_empty() const {
        return server_.socket_count() == 0 && websockets_.connection_count() == 0 &&
               hub_.stats().subscriptions == 0;
    }

  private:
    realtime::IoShards shards_{2};
    realtime::Hub hub_{shards_, {}};
    realtime::PusherProtocol protocol_{
        {.app = {.id = "1", .key = "k", .secret = "s"},
         .is_origin_allowed = [](std::string_view) { return true; }}};
    realtime::WebSocketServer websockets_{shards_, hub_, {protocol_}, {}};
    ThreadPool pool_{1, 1};
    HttpServer server_{
        shards_,
        pool_,
        {.address = "127.0.0.1"},
        {.request = [](const protocol::HttpRequest&) { return protocol::HttpResponse{}; },
         .is_inline = [](std::string_view, std::string_view) { return false; },
         .admit = nullptr,
         .upgrade = [this](
                        std::size_t shard, realtime::Upgrade upgrade
                    ) { websockets_.accept(shard, std::move(upgrade)); },
         .cors_headers = nullptr,
         .realtime_api = nullptr}};
    std::uint16_t port_ = 0;
};

/// One after the other joins a channel; then all are gone, one in four without having read a word
/// and one in four in the midst of a message.
void come_and_go(const Service& service) {
    std::vector<realtime::test::WebSocketClient> clients;
    for (std::size_t i = 0; i < kAtOnce; ++i) {
        clients.push_back(service.connect());
        clients.back().send_bytes(kUpgrade);
        clients.back().send_text(kSubscribe);
    }
    for (std::size_t i = 0; i < kAtOnce; ++i) {
        if (i % 4 == 0) {
            continue;
        }
        ASSERT_FALSE(clients[i].read_handshake().empty());
        ASSERT_EQ(clients[i].next_message()["event"], "pusher:connection_established");
        ASSERT_EQ(clients[i].next_message()["event"], "pusher_internal:subscription_succeeded");
        if (i % 4 == 1) {
            clients[i].send_bytes(realtime::test::client_frame(0x01, std::string(2'000, 'x')));
        }
    }
    clients.clear();
    const auto deadline = std::chrono::steady_clock::now() + seconds{30};
    while (!service.is_empty() && std::chrono::steady_clock::now() < deadline) {
        std::this_thread::yield();
    }
    ASSERT_TRUE(service.is_empty());
}

TEST(ConnectionChurnTest, TensOfThousandsLeaveNoMemoryBehind) {
    const Service service;
    std::array<std::size_t, kRounds> heap{};
    std::array<std::size_t, kRounds> resident{};
    for (std::size_t round = 0; round < kRounds; ++round) {
        for (std::size_t gone = 0; gone < kConnections; gone += kAtOnce) {
            ASSERT_NO_FATAL_FAILURE(come_and_go(service));
        }
        resident[round] = resident_bytes();
        heap[round] = heap_bytes();
    }
    // 52 bytes for each that came since, which is less than anything a connection could leave.
    EXPECT_LE(heap.back(), heap[1] + 512 * 1024);
    const bool is_sanitized = heap.back() == 0;
    EXPECT_LE(is_sanitized ? 0 : resident.back(), resident[1] + 4 * 1024 * 1024);
}

}  // namespace
}  // namespace orderpush::http_server

#include "tests/unit/http_server/http_server_fixture.hpp"

#include <string>
#include <vector>

namespace orderpush::http_server {
namespace {

using namespace test;

constexpr std::size_t kKilobyte = 1024;

std::string head_of(std::string_view path, std::size_t length, std::string_view fields = "") {
    return "POST " + std::string{path} +
           " HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(length) + "\r\n" +
           std::string{fields} + "\r\n";
}

bool wait_for_memory(TestServer& server, std::size_t least, std::size_t most) {
    const Deadline deadline = in(kPatience);
    const auto is_so = [&] {
        const std::size_t bytes = server.http().memory_bytes();
        return bytes >= least && bytes <= most;
    };
    while (!is_so() && std::chrono::steady_clock::now() < deadline) {
        std::this_thread::yield();
    }
    return is_so();
}

TEST(HttpMemoryTest, ALargeBodyIsRefusedByItsHeadIfNothingProvesWhoSendsIt) {
    TestServer server;
    Client client = server.connect();
    client.send(head_of("/guarded", 100 * kKilobyte, "Expect: 100-continue\r\n"));
    const std::string answer = client.read_all();
    EXPECT_TRUE(has(answer, "HTTP/1.1 413 ")) << answer;
    EXPECT_TRUE(has(answer, "body_too_large"));
    EXPECT_TRUE(has(answer, "Connection: close"));
    EXPECT_FALSE(has(answer, "100 Continue"));
}

TEST(HttpMemoryTest, ALargeBodyInChunksIsRefusedAsSoonAsItIsLarge) {
    TestServer server;
    Client client = server.connect();
    client.send("POST /guarded HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
    // Never ended: it is refused for what came.
    client.send("14000\r\n" + std::string(0x14000, 'x') + "\r\n");
    EXPECT_TRUE(has(client.read_response(), "HTTP/1.1 413 "));
}

TEST(HttpMemoryTest, AProvenSenderMaySendALargeBodyAndAnybodyASmallOne) {
    TestServer server;
    const std::string large(300 * kKilobyte, 'x');
    Client proven = server.connect();
    proven.send(head_of("/guarded", large.size(), "Authorization: good\r\n") + large);
    EXPECT_TRUE(has(proven.read_response(), "HTTP/1.1 200 "));
    const std::string chunk = "40000\r\n" + std::string(0x40000, 'x') + "\r\n0\r\n\r\n";
    const std::string again = proven.ask(
        "POST /guarded HTTP/1.1\r\nHost: a\r\nAuthorization: good\r\n"
        "Transfer-Encoding: chunked\r\n\r\n" +
        chunk
    );
    EXPECT_TRUE(has(again, "HTTP/1.1 200 "));
    // The credential was that request's, and is not the connection's.
    EXPECT_TRUE(has(proven.ask(head_of("/guarded", large.size())), "HTTP/1.1 413 "));
    const std::string small(64 * kKilobyte, 'x');
    EXPECT_TRUE(has(server.connect().ask(head_of("/guarded", small.size()) + small), " 200 "));
    EXPECT_TRUE(has(server.connect().ask(head_of("/guarded/throw", large.size())), " 413 "));
}

TEST(HttpMemoryTest, UnfinishedBodiesAreBoundedOverAllConnectionsAndSmallOnesAreNot) {
    TestServer server{{.memory_bytes_max = 200 * kKilobyte}};
    std::vector<Client> holding;
    holding.push_back(server.connect());
    holding.back().send(head_of("/a", 64 * kKilobyte) + std::string(60 * kKilobyte, 'x'));
    ASSERT_TRUE(wait_for_memory(server, 60 * kKilobyte, 60 * kKilobyte));
    Client refused = server.connect();
    refused.send(head_of("/b", 64 * kKilobyte) + std::string(60 * kKilobyte, 'x'));
    const std::string answer = refused.read_response();
    EXPECT_TRUE(has(answer, "HTTP/1.1 503 ")) << answer;
    EXPECT_TRUE(has(answer, "overloaded"));
    EXPECT_TRUE(has(answer, "Retry-After: 1"));
    EXPECT_TRUE(has(answer, "Connection: close"));
    // Half of it is for who has proved who they are, and a small request always has room.
    const std::string large(100 * kKilobyte, 'x');
    EXPECT_TRUE(has(server.connect().ask(head_of("/c", large.size()) + large), " 200 "));
    const std::string order(6 * kKilobyte, 'x');
    EXPECT_TRUE(has(server.connect().ask(head_of("/d", order.size()) + order), " 200 "));
    holding.clear();
    EXPECT_TRUE(wait_for_memory(server, 0, 0));
    const std::string body(60 * kKilobyte, 'x');
    EXPECT_TRUE(has(server.connect().ask(head_of("/e", body.size()) + body), " 200 "));
}

TEST(HttpMemoryTest, AnAnswerThatPassesTheBoundIs503) {
    TestServer server{{.memory_bytes_max = 1'000 * kKilobyte}};
    Client client = server.connect();
    const std::string answer = client.ask("GET /long HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_TRUE(has(answer, "HTTP/1.1 503 ")) << answer.substr(0, 200);
    EXPECT_TRUE(has(server.connect().ask("GET / HTTP/1.1\r\nHost: a\r\n\r\n"), " 200 "));
}

TEST(HttpMemoryTest, AFileIsSentWithoutBeingCopied) {
    TestServer server{{.memory_bytes_max = 100 * kKilobyte}, {.queue_capacity = 100}};
    constexpr std::string_view kAsk = "GET /file HTTP/1.1\r\nHost: a\r\n\r\n";
    std::vector<Client> unread;
    for (int i = 0; i < 20; ++i) {
        unread.push_back(server.connect());
        for (int pipelined = 0; pipelined < 50; ++pipelined) {
            unread.back().send(kAsk);
        }
    }
    for (Client& client : unread) {
        for (int pipelined = 0; pipelined < 2; ++pipelined) {
            const std::string answer = client.read_response();
            EXPECT_TRUE(has(answer, "HTTP/1.1 200 "));
            EXPECT_TRUE(answer.ends_with("\r\n\r\n" + std::string(4'000'000, 'f')));
        }
        EXPECT_EQ(server.http().memory_bytes(), 0U);
    }
    Client head = server.connect();
    head.send("HEAD /file HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    const std::string answer = head.read_all();
    EXPECT_TRUE(has(answer, "Content-Length: 4000000"));
    EXPECT_TRUE(answer.ends_with("\r\n\r\n"));
}

TEST(HttpMemoryTest, AClientThatTakesNothingIsDroppedInTime) {
    TestServer server{{.write_timeout = milliseconds{50}}};
    Client slow = server.connect();
    slow.send("GET /file HTTP/1.1\r\nHost: a\r\n\r\nGET /file HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_TRUE(server.wait_for_sockets(0));
}

}  // namespace
}  // namespace orderpush::http_server

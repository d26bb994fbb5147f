#pragma once

#include "http_server/http_server.hpp"
#include "tests/support/tls/tls_client.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <arpa/inet.h>
#include <future>
#include <latch>
#include <memory>
#include <netinet/in.h>
#include <optional>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <thread>

namespace orderpush::http_server::test {

using std::chrono::milliseconds;
using std::chrono::seconds;

inline constexpr seconds kPatience{20};

inline Deadline in(milliseconds time) {
    return std::chrono::steady_clock::now() + time;
}

/// A blocking client on the loopback interface; reads give up after twenty seconds.
class Client {
  public:
    explicit Client(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
        const timeval patience{.tv_sec = 20, .tv_usec = 0};
        ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        EXPECT_EQ(
            ::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0
        );
    }

    void send(std::string_view bytes) const {
        if (tls_) {
            tls_->send(bytes);
        } else {
            ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
        }
    }
    /// Speaks TLS from now on; what came of the handshake.
    bool secure(const orderpush::test::TlsClientOptions& options = {}) {
        tls_ = std::make_unique<orderpush::test::TlsClient>(socket_.get(), options);
        return tls_->handshake();
    }
    orderpush::test::TlsClient& tls() { return *tls_; }
    /// Everything up to the end of the connection.
    std::string read_all() {
        while (fill()) {
        }
        return std::exchange(buffer_, {});
    }
    /// One response with Content-Length; what was read of it if the connection ends.
    std::string read_response() {
        while (buffer_.find("\r\n\r\n") == std::string::npos && fill()) {
        }
        const std::size_t head = buffer_.find("\r\n\r\n") + 4;
        const auto length = buffer_.find("Content-Length: ");
        const std::size_t body = length < head ? std::stoul(buffer_.substr(length + 16)) : 0;
        while (buffer_.size() < head + body && fill()) {
        }
        const std::string response = buffer_.substr(0, head + body);
        buffer_.erase(0, head + body);
        return response;
    }
    std::string ask(std::string_view request) {
        send(request);
        return read_response();
    }
    int fd() const { return socket_.get(); }

  private:
    bool fill() {
        char bytes[16 * 1024];  // NOLINT: recv() fills what is used
        const ssize_t count = tls_ ? static_cast<ssize_t>(tls_->receive(bytes))
                                   : ::recv(socket_.get(), bytes, sizeof bytes, 0);
        if (count <= 0) {
            return false;
        }
        buffer_.append(bytes, static_cast<std::size_t>(count));
        return true;
    }

    realtime::UniqueFd socket_;
    std::unique_ptr<orderpush::test::TlsClient> tls_;
    std::string buffer_;
};

struct PoolSize {
    std::size_t threads = 2;
    std::size_t queue_capacity = 2;
};

/// A server whose handler answers with the request it got. "/block" waits for release(), on a
/// pool's thread, and so does "/inline-block", on its shard's.
class TestServer {
  public:
    explicit TestServer(
        HttpServerOptions options = {},
        PoolSize pool = {},
        std::shared_ptr<const TlsCredentials> credentials = nullptr
    )
        : pool_(pool.threads, pool.queue_capacity) {
        options.address = "127.0.0.1";
        server_.emplace(
            shards_,
            pool_,
            options,
            HttpServerHandlers{
                .request = [this](const protocol::HttpRequest& request) { return answer(request); },
                .is_inline = [](std::string_view,
                                std::string_view path) { return path.starts_with("/inline"); },
                .is_proven = [](const protocol::HttpRequest& head) { return is_proven(head); },
                .is_websocket_path = [](std::string_view path) { return path == "/app/k"; },
                .admit = [](realtime::UpgradeRequest& request) { return admit(request); },
                .upgrade = [this](
                               std::size_t, realtime::Upgrade upgrade
                           ) { upgraded_.set_value(std::move(upgrade)); },
                .cors_headers =
                    [](std::string_view origin) {
                        return protocol::HttpHeaders{{"X-Allowed", std::string{origin}}};
                    },
                .realtime_api = [this](
                                    const protocol::HttpRequest& request, protocol::HttpReply reply
                                ) { answer_elsewhere(request, std::move(reply)); },
                .is_polling_path = [](std::string_view path) { return path == "/poll"; },
                .poll = [](std::size_t,
                           const realtime::PollRequest& request,
                           const protocol::HttpReply& reply) -> HttpServerHandlers::OnGone {
                    reply({.body = request.is_same_origin ? "own" : "foreign"});
                    return nullptr;
                }}
        );
        if (credentials) {
            server_->use_tls(std::move(credentials));
        }
        port_ = server_->listen().value();
        shards_.start();
    }
    TestServer(const TestServer&) = delete;
    TestServer& operator=(const TestServer&) = delete;
    ~TestServer() {
        release();
        server_->stop(in(kPatience));
        pool_.stop();
        shards_.stop();
    }

    Client connect() const { return Client{port_}; }
    std::uint16_t port() const { return port_; }
    HttpServer& http() { return *server_; }
    realtime::Upgrade upgraded() { return upgraded_.get_future().get(); }
    void wait_for_blocked(int count) {
        while (blocked_ < count) {
            std::this_thread::yield();
        }
    }
    void release() {
        if (!std::exchange(is_released_, true)) {
            gate_.count_down();
        }
    }
    bool wait_for_sockets(std::size_t count) const {
        const Deadline deadline = in(kPatience);
        while (server_->socket_count() != count && std::chrono::steady_clock::now() < deadline) {
            std::this_thread::yield();
        }
        return server_->socket_count() == count;
    }

  private:
    /// Everybody, but for "/guarded", which takes a credential.
    static bool is_proven(const protocol::HttpRequest& head) {
        if (head.path == "/guarded/throw") {
            throw std::runtime_error("a fault in a handler");
        }
        return !head.path.starts_with("/guarded") || head.header("Authorization") == "good";
    }
    static Result<void> admit(realtime::UpgradeRequest& request) {
        if (request.path != "/display") {
            return {};
        }
        if (request.parameter("token") == "good") {
            request.pass = realtime::Pass{
                .channel = "kitchen", .member = {.user_id = "staff-1", .info = "{}"}};
            return {};
        }
        const bool is_missing = !request.parameter("token");
        return Error{
            .kind = is_missing ? ErrorKind::kUnauthenticated : ErrorKind::kForbidden,
            .code = is_missing ? "credential_missing" : "forbidden",
            .message = "No way in."};
    }
    /// On the shard, or on a thread of the pool if the path asks for it.
    void answer_elsewhere(const protocol::HttpRequest& request, protocol::HttpReply reply) {
        const bool is_refused = request.path.ends_with("refused");
        protocol::HttpResponse answer{
            .status = is_refused ? 403 : 200,
            .body = std::string{request.method} + ' ' + std::string{request.path} + " ? " +
                    std::string{request.query} + " : " + std::string{request.body},
            .content_type = is_refused ? "text/plain; charset=utf-8" : "application/json"};
        if (request.path.starts_with("/apps/elsewhere")) {
            EXPECT_TRUE(pool_.submit([answer = std::move(answer), reply = std::move(reply)] {
                reply(answer);
            }));
        } else {
            reply(std::move(answer));
        }
    }
    protocol::HttpResponse answer(const protocol::HttpRequest& request) {
        if (request.path.ends_with("block")) {
            ++blocked_;
            gate_.wait();
        }
        if (request.path == "/throw") {
            throw std::runtime_error("a fault in a handler");
        }
        if (request.path == "/empty") {
            return {.status = 204};
        }
        if (request.path == "/file") {
            static const std::string kFile(4'000'000, 'f');
            return {.content_type = "text/plain", .file = kFile};
        }
        if (request.path == "/long") {
            return {.body = std::string(4'000'000, 'x')};
        }
        return {.body = text_of(request), .content_type = "text/plain"};
    }
    /// As a client could have written it, with the body's length for how it was framed.
    static std::string text_of(const protocol::HttpRequest& request) {
        std::string text{request.method};
        text.append(" ").append(request.path);
        text.append(request.query.empty() ? "" : "?").append(request.query).append(" HTTP/1.1\r\n");
        for (const auto& [name, value] : request.headers) {
            const bool is_framing = name == "Content-Length" || name == "Transfer-Encoding" ||
                                    name == "Expect" || name == "Connection";
            if (!is_framing) {
                text.append(name).append(": ").append(value).append("\r\n");
            }
        }
        return text.append("Content-Length: " + std::to_string(request.body.size()) + "\r\n\r\n")
            .append(request.body);
    }

    std::latch gate_{1};
    bool is_released_ = false;
    std::atomic<int> blocked_{0};
    std::promise<realtime::Upgrade> upgraded_;
    realtime::IoShards shards_{2};
    ThreadPool pool_;
    std::optional<HttpServer> server_;
    std::uint16_t port_ = 0;
};

inline bool has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

}  // namespace orderpush::http_server::test

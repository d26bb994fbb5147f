/// The HTTP server, over a loopback socket and without threads. A first byte says what comes: 'r',
/// the body of a response; else it is the length of the pieces in which the rest, bytes of a
/// client, is sent.

#include "base/threads/thread_pool.hpp"
#include "http_server/http_server.hpp"
#include "http_server/response_writer.hpp"
#include "realtime/event_loop/io_shards.hpp"
#include "realtime/event_loop/unique_fd.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <boost/asio/io_context.hpp>

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <iostream>
#include <netinet/in.h>
#include <sys/socket.h>
#include <vector>

namespace orderpush::http_server {
namespace {

using fuzz::require;

std::string in_lower_case(std::string text) {
    std::ranges::transform(text, text.begin(), [](unsigned char c) {
        return static_cast<char>(std::tolower(c));
    });
    return text;
}

/// What a handler is handed: one request that cannot be read in two ways.
void check_request(const protocol::HttpRequest& request) {
    const auto is_one_line = [](std::string_view text) {
        return text.find_first_of(std::string_view{"\r\n\0", 3}) == std::string_view::npos;
    };
    require(!request.method.empty() && is_one_line(request.method), "a request has a method");
    require(
        request.path.starts_with('/') || request.path == "*" || request.method == "CONNECT",
        "a request is for something"
    );
    require(is_one_line(request.path) && is_one_line(request.query), "a target is one line");
    require(request.path.find_first_of(" ?") == std::string_view::npos, "a path has no query");
    for (const auto& [name, value] : request.headers) {
        require(!name.empty() && is_one_line(name), "a header has a name");
        require(is_one_line(value), "a header is one line");
    }
    require(request.all_headers("host").size() <= 1, "a request has at most one host");
    const auto lengths = request.all_headers("content-length");
    const bool is_chunked = !request.header("transfer-encoding").empty();
    require(!is_chunked || lengths.empty(), "a body is framed in one way");
    for (const std::string_view length : lengths) {
        require(
            std::stoul(std::string{length}) == request.body.size(), "a body is as long as it says"
        );
    }
}

/// For comparing what was heard.
std::string text_of(const protocol::HttpRequest& request) {
    std::string text{request.method};
    text.append(" ").append(request.path).append("?").append(request.query);
    for (const auto& [name, value] : request.headers) {
        text.append("\n").append(name).append(": ").append(value);
    }
    return text.append("\n\n").append(request.body);
}

/// A server and its one client, on this thread.
class World {
  public:
    World()
        : server_{
              shards_,
              pool_,
              {.address = "127.0.0.1",
               .head_bytes_max = 1024,
               .body_bytes_max = 2048,
               .proxies = *TrustedProxies::parse("127.0.0.0/8")},
              {.request = [this](const protocol::HttpRequest& request) { return take(request); },
               .is_inline = [](std::string_view, std::string_view) { return true; },
               .admit = nullptr,
               .upgrade = [this](std::size_t, realtime::Upgrade upgrade) { take(upgrade); },
               .cors_headers =
                   [](std::string_view) {
                       return protocol::HttpHeaders{{"X-Allowed", "yes"}};
                   },
               .realtime_api =
                   [this](const protocol::HttpRequest& request, protocol::HttpReply reply) {
                       heard_.push_back(
                           "api " + std::string{request.method} + ' ' + std::string{request.path} +
                           '?' + std::string{request.query} + ' ' + std::string{request.body}
                       );
                       reply({.status = 200, .body = "{}"});
                   }}} {
        port_ = *server_.listen();
        run();
    }
    World(const World&) = delete;
    World& operator=(const World&) = delete;
    ~World() {
        pool_.stop();
        shards_.stop();
    }

    /// What reached the handlers, and the statuses that were answered.
    std::vector<std::string> say(std::string_view bytes, std::size_t piece_size) {
        heard_.clear();
        const realtime::UniqueFd client = connect();
        std::string answers;
        while (!bytes.empty()) {
            const auto piece = bytes.substr(0, piece_size);
            ::send(client.get(), piece.data(), piece.size(), MSG_NOSIGNAL);
            bytes.remove_prefix(piece.size());
            turn(client, answers);
        }
        ::shutdown(client.get(), SHUT_WR);
        for (int i = 0; i < 10'000 && server_.socket_count() > 0; ++i) {
            turn(client, answers);
        }
        require(server_.socket_count() == 0, "a connection ends when its client leaves");
        turn(client, answers);
        for (auto at = answers.find("HTTP/1.1 "); at != std::string::npos;
             at = answers.find("HTTP/1.1 ", at + 1)) {
            heard_.push_back(answers.substr(at, 12));
        }
        return std::move(heard_);
    }

  private:
    /// From another loopback address each time: those that ended keep their ports for a minute, and
    /// other programs of this machine need some.
    realtime::UniqueFd connect() {
        realtime::UniqueFd client{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
        const int at_connect = 1;
        ::setsockopt(
            client.get(), IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &at_connect, sizeof at_connect
        );
        const sockaddr_in own = loopback(0x7F010000U + (++connected_ % 0xFFFFU), 0);
        const sockaddr_in server = loopback(INADDR_LOOPBACK, port_);
        const bool is_connected =
            ::bind(client.get(), reinterpret_cast<const sockaddr*>(&own), sizeof own) == 0 &&
            ::connect(client.get(), reinterpret_cast<const sockaddr*>(&server), sizeof server) == 0;
        require(is_connected, "the server is there");
        run();
        return client;
    }
    static sockaddr_in loopback(std::uint32_t address, std::uint16_t port) {
        sockaddr_in full{};
        full.sin_family = AF_INET;
        full.sin_port = htons(port);
        full.sin_addr.s_addr = htonl(address);
        return full;
    }
    void turn(const realtime::UniqueFd& client, std::string& answers) {
        run();
        std::array<char, 4096> bytes;
        for (ssize_t count = 1; count > 0;) {
            count = ::recv(client.get(), bytes.data(), bytes.size(), MSG_DONTWAIT);
            answers.append(bytes.data(), static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
        }
    }
    protocol::HttpResponse take(const protocol::HttpRequest& request) {
        check_request(request);
        heard_.push_back(text_of(request));
        return {.body = "ok", .content_type = "text/plain"};
    }
    void take(const realtime::Upgrade& upgrade) {
        require(upgrade.request.key.size() == 24, "an upgrade has a key");
        require(!upgrade.request.remote_address.empty(), "an upgrade has a client");
        heard_.push_back("upgrade " + upgrade.request.path + '?' + upgrade.request.query);
    }
    void run() {
        shards_.context(0).restart();
        shards_.context(0).poll();
    }

    std::vector<std::string> heard_;
    std::uint32_t connected_ = 0;
    realtime::IoShards shards_{1};
    ThreadPool pool_{1, 1};
    HttpServer server_;
    std::uint16_t port_ = 0;
};

/// A refusal ends the connection. Whether it comes before the end of a head that is never sent
/// whole depends on the pieces, and so may what it is for.
std::vector<std::string> without_refusal(std::vector<std::string> heard) {
    if (!heard.empty() && heard.back().starts_with("HTTP/1.1 4")) {
        heard.pop_back();
    }
    return heard;
}

/// The parser counts what it has not looked at yet against the limit as well, so that at the limit
/// the pieces count.
bool is_at_limit(const std::vector<std::string>& heard) {
    return !heard.empty() && heard.back() == "HTTP/1.1 431";
}

void check_same(const std::vector<std::string>& whole, const std::vector<std::string>& pieces) {
    if (is_at_limit(whole) || is_at_limit(pieces) ||
        without_refusal(whole) == without_refusal(pieces)) {
        return;
    }
    for (const auto* heard : {&whole, &pieces}) {
        std::cerr << (heard == &whole ? "whole:" : "in pieces:") << std::endl;
        for (const std::string& text : *heard) {
            std::cerr << "    " << text << std::endl;
        }
    }
    require(false, "in any pieces the same is understood");
}

void check_response(const std::string& body) {
    const std::string sent =
        write_response({.body = body}, {.keep_alive = std::chrono::seconds{75}});
    const auto head_end = sent.find("\r\n\r\n");
    require(head_end != std::string::npos, "a response has a head");
    require(sent.substr(head_end + 4) == body, "a response keeps its body");
    const std::string head = in_lower_case(sent.substr(0, head_end + 2));
    require(
        head.find("\r\ncontent-length: " + std::to_string(body.size()) + "\r\n") !=
            std::string::npos,
        "a response is as long as it says"
    );
}

}  // namespace
}  // namespace orderpush::http_server

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace orderpush::http_server;
    orderpush::fuzz::Input input{data, size};
    const unsigned kind = input.byte();
    const std::string bytes = input.rest();
    if (kind == 'r') {
        check_response(bytes);
        return 0;
    }
    static World world;
    const auto whole = world.say(bytes, bytes.size() + 1);
    const auto pieces = world.say(bytes, kind + 1U);
    check_same(whole, pieces);
    return 0;
}

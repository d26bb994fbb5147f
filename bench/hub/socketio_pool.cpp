#include "bench/hub/socketio_pool.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace orderpush::bench {
namespace {

constexpr char kSeparator = '\x1e';

std::string get_request(std::string_view query) {
    return fmt::format("GET /socket.io/?{} HTTP/1.1\r\nHost: bench\r\n\r\n", query);
}

std::string post_request(std::string_view query, std::string_view body) {
    return fmt::format(
        "POST /socket.io/?{} HTTP/1.1\r\nHost: bench\r\nContent-Type: text/plain\r\n"
        "Content-Length: {}\r\n\r\n{}",
        query,
        body.size(),
        body
    );
}

/// The answer's body, which begins with that.
std::string asked(HttpClient& http, const std::string& request, std::string_view begin) {
    const HttpAnswer answer = http.ask(request);
    if (answer.status != 200 || !answer.body.starts_with(begin)) {
        throw std::runtime_error(fmt::format("{} {}", answer.status, answer.body));
    }
    return std::string{answer.body};
}

}  // namespace

SocketioPool::SocketioPool(std::uint16_t port, std::size_t clients, std::size_t publishers) {
    constexpr std::string_view kOpen = "EIO=4&transport=polling";
    for (std::size_t i = 0; i < clients; ++i) {
        Client& client = clients_.emplace_back(Client{
            .http = HttpClient{port}, .get = {}, .heard = std::vector<std::uint64_t>(publishers)});
        HttpClient& http = client.http;
        const std::string open = asked(http, get_request(kOpen), R"(0{"sid":")");
        const std::string id = open.substr(9, open.find('"', 9) - 9);
        const std::string query = fmt::format("{}&sid={}", kOpen, id);
        client.get = get_request(query);
        asked(http, post_request(query, R"(40{"token":"cook"})"), "ok");
        asked(http, client.get, R"(40{"sid":")");
        asked(http, post_request(query, R"(420["join:kitchen"])"), "ok");
        asked(http, client.get, R"(430[)");
        http.send(client.get);
    }
}

void SocketioPool::read(std::size_t index, const Listener& listener) {
    Client& client = clients_[index];
    const auto answer = client.http.receive();
    if (!answer) {
        return;
    }
    if (answer->status != 200) {
        throw std::runtime_error(fmt::format("{} {}", answer->status, answer->body));
    }
    ++polls_;
    std::string_view rest = answer->body;
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find(kSeparator), rest.size());
        take(client, rest.substr(0, end), listener);
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    client.http.send(client.get);
}

void SocketioPool::take(Client& client, std::string_view packet, const Listener& listener) {
    const auto message = hub_message_in(packet);
    if (!message) {
        if (packet == "1") {
            throw std::runtime_error("the server ended a session");
        }
        return;
    }
    count_in_order(client.heard, *message);
    ++delivered_;
    if (listener) {
        listener(*message);
    }
}

}  // namespace orderpush::bench

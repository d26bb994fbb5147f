#include "bench/orders/display.hpp"

#include "bench/orders/http_client.hpp"
#include "bench/orders/order_request.hpp"
#include "tests/unit/realtime/sockets/websocket_client.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <memory>
#include <stdexcept>
#include <string>
#include <sys/socket.h>

namespace orderpush::bench {
namespace {

using nlohmann::json;
using realtime::test::WebSocketClient;

json expect(WebSocketClient& client, const std::string& event) {
    const json message = client.next_message();
    if (!message.is_object() || message.at("event") != event) {
        throw std::runtime_error("the display waited for " + event + ", not " + message.dump());
    }
    return json::parse(message.at("data").get_ref<const std::string&>());
}

/// Handshake, authorization and subscription (Pusher Channels protocol, version 7).
std::unique_ptr<WebSocketClient> subscribe(
    std::uint16_t port, const Restaurant& restaurant, const SeatedBranch& branch
) {
    auto client = std::make_unique<WebSocketClient>(connect_to(port));
    client->send_bytes(fmt::format(
        "GET /app/{}?protocol=7&client=bench&version=1 HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
        restaurant.app_key
    ));
    if (!client->read_handshake().starts_with("HTTP/1.1 101")) {
        throw std::runtime_error("the service refused the display's WebSocket");
    }
    const std::string socket_id = expect(*client, "pusher:connection_established").at("socket_id");
    const std::string channel = "presence-kitchen-" + branch.id;
    HttpClient http{port};
    const HttpAnswer grant = http.ask(post_request(
        "/v1/realtime/pusher/auth",
        branch.kitchen_token,
        json{{"socket_id", socket_id}, {"channel_name", channel}}.dump()
    ));
    if (grant.status != 200) {
        throw std::runtime_error("the display may not subscribe: " + std::string{grant.body});
    }
    json data = json::parse(grant.body);
    data["channel"] = channel;
    client->send_text(json{{"event", "pusher:subscribe"}, {"data", data}}.dump());
    expect(*client, "pusher_internal:subscription_succeeded");
    return client;
}

}  // namespace

Display::Display(std::uint16_t port, const Restaurant& restaurant, std::size_t branch)
    : client_(subscribe(port, restaurant, restaurant.branches.at(branch))),
      thread_([this] { watch(); }) {}

Display::~Display() {
    ::shutdown(client_->fd(), SHUT_RDWR);
}

void Display::watch() {
    while (client_->next() == 1) {
        const Moment now = std::chrono::steady_clock::now();
        if (const auto serial = serial_in(client_->payload())) {
            const std::scoped_lock lock{mutex_};
            arrivals_.emplace(*serial, now);
            changed_.notify_one();
        }
    }
}

std::map<std::uint64_t, Moment> Display::arrivals(std::size_t count) {
    std::unique_lock lock{mutex_};
    changed_.wait_for(lock, std::chrono::seconds{10}, [&] { return arrivals_.size() >= count; });
    return arrivals_;
}

}  // namespace orderpush::bench

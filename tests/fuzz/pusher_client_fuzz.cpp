/// Three clients of the Pusher protocol on one hub, and what each says, a line at a time. A line
/// begins with the client's number and what it does:
///     0c7                          connects with protocol version 7
///     0t{"event":"pusher:ping"}    says that
///     0s presence-a {"user_id":1}  subscribes with a signature
///     0i {"id":"1"}                signs in
///     0q                           is silent, and then no pong comes
///     0l                           leaves
///     0p a hello                   the application publishes on channel a
///     0x 1                         the application ends the connections of user 1

#include "protocol/pusher_names.hpp"
#include "protocol/pusher_signature.hpp"
#include "realtime/event_loop/io_shards.hpp"
#include "realtime/hub/hub.hpp"
#include "realtime/pusher/hub_keys.hpp"
#include "realtime/pusher/pusher_client.hpp"
#include "realtime/pusher/pusher_protocol.hpp"
#include "realtime/pusher/pusher_watchlist.hpp"
#include "realtime/wire/utf8.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <boost/asio/io_context.hpp>
#include <nlohmann/json.hpp>

#include <array>
#include <set>
#include <utility>
#include <variant>

namespace orderpush::realtime {
namespace {

using fuzz::require;
using nlohmann::json;

constexpr std::size_t kLinesMax = 200;

const protocol::PusherApp kApp{
    .id = "77001", .key = "relaykey01", .secret = "relay-secret-For-Tests"};

/// What a client hears; knows what it may hear.
class CheckingConnection final : public ClientConnection {
  public:
    void send(const Frame& frame) override {
        const std::string_view bytes = frame.bytes();
        const std::size_t header_size = static_cast<unsigned char>(bytes[1]) < 126 ? 2 : 4;
        const json message = json::parse(bytes.substr(header_size), nullptr, false);
        require(message.is_object(), "a client is sent JSON objects");
        const std::string event = message.value("event", "");
        require(!event.empty(), "a message has an event");
        const std::string channel = message.value("channel", "");
        if (event == "pusher_internal:subscription_succeeded") {
            const bool is_public = protocol::pusher_kind(channel) == ChannelKind::kPublic;
            require(is_public || signed_for.contains(channel), "only a signature opens a channel");
            joined.insert(channel);
        } else if (event == "pusher:signin_success") {
            require(has_signed_in, "only a signature signs in");
        } else if (event.starts_with("client-") || event == "hello") {
            require(joined.contains(channel), "events come to subscribers only");
        }
    }
    void close(CloseCode, std::string_view) override { is_closed = true; }

    std::set<std::string> signed_for;
    std::set<std::string> joined;
    bool has_signed_in = false;
    bool is_closed = false;
};

struct Client {
    std::shared_ptr<ProtocolClient> protocol_client;
    std::unique_ptr<CheckingConnection> connection;
};

class World {
  public:
    void play(const std::string& line);
    /// Everyone goes; nothing may stay behind.
    void end();

  private:
    void connect(Client& client, const std::string& version);
    void subscribe(Client& client, const std::string& text);
    void sign_in(Client& client, const std::string& user_data);
    void leave(Client& client);
    void publish(const std::string& channel, const std::string& data);
    void run() {
        shards_.context(0).restart();
        shards_.context(0).poll();
    }

    IoShards shards_{1};
    Hub hub_{shards_, {.rules = kPusherChannelRules}};
    PusherProtocol protocol_{
        {.app = kApp,
         .is_origin_allowed = [](std::string_view) { return true; },
         .limits = {
             .has_client_events = true,
             .has_subscription_counts = true,
             .subscriptions_max = 4,
             .client_events_per_second_max = 5,
             .messages_per_second_max = 10,
             .event_data_bytes_max = 100}}};
    std::array<Client, 3> clients_;
};

void World::connect(Client& client, const std::string& version) {
    leave(client);
    client.connection = std::make_unique<CheckingConnection>();
    auto opening = protocol_.open(
        {.path = "/app/relaykey01",
         .query = "protocol=" + version,
         .key = "",
         .remote_address = ""},
        {.connection = *client.connection,
         .hub = hub_,
         .shard = 0,
         .activity_timeout = std::chrono::seconds{120}}
    );
    if (auto* opened = std::get_if<std::shared_ptr<ProtocolClient>>(&opening)) {
        client.protocol_client = std::move(*opened);
    }
}

/// "channel channel_data".
void World::subscribe(Client& client, const std::string& text) {
    const auto space = text.find(' ');
    const std::string channel = text.substr(0, space);
    const std::string data = space == std::string::npos ? "" : text.substr(space + 1);
    const std::string signed_text = protocol::channel_string_to_sign(
        to_string(client.protocol_client->socket_id()), channel, data
    );
    json said{{"channel", channel}, {"auth", protocol::sign_pusher_auth(kApp, signed_text)}};
    if (!data.empty()) {
        said["channel_data"] = data;
    }
    client.connection->signed_for.insert(channel);
    client.protocol_client->on_text(json{{"event", "pusher:subscribe"}, {"data", said}}.dump());
}

void World::sign_in(Client& client, const std::string& user_data) {
    const std::string signed_text =
        protocol::user_string_to_sign(to_string(client.protocol_client->socket_id()), user_data);
    client.connection->has_signed_in = true;
    const json data{
        {"auth", protocol::sign_pusher_auth(kApp, signed_text)}, {"user_data", user_data}};
    client.protocol_client->on_text(json{{"event", "pusher:signin"}, {"data", data}}.dump());
}

void World::leave(Client& client) {
    if (client.protocol_client) {
        client.protocol_client->leave();
        require(client.protocol_client->has_left(), "who leaves has left");
        run();
        client.protocol_client.reset();
    }
}

void World::publish(const std::string& channel, const std::string& data) {
    hub_.publish({.channel = hub_key_of(channel), .event = "hello", .data = data}, nullptr);
}

void World::play(const std::string& line) {
    if (line.size() < 2) {
        return;
    }
    Client& client = clients_[static_cast<unsigned char>(line[0]) % clients_.size()];
    const char act = line[1];
    std::string text = line.substr(line.size() > 2 && line[2] == ' ' ? 3 : 2);
    // As from a connection and from the HTTP API, which check that.
    if (!is_utf8(text)) {
        return;
    }
    if (act == 'c') {
        connect(client, text);
    } else if (act == 'p') {
        const auto space = text.find(' ');
        publish(text.substr(0, space), space == std::string::npos ? "" : text.substr(space + 1));
    } else if (act == 'x') {
        hub_.publish(termination_of("", text), nullptr);
    } else if (client.protocol_client && !client.connection->is_closed) {
        if (act == 's') {
            subscribe(client, text);
        } else if (act == 'i') {
            sign_in(client, text);
        } else if (act == 'q') {
            client.protocol_client->on_silence();
            client.protocol_client->on_pong_missing();
        } else if (act == 'l') {
            leave(client);
        } else {
            client.protocol_client->on_text(text);
        }
    }
    run();
}

void World::end() {
    for (Client& client : clients_) {
        leave(client);
    }
    run();
    require(hub_.stats().subscriptions == 0, "nothing stays behind those who left");
}

}  // namespace
}  // namespace orderpush::realtime

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    orderpush::fuzz::Input input{data, size};
    orderpush::realtime::World world;
    for (std::size_t i = 0; i < orderpush::realtime::kLinesMax && !input.is_empty(); ++i) {
        world.play(input.line());
    }
    world.end();
    return 0;
}

/// Three clients of Ably's protocol on one hub, and what each says, a line at a time. A line begins
/// with the client's number and what it does:
///     0c                          connects
///     0t{"action":10,"channel":"a"}   says that
///     0r                          comes back to the connection that it had
///     0l                          loses its transport
///     0p a hello                  the application publishes on channel a

#include "realtime/ably/ably_protocol.hpp"
#include "realtime/ably/access/ably_authenticator.hpp"
#include "realtime/ably/access/ably_keys.hpp"
#include "realtime/ably/access/revocations.hpp"
#include "realtime/pusher/hub_keys.hpp"
#include "realtime/wire/utf8.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <boost/asio/io_context.hpp>

#include <array>
#include <set>
#include <utility>
#include <variant>

namespace orderpush::realtime::ably {
namespace {

using fuzz::require;

constexpr std::size_t kLinesMax = 200;
const std::string kKey = "77001.relaykey01:relay-secret-For-Tests";

/// What a client hears; knows what it may hear.
class CheckingConnection final : public ClientConnection {
  public:
    void send(const Frame& frame) override {
        if (is_closed) {
            return;
        }
        for (const ChannelFrame& part : split(frame)) {
            hear(part.payload);
        }
    }
    void close(CloseCode /*code*/, std::string_view /*reason*/) override { is_closed = true; }

    bool is_closed = false;
    std::string key;

  private:
    static std::vector<ChannelFrame> split(const Frame& frame) {
        // Pings have no payload.
        return frame.bytes().size() < 4 ? std::vector<ChannelFrame>{} : split_any(frame);
    }
    static std::vector<ChannelFrame> split_any(const Frame& frame) {
        std::vector<ChannelFrame> parts;
        std::string_view rest = frame.bytes();
        while (!rest.empty()) {
            const auto at = [&](std::size_t i) { return static_cast<unsigned char>(rest[i]); };
            std::size_t header = 2;
            std::size_t size = at(1);
            if (size == 126) {
                header = 4;
                size = static_cast<std::size_t>(at(2)) << 8U | at(3);
            }
            parts.push_back({.bytes = rest, .payload = rest.substr(header, size)});
            rest.remove_prefix(header + size);
        }
        return parts;
    }
    void hear(std::string_view payload) {
        const auto value = decode_value(Format::kJson, payload);
        require(value.has_value(), "a client is sent JSON");
        const int action = value->at("action");
        const std::string channel = value->value("channel", "");
        if (action == 4) {
            key = value->at("connectionDetails").at("connectionKey");
        } else if (action == 11) {
            require(value->at("channelSerial").is_string(), "an attachment has a position");
            attached.insert(channel);
        } else if (action == 13 || (action == 9 && value->contains("channel"))) {
            attached.erase(channel);
        } else if (action == 14 || action == 15 || action == 16) {
            require(attached.contains(channel), "nothing is heard before the attachment");
        } else if (action == 1 || action == 2) {
            const std::int64_t serial = value->at("msgSerial");
            require(serial > answered, "answers ascend");
            answered = serial + value->at("count").get<std::int64_t>() - 1;
        }
        if (value->contains("error")) {
            require(value->at("error").at("code").is_number(), "an error has a code");
        }
    }

    std::set<std::string> attached;
    std::int64_t answered = -1;
};

class World {
  public:
    World() { protocol_.use(nullptr); }
    ~World() {
        for (auto& client : clients_) {
            leave(client);
        }
        run();
        shards_.stop();
    }
    World(const World&) = delete;
    World& operator=(const World&) = delete;

    void act(const std::string& line) {
        if (line.size() < 2 || line[0] < '0' || line[0] > '2') {
            return;
        }
        Client& client = clients_.at(static_cast<std::size_t>(line[0] - '0'));
        const std::string text = line.substr(2);
        switch (line[1]) {
            case 'c':
                open(client, "");
                break;
            case 'r':
                open(client, "&resume=" + (client.connection ? client.connection->key : text));
                break;
            case 'l':
                leave(client);
                break;
            case 't':
                if (client.protocol_client && !client.connection->is_closed && is_utf8(text)) {
                    client.protocol_client->on_text(text);
                }
                break;
            case 'p':
                hub_.publish({.channel = "a", .event = "hello", .data = text}, nullptr);
                break;
            default:
                break;
        }
        run();
    }

  private:
    struct Client {
        std::shared_ptr<CheckingConnection> connection;
        std::shared_ptr<ProtocolClient> protocol_client;
    };

    static HubOptions hub_options() {
        HubOptions options;
        options.rules = kPusherChannelRules;
        return options;
    }
    void run() { shards_.context(0).poll(); }
    void leave(Client& client) {
        if (client.protocol_client) {
            std::exchange(client.protocol_client, nullptr)->leave();
        }
    }
    void open(Client& client, const std::string& more) {
        const auto before = client.connection;
        leave(client);
        client.connection = std::make_shared<CheckingConnection>();
        auto opening = protocol_.open(
            {.path = "/", .query = "key=" + kKey + more, .key = "", .remote_address = ""},
            {.connection = *client.connection, .hub = hub_, .shard = 0}
        );
        if (auto* opened = std::get_if<std::shared_ptr<ProtocolClient>>(&opening)) {
            client.protocol_client = std::move(*opened);
        }
    }

    SystemClock clock_;
    IoShards shards_{1};
    Hub hub_{shards_, hub_options()};
    AppTable apps_{
        HostedApp{.id = "77001", .key = "relaykey01", .secret = "relay-secret-For-Tests"}};
    AblyKeys keys_{apps_, {}};
    Revocations revocations_;
    AblyAuthenticator authenticator_{keys_, revocations_, clock_};
    AblyProtocol protocol_{
        shards_, hub_, authenticator_, clock_, [](std::string_view) { return true; }, {}};
    std::array<Client, 3> clients_;
};

}  // namespace
}  // namespace orderpush::realtime::ably

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    orderpush::fuzz::Input input{data, size};
    orderpush::realtime::ably::World world;
    for (std::size_t i = 0; i < orderpush::realtime::ably::kLinesMax && !input.is_empty(); ++i) {
        world.act(input.line());
    }
    return 0;
}

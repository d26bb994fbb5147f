#pragma once

#include "protocol/pusher_names.hpp"
#include "protocol/pusher_signature.hpp"
#include "realtime/event_loop/io_shards.hpp"
#include "realtime/hub/hub.hpp"
#include "realtime/pusher/hub_keys.hpp"
#include "realtime/pusher/pusher_client.hpp"
#include "realtime/pusher/pusher_protocol.hpp"

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace orderpush::realtime::test {

using nlohmann::json;

inline const protocol::PusherApp kApp{
    .id = "77001", .key = "relaykey01", .secret = "relay-secret-For-Tests"};
inline constexpr std::string_view kId = "0190a5c0-7b1c-7def-8123-456789abcdef";

class RecordingConnection final : public ClientConnection {
  public:
    void send(const Frame& frame) override {
        frames.emplace_back(frame.bytes());
        if (const auto begin = frame.bytes().find("{\""); begin != std::string_view::npos) {
            messages.push_back(json::parse(frame.bytes().substr(begin)));
        }
    }
    void close(CloseCode code, std::string_view) override { closed_with = code; }

    std::vector<json> messages;
    std::vector<std::string> frames;
    std::optional<CloseCode> closed_with;
};

/// One client on a hub whose only shard is this thread.
struct Client {
    std::shared_ptr<ProtocolClient> protocol_client;
    std::unique_ptr<RecordingConnection> connection = std::make_unique<RecordingConnection>();

    const json& last() const { return connection->messages.back(); }
    json last_data() const { return json::parse(last()["data"].get<std::string>()); }
    std::size_t received() const { return connection->messages.size(); }
    /// How many of that event came.
    std::size_t received(std::string_view event) const {
        return static_cast<std::size_t>(std::ranges::count(
            connection->messages,
            event,
            [](const json& message) { return message["event"].get<std::string>(); }
        ));
    }
    std::string error() const {
        return last()["data"].is_object() ? last()["data"].value("message", "") : "";
    }
    std::string socket_id() const { return to_string(protocol_client->socket_id()); }
};

/// Clients of an application on a hub whose only shard is this thread.
class PusherWorld : public testing::Test {
  protected:
    explicit PusherWorld(PusherAppOptions limits, HubOptions hub = {})
        : hub_{shards_, with_rules(hub)},
          protocol_{
              {.app = kApp,
               .is_origin_allowed = [](std::string_view origin
                                    ) { return origin == "https://ok.example"; },
               .limits = limits}} {}

    static HubOptions with_rules(HubOptions options) {
        options.rules = kPusherChannelRules;
        return options;
    }
    void run() { shards_.context(0).poll(); }
    /// Runs the shard until that is so; false if it did not become so in time.
    template <class Condition>
    bool run_until(const Condition& is_so) {
        const Deadline deadline = std::chrono::steady_clock::now() + std::chrono::seconds{10};
        while (!is_so() && std::chrono::steady_clock::now() < deadline) {
            shards_.context(0).run_one_for(std::chrono::milliseconds{10});
        }
        return is_so();
    }

    Protocol::Opening open(
        std::string path,
        std::string query,
        ClientConnection& connection,
        std::optional<std::string> origin = {}
    ) {
        return protocol_.open(
            {.path = std::move(path),
             .query = std::move(query),
             .origin = std::move(origin),
             .key = "",
             .remote_address = ""},
            {.connection = connection,
             .hub = hub_,
             .shard = 0,
             .activity_timeout = std::chrono::seconds{120}}
        );
    }
    int refusal_code(
        const std::string& path, const std::string& query, std::optional<std::string> origin = {}
    ) {
        RecordingConnection connection;
        const auto opening = open(path, query, connection, std::move(origin));
        const auto* refusal = std::get_if<Refusal>(&opening);
        return refusal == nullptr ? 0 : static_cast<int>(refusal->code);
    }
    Client connect(const std::string& version = "7") {
        Client client;
        client.protocol_client = std::get<std::shared_ptr<ProtocolClient>>(
            open("/app/relaykey01", "protocol=" + version, *client.connection)
        );
        return client;
    }
    void leave(Client& client) {
        client.protocol_client->leave();
        run();
    }
    void sign_in(Client& client, const std::string& user_data) {
        const std::string auth = protocol::sign_pusher_auth(
            kApp, protocol::user_string_to_sign(client.socket_id(), user_data)
        );
        say(client,
            {{"event", "pusher:signin"}, {"data", {{"auth", auth}, {"user_data", user_data}}}});
    }
    void say(Client& client, const json& message) {
        client.protocol_client->on_text(message.dump());
        run();
    }
    void subscribe(
        Client& client, const std::string& channel, const std::string& channel_data = ""
    ) {
        json data{{"channel", channel}, {"auth", ""}};
        if (protocol::pusher_kind(channel) != ChannelKind::kPublic) {
            data["auth"] = protocol::sign_pusher_auth(
                kApp, protocol::channel_string_to_sign(client.socket_id(), channel, channel_data)
            );
        }
        if (!channel_data.empty()) {
            data["channel_data"] = channel_data;
        }
        say(client, {{"event", "pusher:subscribe"}, {"data", data}});
    }
    /// As BuiltinAuthorizer grants a guest.
    void subscribe_as_guest(
        Client& client,
        const std::string& channel,
        const SessionId& session,
        const std::string& channel_data = ""
    ) {
        json data{{"channel", channel}};
        data["auth"] = protocol::sign_guest_auth(
            kApp,
            protocol::channel_string_to_sign(client.socket_id(), channel, channel_data),
            session
        );
        if (!channel_data.empty()) {
            data["channel_data"] = channel_data;
        }
        say(client, {{"event", "pusher:subscribe"}, {"data", data}});
    }
    /// As the adapter publishes session:closed.
    void close_session(const SessionId& session) {
        hub_.publish(
            {.channel = Channel::session(session).name(),
             .event = "session:closed",
             .data = "{}",
             .revokes_session = session},
            nullptr
        );
        run();
    }
    void publish(
        const std::string& channel, const std::string& data, std::optional<SocketId> excluded = {}
    ) {
        hub_.publish(
            {.channel = channel, .event = "e", .data = data, .excluded = excluded}, nullptr
        );
        run();
    }

    IoShards shards_{1};
    Hub hub_;
    PusherProtocol protocol_;
};

}  // namespace orderpush::realtime::test

#pragma once

#include "realtime/ably/ably_protocol.hpp"
#include "realtime/ably/access/ably_authenticator.hpp"
#include "realtime/ably/access/ably_keys.hpp"
#include "realtime/ably/access/revocations.hpp"
#include "realtime/ably/messages/protocol_message.hpp"
#include "realtime/event_loop/io_shards.hpp"
#include "realtime/hub/hub.hpp"
#include "realtime/pusher/app_table.hpp"
#include "realtime/pusher/hub_keys.hpp"
#include "tests/support/manual_clock.hpp"

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace orderpush::realtime::ably::test {

using orderpush::test::ManualClock;

inline constexpr const char* kKey = "77001.relaykey01:relay-secret-For-Tests";
inline constexpr const char* kKitchen = "kitchen:0190a5c0-7b1c-7def-8123-456789abcdef";

/// Payloads of the WebSocket frames in `bytes`.
inline std::vector<std::string> payloads_of(std::string_view bytes) {
    std::vector<std::string> payloads;
    while (!bytes.empty()) {
        const auto at = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
        std::size_t header = 2;
        std::size_t size = at(1);
        if (size == 126) {
            header = 4;
            size = static_cast<std::size_t>(at(2)) << 8U | at(3);
        }
        payloads.emplace_back(bytes.substr(header, size));
        bytes.remove_prefix(header + size);
    }
    return payloads;
}

class RecordingConnection final : public ClientConnection {
  public:
    explicit RecordingConnection(Format format) : format_(format) {}
    void send(const Frame& frame) override {
        if (closed_with) {
            return;
        }
        for (const std::string& payload : payloads_of(frame.bytes())) {
            if (payload.empty()) {
                ++pings;
                continue;
            }
            payloads.push_back(payload);
            frames.push_back(*decode_value(format_, payload));
        }
    }
    void close(CloseCode code, std::string_view) override { closed_with = code; }

    std::vector<Value> frames;
    std::vector<std::string> payloads;
    std::size_t pings = 0;
    std::optional<CloseCode> closed_with;

  private:
    const Format format_;
};

struct Client {
    std::shared_ptr<RecordingConnection> connection;
    std::shared_ptr<ProtocolClient> protocol_client = nullptr;
    Format format = Format::kJson;

    const std::vector<Value>& frames() const { return connection->frames; }
    /// Of that action; null if none came.
    Value last(Action action) const {
        const auto found =
            std::find_if(frames().rbegin(), frames().rend(), [&](const Value& frame) {
                return frame["action"] == static_cast<int>(action);
            });
        return found == frames().rend() ? Value{} : *found;
    }
    std::size_t count(Action action) const {
        return static_cast<std::size_t>(std::ranges::count_if(frames(), [&](const Value& frame) {
            return frame["action"] == static_cast<int>(action);
        }));
    }
    /// Data of all messages, in order.
    std::vector<std::string> heard() const {
        std::vector<std::string> data;
        for (const Value& frame : frames()) {
            if (frame["action"] == static_cast<int>(Action::kMessage)) {
                for (const Value& message : frame["messages"]) {
                    data.push_back(message.value("data", ""));
                }
            }
        }
        return data;
    }
    std::string id() const { return frames().front()["connectionId"]; }
    std::string key() const {
        return last(Action::kConnected)["connectionDetails"]["connectionKey"];
    }
    int error_code() const {
        const Value& frame = frames().back();
        return frame.contains("error") ? frame["error"]["code"].get<int>() : 0;
    }
};

/// Ably's clients on a hub whose only shard is this thread.
class AblyWorld : public testing::Test {
  protected:
    explicit AblyWorld(AblyOptions options = {}, RecordedEvents* events = nullptr)
        : protocol_{
              shards_,
              hub_,
              authenticator_,
              clock_,
              [](std::string_view origin) { return origin == "https://ok.example"; },
              std::move(options)} {
        protocol_.use(events);
    }

    static HubOptions hub_options() {
        HubOptions options;
        options.rules = kPusherChannelRules;
        return options;
    }
    void run() { shards_.context(0).poll(); }
    template <class Condition>
    bool run_until(const Condition& is_so) {
        const Deadline deadline = std::chrono::steady_clock::now() + std::chrono::seconds{10};
        while (!is_so() && std::chrono::steady_clock::now() < deadline) {
            shards_.context(0).run_one_for(std::chrono::milliseconds{10});
        }
        return is_so();
    }

    Client open(const std::string& query) {
        Client client;
        client.format =
            query.find("format=msgpack") == std::string::npos ? Format::kJson : Format::kMsgpack;
        client.connection = std::make_shared<RecordingConnection>(client.format);
        auto opening = protocol_.open(
            {.path = "/", .query = query, .key = "", .remote_address = ""},
            {.connection = *client.connection, .hub = hub_, .shard = 0}
        );
        if (auto* refusal = std::get_if<Refusal>(&opening)) {
            client.connection->send(*refusal->first);
            client.connection->close(refusal->code, refusal->reason);
        } else {
            client.protocol_client = std::get<std::shared_ptr<ProtocolClient>>(opening);
            clients_.push_back(client);
        }
        run();
        return client;
    }
    Client connect(const std::string& more = "") { return open(std::string{"key="} + kKey + more); }

    void say(const Client& client, const Value& message) {
        const std::string text = encode_value(client.format, message);
        if (client.format == Format::kJson) {
            client.protocol_client->on_text(text);
        } else {
            client.protocol_client->on_binary(text);
        }
        run();
    }
    void attach(const Client& client, const std::string& channel, Value more = Value::object()) {
        more["action"] = 10;
        more["channel"] = channel;
        say(client, more);
    }
    void publish(
        const Client& client, const std::string& channel, int serial, const Value& messages
    ) {
        say(client,
            {{"action", 15}, {"channel", channel}, {"msgSerial", serial}, {"messages", messages}});
    }
    void publish_text(
        const Client& client, const std::string& channel, int serial, const std::string& data
    ) {
        publish(client, channel, serial, Value::array({{{"name", "n"}, {"data", data}}}));
    }
    void present(
        const Client& client, const std::string& channel, int serial, const Value& entries
    ) {
        say(client,
            {{"action", 14}, {"channel", channel}, {"msgSerial", serial}, {"presence", entries}});
    }
    void lose(const Client& client) {
        client.protocol_client->leave();
        run();
    }

    void TearDown() override {
        for (const Client& client : clients_) {
            client.protocol_client->leave();
        }
        run();
        shards_.stop();
    }

    ManualClock clock_;
    IoShards shards_{1};
    Hub hub_{shards_, hub_options()};
    AppTable apps_{
        HostedApp{.id = "77001", .key = "relaykey01", .secret = "relay-secret-For-Tests"}};
    AblyKeys keys_{apps_, {}};
    Revocations revocations_;
    AblyAuthenticator authenticator_{keys_, revocations_, clock_};
    AblyProtocol protocol_;
    std::vector<Client> clients_;
};

}  // namespace orderpush::realtime::ably::test

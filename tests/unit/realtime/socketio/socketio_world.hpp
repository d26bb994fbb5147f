#pragma once

#include "core/error_codes.hpp"
#include "realtime/event_loop/io_shards.hpp"
#include "realtime/hub/hub.hpp"
#include "realtime/socketio/client_recovery.hpp"
#include "realtime/socketio/engine_io/packet.hpp"
#include "realtime/socketio/room_access.hpp"
#include "realtime/socketio/socketio_protocol.hpp"

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace orderpush::realtime::test {

using nlohmann::json;

template <class SomeId>
SomeId id_of(std::string_view text) {
    return parse_id<SomeId>(text).value();
}

inline const auto kBranch = id_of<BranchId>("0190a5c0-7b1c-7def-8123-000000000001");
inline const auto kOtherBranch = id_of<BranchId>("0190a5c0-7b1c-7def-8123-000000000002");
inline const auto kRestaurant = id_of<RestaurantId>("0190a5c0-7b1c-7def-8123-000000000003");
inline const auto kTable = id_of<TableId>("0190a5c0-7b1c-7def-8123-000000000004");
inline const auto kSession = id_of<SessionId>("0190a5c0-7b1c-7def-8123-000000000005");
inline const auto kLogin = id_of<SessionId>("0190a5c0-7b1c-7def-8123-000000000007");

inline StaffMember staff(Role role) {
    return {
        .id = id_of<StaffId>("0190a5c0-7b1c-7def-8123-000000000006"),
        .restaurant = kRestaurant,
        .branch = kBranch,
        .role = role,
        .name = "Ana",
        .station = {}};
}

inline Guest guest() {
    return {
        .session = kSession,
        .table = kTable,
        .branch = kBranch,
        .restaurant = kRestaurant,
        .device_id = "device",
        .name = {}};
}

/// Knows tokens and channels by a list. Answers at once, unless it is told to wait.
class ListedAccess final : public RoomAccess {
  public:
    void authenticate(std::string credential, CallerReply reply) override {
        ++authentications;
        if (failure) {
            reply(*failure);
            return;
        }
        const auto found = callers.find(credential);
        reply(
            found == callers.end() ? Result<Caller>{make_error("token_invalid")}
                                   : Result<Caller>{found->second}
        );
    }
    void admit(const Caller& caller, const Channel& channel, AdmissionReply reply) override {
        if (failure) {
            reply(*failure);
            return;
        }
        const bool is_guest = std::holds_alternative<Guest>(caller);
        Result<Admission> admission = make_error("forbidden");
        if (!refused.contains(channel.name())) {
            admission = Admission{
                .joiner =
                    {.member = {.id = is_guest ? "guest-device" : "staff-1", .info = "{}"},
                     .session = is_guest ? std::optional{kSession} : login},
                .last_seq = last_seq};
        }
        if (is_waiting) {
            waiting.push_back([reply, admission] { reply(admission); });
        } else {
            reply(admission);
        }
    }

    std::map<std::string, Caller> callers{
        {"cook", staff(Role::kKitchen)},
        {"waiter", staff(Role::kWaiter)},
        {"admin", staff(Role::kAdmin)},
        {"guest", guest()}};
    /// What staff join ends with.
    std::optional<SessionId> login;
    std::set<std::string> refused;
    std::optional<Error> failure;
    bool is_waiting = false;
    std::vector<std::function<void()>> waiting;
    int authentications = 0;
    std::int64_t last_seq = 0;
};

/// Keeps in memory, and answers what it is told to.
class ListedRecovery final : public ClientRecovery {
  public:
    void keep(std::string private_id, std::string text, DoneReply reply) override {
        kept[private_id] = std::move(text);
        is_keeping ? held.push_back(std::move(reply)) : reply({});
    }
    void find(std::string private_id, KeptReply reply) override {
        if (failure) {
            reply(*failure);
            return;
        }
        const auto found = kept.find(private_id);
        reply(found == kept.end() ? std::nullopt : std::optional{found->second});
    }
    void extend(std::vector<std::string> /*private_ids*/) override {}
    void forget(std::string private_id) override { kept.erase(private_id); }
    void read_missed(MissedQuery query, MissedReply reply) override {
        asked = std::move(query);
        answer = [this, reply] { reply(missed); };
        if (!is_waiting) {
            answer();
        }
    }

    std::map<std::string, std::string> kept;
    /// keep() takes its time: its replies wait here.
    bool is_keeping = false;
    std::vector<DoneReply> held;
    std::optional<Error> failure;
    MissedQuery asked;
    MissedEvents missed;
    bool is_waiting = false;
    std::function<void()> answer;
};

class RecordingSocket final : public ClientConnection {
  public:
    void send(const Frame& frame) override {
        std::string body;
        append_engine_packets(body, frame);
        EnginePayload packets{body};
        while (const auto packet = packets.next()) {
            texts.emplace_back(*packet);
        }
    }
    void close(CloseCode code, std::string_view /*reason*/) override { closed_with = code; }

    /// How many events of that name came.
    std::size_t received(std::string_view event) const {
        const std::string begin = "42[\"" + std::string{event} + "\"";
        return static_cast<std::size_t>(std::ranges::count_if(texts, [&](const std::string& text) {
            return text.starts_with(begin);
        }));
    }

    std::vector<std::string> texts;
    std::optional<CloseCode> closed_with;
};

/// Socket.IO on a hub whose only shard is this thread.
class SocketioWorld : public testing::Test {
  protected:
    explicit SocketioWorld(SocketioOptions options = {}) {
        options.engine.now = [this] { return now_; };
        protocol_.emplace(
            shards_,
            hub_,
            [](std::string_view origin) { return origin == "https://ok.example"; },
            std::move(options)
        );
        protocol_->use(access_, recovery_);
    }

    void run() { shards_.context(0).poll(); }

    struct Client {
        std::shared_ptr<ProtocolClient> transport;
        std::unique_ptr<RecordingSocket> socket = std::make_unique<RecordingSocket>();

        const std::string& last() const { return socket->texts.back(); }
        std::size_t received(std::string_view event) const { return socket->received(event); }
    };
    /// On a WebSocket; has had its open packet.
    Client open(const std::string& path, const std::string& more = "") {
        Client client;
        auto opening = protocol_->open(
            {.path = path,
             .query = "EIO=4&transport=websocket" + more,
             .key = "",
             .remote_address = ""},
            {.connection = *client.socket, .hub = hub_}
        );
        if (auto* opened = std::get_if<std::shared_ptr<ProtocolClient>>(&opening)) {
            client.transport = std::move(*opened);
        }
        return client;
    }
    void say(Client& client, const std::string& text) {
        client.transport->on_text(text);
        run();
    }
    Client connected(const std::string& token, const std::string& path = "/socket.io/") {
        Client client = open(path);
        say(client, token.empty() ? "40" : R"(40{"token":")" + token + R"("})");
        EXPECT_TRUE(client.last().starts_with(R"(40{"sid":")")) << client.last();
        return client;
    }
    void leave(Client& client) {
        client.transport->leave();
        run();
    }

    /// A request by HTTP; its answer is there once it was given.
    struct Asked {
        std::shared_ptr<std::optional<protocol::HttpResponse>> answer =
            std::make_shared<std::optional<protocol::HttpResponse>>();
        SocketioProtocol::OnGone on_gone = {};

        const protocol::HttpResponse& response() const { return answer->value(); }
        bool is_waiting() const { return !*answer; }
    };
    Asked ask(
        std::string_view method,
        const std::string& query,
        std::string_view body = "",
        std::vector<std::pair<std::string_view, std::string_view>> headers = {},
        bool is_same_origin = false
    ) {
        Asked asked;
        // What a request refers to lives as long as the reply.
        const auto kept = std::make_shared<std::pair<std::string, std::string>>(query, body);
        asked.on_gone = protocol_->answer(
            0,
            {{.method = method,
              .path = "/socket.io/",
              .query = kept->first,
              .headers = std::move(headers),
              .body = kept->second,
              .remote_address = "203.0.113.7"},
             is_same_origin},
            [kept, answer = asked.answer](protocol::HttpResponse response) {
                *answer = std::move(response);
            }
        );
        run();
        return asked;
    }
    static std::string session_of(const std::string& open_packet) {
        return json::parse(open_packet.substr(1))["sid"];
    }

    void publish(
        const Channel& channel,
        const std::string& event,
        json payload,
        std::optional<SessionId> revoked = {}
    ) {
        payload["id"] = "event";
        payload["seq"] = ++seq_;
        payload["type"] = event;
        hub_.publish(
            {.channel = channel.name(),
             .event = event,
             .data = payload.dump(),
             .revokes_session = revoked},
            nullptr
        );
        run();
    }
    std::size_t subscriptions() { return hub_.stats().subscriptions; }
    void pass(std::chrono::milliseconds time) {
        now_ += time;
        shards_.context(0).run_one_for(std::chrono::milliseconds{150});
        run();
    }

    Deadline now_ = std::chrono::steady_clock::now();
    IoShards shards_{1};
    Hub hub_{shards_, {}};
    ListedAccess access_;
    ListedRecovery recovery_;
    std::optional<SocketioProtocol> protocol_;
    int seq_ = 0;
};

}  // namespace orderpush::realtime::test

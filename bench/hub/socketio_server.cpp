#include "bench/hub/socketio_server.hpp"

#include "bench/hub/hub_message.hpp"
#include "bench/hub/socketio_pool.hpp"
#include "core/error_codes.hpp"
#include "http_server/http_server.hpp"
#include "realtime/hub/hub.hpp"
#include "realtime/pusher/pusher_protocol.hpp"
#include "realtime/socketio/socketio_protocol.hpp"
#include "realtime/sockets/websocket_server.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <unistd.h>
#include <utility>

namespace orderpush::bench {
namespace {

using namespace realtime;

/// Longer than any measurement: the generator answers no pings.
constexpr std::chrono::hours kPingInterval{1};
constexpr std::size_t kConnectionsMax = 20'000;

template <class SomeId>
SomeId id_of(std::string_view text) {
    return parse_id<SomeId>(text).value();
}

/// Everybody is the same cook.
class OneCook final : public RoomAccess {
  public:
    void authenticate(std::string /*credential*/, CallerReply reply) override {
        reply(Caller{StaffMember{
            .id = id_of<StaffId>("0190a5c0-7b1c-7def-8123-000000000002"),
            .restaurant = id_of<RestaurantId>("0190a5c0-7b1c-7def-8123-000000000003"),
            .branch = id_of<BranchId>(kBenchBranch),
            .role = Role::kKitchen,
            .name = "Ana",
            .station = {}}});
    }
    void admit(const Caller& /*caller*/, const Channel& /*channel*/, AdmissionReply reply)
        override {
        reply(Admission{
            .joiner = {
                .member = {
                    .id = "staff-0190a5c0-7b1c-7def-8123-000000000002",
                    .info = R"({"name":"Ana"})"}}});
    }
};

/// Nobody is known.
class NoRecovery final : public ClientRecovery {
  public:
    void keep(std::string /*private_id*/, std::string /*kept*/, DoneReply reply) override {
        reply({});
    }
    void find(std::string /*private_id*/, KeptReply reply) override {
        reply(std::optional<std::string>{});
    }
    void extend(std::vector<std::string> /*private_ids*/) override {}
    void forget(std::string /*private_id*/) override {}
    void read_missed(MissedQuery /*query*/, MissedReply reply) override { reply(MissedEvents{}); }
};

/// As the service has it, with the text of a publication as a note.
std::string order_event(std::int64_t seq, std::string_view note) {
    return fmt::format(
        R"({{"id":"0190a5c0-7b1c-7def-8123-000000000009","seq":{},"type":"order:confirmed",)"
        R"("occurredAt":"2026-11-30T12:00:00.000Z",)"
        R"("orderId":"0190a5c0-7b1c-7def-8123-000000000008",)"
        R"("orderNumber":17,"tableNumber":"4","status":"confirmed","note":"{}"}})",
        seq,
        note
    );
}

class Server {
  public:
    Server()
        : socketio_(
              shards_,
              hub_,
              [](std::string_view) { return true; },
              {.polling_sessions_max = kConnectionsMax,
               .engine = {.ping_interval = kPingInterval, .rate = {100'000, 1'000'000}}}
          ),
          http_(
              shards_,
              pool_,
              {.address = "127.0.0.1",
               .sockets_max = kConnectionsMax,
               .idle_timeout = kPingInterval},
              handlers()
          ) {
        socketio_.use(access_, recovery_);
    }

    [[noreturn]] void run() {
        const std::uint16_t port = http_.listen().value();
        shards_.start();
        fmt::print("listening {}\n", port);
        std::fflush(stdout);
        for (;;) {
            ::pause();
        }
    }

  private:
    http_server::HttpServerHandlers handlers() {
        return {
            .request = [](const protocol::HttpRequest&) { return protocol::HttpResponse{404}; },
            .is_inline = [](std::string_view, std::string_view) { return true; },
            .upgrade = [this](
                           std::size_t shard, Upgrade upgrade
                       ) { sockets_.accept(shard, std::move(upgrade)); },
            .realtime_api = [this](
                                const protocol::HttpRequest& request, protocol::HttpReply reply
                            ) { publish(request, std::move(reply)); },
            .is_polling_path = [this](std::string_view path) { return socketio_.serves(path); },
            .poll = [this](
                        std::size_t shard, const PollRequest& request, protocol::HttpReply reply
                    ) { return socketio_.answer(shard, request, std::move(reply)); }};
    }

    void publish(const protocol::HttpRequest& request, protocol::HttpReply reply) {
        const auto body = nlohmann::json::parse(request.body);
        hub_.publish(
            {.channel = body.at("channel").get<std::string>(),
             .event = "order:confirmed",
             .data = order_event(++seq_, body.at("data").get<std::string>())},
            [reply = std::move(reply)](bool is_published) {
                reply({.status = is_published ? 200 : 503, .body = "{}"});
            }
        );
    }

    IoShards shards_{1};
    Hub hub_{shards_, {}};
    OneCook access_;
    NoRecovery recovery_;
    SocketioProtocol socketio_;
    const PusherProtocol pusher_{
        {.app = {.id = "1", .key = "bench-key", .secret = "unused"},
         .is_origin_allowed = [](std::string_view) { return true; }}};
    WebSocketServer sockets_{
        shards_, hub_, {pusher_, socketio_}, {.connections_max = kConnectionsMax}};
    ThreadPool pool_{1, 64};
    http_server::HttpServer http_;
    std::int64_t seq_ = 0;
};

}  // namespace

void serve_socketio() {
    static Server server;
    server.run();
}

}  // namespace orderpush::bench

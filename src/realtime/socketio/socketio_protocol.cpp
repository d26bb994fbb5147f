#include "realtime/socketio/socketio_protocol.hpp"

#include "base/percent.hpp"
#include "realtime/socketio/engine_io/polling_answers.hpp"
#include "realtime/socketio/session_ids.hpp"
#include "realtime/socketio/socket_transport.hpp"

#include <cassert>
#include <utility>

namespace orderpush::realtime {
namespace {

/// Well within what clients are kept for.
constexpr std::chrono::minutes kExtendInterval{1};
constexpr std::string_view kPolling = "polling";
constexpr std::string_view kWebSocket = "websocket";
/// The revision of Engine.IO that is spoken.
constexpr std::string_view kRevision = "4";

/// Official clients ask with the slash, unless they are told not to.
std::string_view without_slash(std::string_view path) {
    return path.ends_with('/') ? path.substr(0, path.size() - 1) : path;
}

bool is_anonymous_path(std::string_view path) {
    return without_slash(path) == "/api/socket";
}

bool is_own_path(std::string_view path) {
    return without_slash(path) == "/socket.io" || is_anonymous_path(path);
}

/// The parameters that count; all others are the application's, or against caches.
struct Query {
    std::string_view transport;
    std::string_view session_id;
    std::string_view revision;
    std::string_view token;

    explicit Query(std::string_view text) {
        split_form(text, [this](std::string_view name, std::string_view value) {
            if (name == "transport") {
                transport = value;
            } else if (name == "sid") {
                session_id = value;
            } else if (name == "EIO") {
                revision = value;
            } else if (name == "token") {
                token = value;
            }
            return true;
        });
    }
};

}  // namespace

SocketioProtocol::SocketioProtocol(
    IoShards& shards, Hub& hub, OriginRule is_origin_allowed, SocketioOptions options
)
    : shards_(shards),
      hub_(hub),
      is_origin_allowed_(is_origin_allowed),
      origins_(std::move(is_origin_allowed)),
      options_(std::move(options)) {
    assert(shards.size() <= kSessionShardsMax);
}

SocketioProtocol::~SocketioProtocol() = default;

void SocketioProtocol::use(RoomAccess& access, ClientRecovery& recovery) {
    for (std::size_t index = 0; index < shards_.size(); ++index) {
        parts_.push_back(std::make_unique<Part>(Part{
            .shard =
                {.shards = shards_,
                 .index = index,
                 .hub = hub_,
                 .access = access,
                 .recovery = recovery,
                 .engine = options_.engine,
                 .limits = options_.limits},
            .clients = {}}));
        shards_.repeat(index, options_.tick, [this, part = parts_.back().get()] {
            part->clients.run_due(options_.engine.now());
        });
        shards_.repeat(index, kExtendInterval, [part = parts_.back().get(), &recovery] {
            recovery.extend(part->clients.private_ids());
        });
    }
}

bool SocketioProtocol::serves(std::string_view path) const noexcept {
    return options_.is_served && is_own_path(path);
}

std::optional<protocol::HttpResponse> SocketioProtocol::refusal_of(const UpgradeRequest& request
) const {
    if (!serves(request.path)) {
        return std::nullopt;
    }
    const Query query{request.query};
    if (query.transport != kWebSocket && query.transport != kPolling) {
        return engine_refusal(EngineRefusal::kTransportUnknown);
    }
    if (!origins_.admits(request)) {
        return engine_refusal(EngineRefusal::kForbidden);
    }
    if (!query.session_id.empty() && !shard_of(request)) {
        return engine_refusal(EngineRefusal::kSessionUnknown);
    }
    if (query.transport == kPolling) {
        return engine_refusal(EngineRefusal::kBadRequest);
    }
    if (query.revision != kRevision) {
        return engine_refusal(EngineRefusal::kVersionUnsupported);
    }
    return std::nullopt;
}

std::optional<std::size_t> SocketioProtocol::shard_of(const UpgradeRequest& request) const {
    if (!serves(request.path)) {
        return std::nullopt;
    }
    return shard_of_session(Query{request.query}.session_id, options_.instance, shards_.size());
}

std::shared_ptr<SocketioClient> SocketioProtocol::make_client(
    Part& part, std::string_view path, std::string_view query, ClientTable::Removal on_removed
) const {
    const auto client = std::make_shared<SocketioClient>(
        part.shard,
        make_session_id(options_.instance, part.shard.index),
        SocketioEntry{
            .is_token_required = !is_anonymous_path(path),
            .token = form_decode(Query{query}.token).value_or("")},
        [&part](SocketioClient& closed) { part.clients.settle(closed); }
    );
    part.clients.add(client, std::move(on_removed));
    return client;
}

Protocol::Opening SocketioProtocol::open(
    const UpgradeRequest& request, const ClientContext& context
) const {
    Part& part = *parts_[context.shard];
    const Query query{request.query};
    if (query.session_id.empty()) {
        const auto client = make_client(part, request.path, request.query, nullptr);
        client->session().open_on(context.connection);
        return std::make_shared<SocketTransport>(context, part.clients, client);
    }
    const auto client = part.clients.find(query.session_id);
    if (client == nullptr || !client->session().begin_probe(context.connection)) {
        return Refusal{CloseCode::kProtocolError, "There is nothing to upgrade"};
    }
    part.clients.settle(*client);
    return std::make_shared<SocketTransport>(context, part.clients, client);
}

void SocketioProtocol::stop() {
    is_stopping_ = true;
    for (const auto& part : parts_) {
        shards_.post(part->shard.index, [&part = *part] { part.clients.close_polling(); });
    }
}

}  // namespace orderpush::realtime

#include "realtime/socketio/socketio_protocol.hpp"

#include "base/percent.hpp"
#include "realtime/socketio/engine_io/engine_query.hpp"
#include "realtime/socketio/engine_io/polling_answers.hpp"
#include "realtime/socketio/session_ids.hpp"
#include "realtime/socketio/socket_transport.hpp"

#include <cassert>
#include <utility>

namespace orderpush::realtime {
namespace {

/// Well within what clients are kept for.
constexpr std::chrono::minutes kExtendInterval{1};

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
                 .limits = options_.limits,
                 .settle = nullptr},
            .clients = ClientTable{
                [this](const SocketioClient& client) { uncount_session(client.counted_as()); }}}));
        parts_.back()->shard.settle = [part = parts_.back().get()](SocketioClient& client) {
            part->clients.settle(client);
        };
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
    const EngineQuery query{request.query};
    if (!query.is_websocket() && !query.is_polling()) {
        return engine_refusal(EngineRefusal::kTransportUnknown);
    }
    if (!origins_.admits(request)) {
        return engine_refusal(EngineRefusal::kForbidden);
    }
    if (!query.session_id.empty() && !shard_of(request)) {
        return engine_refusal(EngineRefusal::kSessionUnknown);
    }
    if (query.is_polling()) {
        return engine_refusal(EngineRefusal::kBadRequest);
    }
    if (!query.is_revision_known()) {
        return engine_refusal(EngineRefusal::kVersionUnsupported);
    }
    return std::nullopt;
}

std::optional<std::size_t> SocketioProtocol::shard_of(const UpgradeRequest& request) const {
    if (!serves(request.path)) {
        return std::nullopt;
    }
    return shard_of_session(
        EngineQuery{request.query}.session_id, options_.instance, shards_.size()
    );
}

std::shared_ptr<SocketioClient> SocketioProtocol::make_client(
    Part& part, std::string_view path, const EngineQuery& query, AddressCounts::Entry* counted_as
) const {
    const auto client = std::make_shared<SocketioClient>(
        part.shard,
        make_session_id(options_.instance, part.shard.index),
        SocketioEntry{
            .is_token_required = !is_anonymous_path(path),
            .token = form_decode(query.token).value_or(""),
            .counted_as = counted_as}
    );
    part.clients.add(client);
    return client;
}

Protocol::Opening SocketioProtocol::open(
    const UpgradeRequest& request, const ClientContext& context
) const {
    Part& part = *parts_[context.shard];
    const EngineQuery query{request.query};
    if (query.session_id.empty()) {
        const auto client = make_client(part, request.path, query);
        client->session().open_on(context.connection);
        return std::make_shared<SocketTransport>(context, client);
    }
    const auto client = part.clients.find(query.session_id);
    if (client == nullptr || !client->session().begin_probe(context.connection)) {
        return Refusal{CloseCode::kProtocolError, "There is nothing to upgrade"};
    }
    client->settle();
    return std::make_shared<SocketTransport>(context, client);
}

void SocketioProtocol::stop() {
    is_stopping_ = true;
    for (const auto& part : parts_) {
        shards_.post(part->shard.index, [&part = *part] { part.clients.close_polling(); });
    }
}

}  // namespace orderpush::realtime

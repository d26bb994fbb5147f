/// Requests of clients that poll.

#include "core/access/client_address.hpp"
#include "realtime/socketio/engine_io/polling_answers.hpp"
#include "realtime/socketio/session_ids.hpp"
#include "realtime/socketio/socketio_protocol.hpp"

#include <optional>
#include <utility>

namespace orderpush::realtime {
namespace {

constexpr int kNoContent = 204;
/// Of the headers that a preflight asks for, in bytes.
constexpr std::size_t kAskedHeadersMax = 1'000;

/// Each poll of a page that sends headers of its own has a preflight, because no two polls have
/// the same address: no age would make a browser keep the answer.
protocol::HttpResponse preflight_answer(const protocol::HttpRequest& request) {
    protocol::HttpResponse response{
        .status = kNoContent, .headers = {{"Access-Control-Allow-Methods", "GET, POST"}}};
    const std::string_view asked = request.header("Access-Control-Request-Headers");
    if (!asked.empty() && asked.size() <= kAskedHeadersMax) {
        response.headers.emplace_back("Access-Control-Allow-Headers", asked);
    }
    return response;
}

}  // namespace

SocketioProtocol::OnGone SocketioProtocol::answer(
    std::size_t shard, const PollRequest& request, protocol::HttpReply reply
) const {
    const std::string_view origin = request.header("Origin");
    reply = with_cors(std::move(reply), origin);
    if (request.method == "OPTIONS") {
        reply(preflight_answer(request));
        return nullptr;
    }
    const EngineQuery query{request.query};
    const bool is_polling = query.is_polling() && options_.has_polling;
    if (!is_polling && !query.is_websocket()) {
        reply(engine_refusal(EngineRefusal::kTransportUnknown));
        return nullptr;
    }
    // The official server only hides its answers from a foreign page; this one gives none.
    if (!origin.empty() && !request.is_same_origin && !origins_.admits(std::string{origin})) {
        reply(engine_refusal(EngineRefusal::kForbidden));
        return nullptr;
    }
    if (!query.session_id.empty()) {
        return continue_session(request, query, std::move(reply));
    }
    begin_session(shard, request, query, reply);
    return nullptr;
}

SocketioProtocol::Reply SocketioProtocol::with_cors(Reply reply, std::string_view origin) const {
    if (origin.empty()) {
        return reply;
    }
    const bool is_allowed = is_origin_allowed_(origin);
    return [reply = std::move(reply),
            allowed =
                is_allowed ? std::string{origin} : std::string{}](protocol::HttpResponse response) {
        if (!allowed.empty()) {
            response.headers.emplace_back("Access-Control-Allow-Origin", allowed);
            response.headers.emplace_back("Access-Control-Allow-Credentials", "true");
        }
        response.headers.emplace_back("Vary", "Origin");
        reply(std::move(response));
    };
}

void SocketioProtocol::begin_session(
    std::size_t shard,
    const protocol::HttpRequest& request,
    const EngineQuery& query,
    const Reply& reply
) const {
    if (request.method != "GET") {
        reply(engine_refusal(EngineRefusal::kBadMethod));
        return;
    }
    if (!query.is_polling()) {  // without an upgrade
        reply(engine_refusal(EngineRefusal::kBadRequest));
        return;
    }
    if (!query.is_revision_known()) {
        reply(engine_refusal(EngineRefusal::kVersionUnsupported));
        return;
    }
    auto* const address = is_stopping_ ? nullptr : count_session(request.remote_address);
    if (address == nullptr) {
        reply(engine_overloaded());
        return;
    }
    const auto client = make_client(*parts_[shard], request.path, query, address);
    client->session().open_by_poll(reply);
}

SocketioProtocol::OnGone SocketioProtocol::continue_session(
    const protocol::HttpRequest& request, const EngineQuery& query, Reply reply
) const {
    const auto shard = shard_of_session(query.session_id, options_.instance, shards_.size());
    if (!shard) {
        reply(engine_refusal(EngineRefusal::kSessionUnknown));
        return nullptr;
    }
    const std::uint64_t poll_id = ++last_poll_;
    // The reply holds what the request's views are of.
    shards_.run_on(*shard, [this, shard = *shard, request, query, reply, poll_id] {
        const auto client = parts_[shard]->clients.find(query.session_id);
        if (client == nullptr) {
            reply(engine_refusal(EngineRefusal::kSessionUnknown));
        } else if (!query.is_polling() || !query.is_revision_known()) {
            reply(engine_refusal(EngineRefusal::kBadRequest));
        } else if (request.method == "GET") {
            client->session().poll(poll_id, reply);
        } else if (request.method == "POST") {
            client->session().receive(request, reply);
        } else {
            reply(engine_refusal(EngineRefusal::kBadMethod));
        }
        if (client != nullptr) {
            client->settle();
        }
    });
    if (request.method != "GET") {
        return nullptr;
    }
    // Until it is answered, or given up, the request is there.
    return [this, session_id = query.session_id, poll_id] { forget_poll(session_id, poll_id); };
}

void SocketioProtocol::forget_poll(std::string_view session_id, std::uint64_t poll_id) const {
    const auto shard = shard_of_session(session_id, options_.instance, shards_.size()).value();
    shards_.run_on(shard, [this, shard, session_id = std::string{session_id}, poll_id] {
        if (const auto client = parts_[shard]->clients.find(session_id)) {
            client->session().abandon_poll(poll_id);
            client->settle();
        }
    });
}

AddressCounts::Entry* SocketioProtocol::count_session(std::string_view address) const {
    const std::size_t most = options_.polling_sessions_per_address_max;
    const bool is_bounded = most > 0 && !is_private_address(address);
    const std::string counted_as = is_bounded ? subscriber_of(address) : std::string{};
    return polling_.with([&](Polling& polling) -> AddressCounts::Entry* {
        if (polling.sessions >= options_.polling_sessions_max) {
            return nullptr;
        }
        auto* const entry = polling.by_address.add(counted_as);
        if (is_bounded && entry->second.connections > most) {
            polling.by_address.remove(entry);
            return nullptr;
        }
        ++polling.sessions;
        return entry;
    });
}

void SocketioProtocol::uncount_session(AddressCounts::Entry* address) const {
    if (address == nullptr) {  // it began on a WebSocket
        return;
    }
    polling_.with([&](Polling& polling) {
        polling.by_address.remove(address);
        --polling.sessions;
    });
}

}  // namespace orderpush::realtime

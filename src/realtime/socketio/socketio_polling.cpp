/// Requests of clients that poll.

#include "base/percent.hpp"
#include "core/access/client_address.hpp"
#include "core/access/origin_policy.hpp"
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

/// The first value of that name, still encoded; empty if there is none.
std::string_view parameter(const protocol::HttpRequest& request, std::string_view name) {
    std::string_view found;
    split_form(request.query, [&](std::string_view known, std::string_view value) {
        found = known == name ? value : found;
        return known != name;
    });
    return found;
}

/// Whether the page is of the host that it asks, under whatever name that is known to it.
bool is_own_origin(const protocol::HttpRequest& request) {
    return is_origin_of(request.header("Origin"), request.header("Host"), std::nullopt);
}

}  // namespace

SocketioProtocol::OnGone SocketioProtocol::answer(
    std::size_t shard, const protocol::HttpRequest& request, protocol::HttpReply reply
) const {
    const std::string_view origin = request.header("Origin");
    reply = with_cors(std::move(reply), origin);
    if (request.method == "OPTIONS") {
        reply(preflight_answer(request));
        return nullptr;
    }
    const std::string_view transport = parameter(request, "transport");
    const bool is_polling = transport == "polling" && options_.has_polling;
    if (!is_polling && transport != "websocket") {
        reply(engine_refusal(EngineRefusal::kTransportUnknown));
        return nullptr;
    }
    // The official server only hides its answers from a foreign page; this one gives none.
    if (!origin.empty() && !is_own_origin(request) && !origins_.admits(std::string{origin})) {
        reply(engine_refusal(EngineRefusal::kForbidden));
        return nullptr;
    }
    const std::string_view session_id = parameter(request, "sid");
    if (!session_id.empty()) {
        return continue_session(session_id, request, std::move(reply));
    }
    begin_session(shard, request, reply);
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
    std::size_t shard, const protocol::HttpRequest& request, const Reply& reply
) const {
    if (request.method != "GET") {
        reply(engine_refusal(EngineRefusal::kBadMethod));
        return;
    }
    if (parameter(request, "transport") != "polling") {  // without an upgrade
        reply(engine_refusal(EngineRefusal::kBadRequest));
        return;
    }
    if (parameter(request, "EIO") != "4") {
        reply(engine_refusal(EngineRefusal::kVersionUnsupported));
        return;
    }
    auto* const address = is_stopping_ ? nullptr : count_session(request.remote_address);
    if (address == nullptr) {
        reply(engine_overloaded());
        return;
    }
    const auto client = make_client(*parts_[shard], request.path, request.query, [this, address] {
        uncount_session(address);
    });
    client->session().open_by_poll(reply);
}

SocketioProtocol::OnGone SocketioProtocol::continue_session(
    std::string_view session_id, const protocol::HttpRequest& request, Reply reply
) const {
    const auto shard = shard_of_session(session_id, options_.instance, shards_.size());
    if (!shard) {
        reply(engine_refusal(EngineRefusal::kSessionUnknown));
        return nullptr;
    }
    const std::uint64_t poll_id = ++last_poll_;
    // The reply holds what the request's views are of.
    shards_.run_on(*shard, [this, shard = *shard, request, reply, poll_id] {
        ClientTable& clients = parts_[shard]->clients;
        const auto client = clients.find(parameter(request, "sid"));
        if (client == nullptr) {
            reply(engine_refusal(EngineRefusal::kSessionUnknown));
        } else if (parameter(request, "transport") != "polling" ||
                   parameter(request, "EIO") != "4") {
            reply(engine_refusal(EngineRefusal::kBadRequest));
        } else if (request.method == "GET") {
            client->session().poll(poll_id, reply);
        } else if (request.method == "POST") {
            client->session().receive(request, reply);
        } else {
            reply(engine_refusal(EngineRefusal::kBadMethod));
        }
        if (client != nullptr) {
            clients.settle(*client);
        }
    });
    if (request.method != "GET") {
        return nullptr;
    }
    return [this, shard = *shard, id = std::string{session_id}, poll_id] {
        forget_poll(shard, id, poll_id);
    };
}

void SocketioProtocol::forget_poll(
    std::size_t shard, const std::string& session_id, std::uint64_t poll_id
) const {
    shards_.run_on(shard, [this, shard, session_id, poll_id] {
        ClientTable& clients = parts_[shard]->clients;
        if (const auto client = clients.find(session_id)) {
            client->session().abandon_poll(poll_id);
            clients.settle(*client);
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
    polling_.with([&](Polling& polling) {
        polling.by_address.remove(address);
        --polling.sessions;
    });
}

}  // namespace orderpush::realtime

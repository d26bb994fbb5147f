/// How an HTTP connection becomes a WebSocket connection of the realtime part.

#include "base/crypto/crypto.hpp"
#include "base/observability/log.hpp"
#include "core/error_codes.hpp"
#include "http_server/http_connection.hpp"
#include "realtime/pusher/api_request.hpp"

#include <boost/beast/core/buffers_to_string.hpp>

#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace orderpush::http_server {
namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;

/// A base64 of 16 bytes (RFC 6455, section 4.1).
constexpr std::size_t kWebSocketKeySize = 24;
/// Of the protocol; the only one there is (RFC 6455, section 4.4).
constexpr const char* kVersion = "13";

std::string_view view(beast::string_view text) {
    return {text.data(), text.size()};
}

}  // namespace

void HttpConnection::on_upgrade() {
    const auto& request = parser_->get();
    if (view(request[http::field::sec_websocket_version]) != kVersion) {
        refuse(make_error("websocket_version_unsupported"), {{"Sec-WebSocket-Version", kVersion}});
        return;
    }
    if (request[http::field::sec_websocket_key].size() != kWebSocketKeySize) {
        refuse(make_error("websocket_key_invalid"));
        return;
    }
    auto upgrade = upgrade_request();
    if (const auto& refusal = server_->handlers.upgrade_refusal) {
        if (auto response = refusal(upgrade)) {
            response->headers.emplace_back("X-Request-Id", random_token(kRequestIdBytes));
            write(*response, After::kLinger);
            return;
        }
    }
    if (const auto& admit = server_->handlers.admit) {
        if (const auto admitted = admit(upgrade); !admitted) {
            refuse_upgrade(admitted.error());
            return;
        }
    }
    hand_over_upgrade(std::move(upgrade));
}

/// What a client may hear: that it has no way in. Anything else is ours.
void HttpConnection::refuse_upgrade(const Error& error) {
    const bool is_for_client =
        error.kind == ErrorKind::kUnauthenticated || error.kind == ErrorKind::kForbidden;
    if (!is_for_client) {
        log::error("upgrade_failed", {{"code", error.code}, {"detail", error.detail}});
    }
    refuse(is_for_client ? error : make_error("internal"));
}

realtime::UpgradeRequest HttpConnection::upgrade_request() const {
    const auto& request = parser_->get();
    realtime::UpgradeRequest upgrade;
    upgrade.path = realtime::without_prefix(target_.path, server_->options.realtime_prefix);
    upgrade.query = target_.query;
    upgrade.key = view(request[http::field::sec_websocket_key]);
    const auto [first, last] = request.equal_range(http::field::sec_websocket_extensions);
    for (auto field = first; field != last; ++field) {
        upgrade.extensions.append(upgrade.extensions.empty() ? "" : ",")
            .append(view(field->value()));
    }
    upgrade.remote_address = client_address();
    if (const auto origin = request.find(http::field::origin); origin != request.end()) {
        upgrade.origin = view(origin->value());
    }
    return upgrade;
}

/// The peer's, or what our own proxies say.
std::string HttpConnection::client_address() const {
    std::vector<std::string_view> forwarded_for;
    const auto [begin, end] = parser_->get().equal_range("X-Forwarded-For");
    for (auto field = begin; field != end; ++field) {
        forwarded_for.push_back(view(field->value()));
    }
    return server_->options.proxies.client_of(remote_address_, forwarded_for);
}

void HttpConnection::hand_over_upgrade(realtime::UpgradeRequest request) {
    realtime::Upgrade upgrade;
    upgrade.request = std::move(request);
    upgrade.early_bytes = beast::buffers_to_string(buffer_.data());
    std::tie(upgrade.socket, upgrade.tls) = stream_.release();
    drop();
    if (upgrade.socket.get() >= 0) {
        server_->handlers.upgrade(shard_, std::move(upgrade));
    }
}

}  // namespace orderpush::http_server

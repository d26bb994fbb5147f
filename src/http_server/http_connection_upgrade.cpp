/// How a session becomes a WebSocket connection of the realtime part.

#include "base/observability/log.hpp"
#include "http_server/http_connection.hpp"

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

std::string_view view(beast::string_view text) {
    return {text.data(), text.size()};
}

/// What refuses an upgrade.
Problem problem_of(const Error& error) {
    switch (error.kind) {
        case ErrorKind::kUnauthenticated:
            return {401, error.code, error.message, "WWW-Authenticate: Bearer\r\n"};
        case ErrorKind::kForbidden:
            return {403, error.code, error.message};
        default:
            log::error("upgrade_failed", {{"code", error.code}, {"detail", error.detail}});
            return kInternalProblem;
    }
}

}  // namespace

void HttpConnection::on_upgrade() {
    if (const auto problem = check_upgrade()) {
        refuse(*problem);
        return;
    }
    auto upgrade = upgrade_request();
    if (const auto& admit = door_->handlers.admit) {
        if (const auto admitted = admit(upgrade); !admitted) {
            refuse(problem_of(admitted.error()));
            return;
        }
    }
    hand_over_upgrade(std::move(upgrade));
}

std::optional<Problem> HttpConnection::check_upgrade() const {
    const auto& request = parser_->get();
    if (request[http::field::sec_websocket_version] != "13") {
        return Problem{
            426,
            "websocket_version_unsupported",
            "Connect with version 13 of the WebSocket protocol.",
            "Sec-WebSocket-Version: 13\r\n"};
    }
    if (request[http::field::sec_websocket_key].size() != kWebSocketKeySize) {
        return Problem{
            400, "websocket_key_invalid", "The header Sec-WebSocket-Key is missing or invalid."};
    }
    return std::nullopt;
}

realtime::UpgradeRequest HttpConnection::upgrade_request() const {
    const auto& request = parser_->get();
    const std::string_view target = view(request.target());
    const auto question = target.find('?');
    realtime::UpgradeRequest upgrade;
    upgrade.path =
        realtime::without_prefix(target.substr(0, question), door_->options.realtime_prefix);
    upgrade.query = question == std::string_view::npos ? "" : target.substr(question + 1);
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
    return door_->options.proxies.client_of(remote_address_, forwarded_for);
}

void HttpConnection::hand_over_upgrade(realtime::UpgradeRequest request) {
    realtime::Upgrade upgrade;
    upgrade.request = std::move(request);
    upgrade.early_bytes = beast::buffers_to_string(buffer_.data());
    std::tie(upgrade.socket, upgrade.tls) = stream_.release();
    drop();
    if (upgrade.socket.get() >= 0) {
        door_->handlers.upgrade(shard_, std::move(upgrade));
    }
}

}  // namespace orderpush::http_server

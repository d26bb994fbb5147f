#pragma once

#include "base/crypto/tls.hpp"
#include "core/ids.hpp"
#include "realtime/event_loop/unique_fd.hpp"
#include "realtime/hub/presence.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace orderpush::realtime {

/// What a credential in an upgrade request lets its bearer do: join one channel, as one member.
struct Pass {
    /// The hub's key.
    std::string channel;
    Member member;
    /// What it ends with: Subscription::session.
    std::optional<SessionId> session = {};
};

/// A checked WebSocket upgrade request: GET, version 13, with a key (RFC 6455, section 4.2.1).
struct UpgradeRequest {
    /// Without the query and a proxy's prefix, else as it stood in the request line.
    std::string path;
    std::string query;
    std::optional<std::string> origin = {};
    /// Whether that origin is the host's that was asked (is_origin_of()).
    bool is_same_origin = false;
    /// Sec-WebSocket-Key.
    std::string key;
    /// Sec-WebSocket-Extensions, several such fields joined by commas.
    std::string extensions = {};
    /// The client's IP: the peer's, or what trusted proxies say.
    std::string remote_address;
    /// On paths that take a credential: what it was good for. See HttpServerHandlers::admit.
    std::optional<Pass> pass = {};

    /// A query parameter as it stands, not decoded; empty if it has no value, nothing if it is not
    /// there. Valid as long as `query` is.
    std::optional<std::string_view> parameter(std::string_view name) const;
};

/// A connection as the HTTP server hands it over, before the 101 answer.
struct Upgrade {
    UpgradeRequest request;
    UniqueFd socket;
    /// Over the socket, its handshake done; null: the connection is plain.
    std::unique_ptr<TlsSession> tls = {};
    /// Bytes that were already read behind the request's head.
    std::string early_bytes;
};

}  // namespace orderpush::realtime

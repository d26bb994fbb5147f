#pragma once

#include "realtime/unique_fd.hpp"

#include <optional>
#include <string>

namespace orderpush::realtime {

/// A checked WebSocket upgrade request: GET, version 13, with a key (RFC 6455, section 4.2.1).
struct UpgradeRequest {
    /// Without the query, as it stood in the request line.
    std::string path;
    std::string query;
    std::optional<std::string> origin = {};
    /// Sec-WebSocket-Key.
    std::string key;
    std::string remote_address;
};

/// A connection as the front door hands it over, before the 101 answer.
struct Upgrade {
    UpgradeRequest request;
    UniqueFd socket;
    /// Bytes that were already read behind the request's head.
    std::string early_bytes;
};

}  // namespace orderpush::realtime

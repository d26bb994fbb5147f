#pragma once

#include <string>
#include <string_view>

namespace orderpush::realtime {

/// The 101 answer to an upgrade request with this Sec-WebSocket-Key (RFC 6455, section 4.2.2).
std::string handshake_response(std::string_view key);

}  // namespace orderpush::realtime

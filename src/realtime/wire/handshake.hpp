#pragma once

#include <string>
#include <string_view>

namespace orderpush::realtime {

/// The 101 answer to an upgrade request with this Sec-WebSocket-Key (RFC 6455, section 4.2.2);
/// `is_deflating` agrees to permessage-deflate, without context takeover on either side.
std::string handshake_response(std::string_view key, bool is_deflating = false);
/// Whether one of the offers in Sec-WebSocket-Extensions is a permessage-deflate that can be had
/// without context takeover and with the largest window (RFC 7692, section 7.1).
bool offers_deflate(std::string_view extensions);

}  // namespace orderpush::realtime

#include "realtime/handshake.hpp"

#include "base/crypto.hpp"

namespace orderpush::realtime {
namespace {

/// RFC 6455, section 1.3.
constexpr std::string_view kAcceptGuid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

}  // namespace

std::string handshake_response(std::string_view key) {
    return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
           "Sec-WebSocket-Accept: " +
           sha1_base64(std::string{key}.append(kAcceptGuid)) + "\r\n\r\n";
}

}  // namespace orderpush::realtime

#include "realtime/wire/handshake.hpp"

#include "base/crypto/crypto.hpp"

namespace orderpush::realtime {
namespace {

/// RFC 6455, section 1.3.
constexpr std::string_view kAcceptGuid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

constexpr std::string_view kDeflate = "permessage-deflate";

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) {
        return {};
    }
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// Takes what stands before the next `separator`, or all, off the front.
std::string_view take(std::string_view& rest, char separator) {
    const auto end = rest.find(separator);
    const auto part = trimmed(rest.substr(0, end));
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    return part;
}

bool is_acceptable(std::string_view parameter) {
    return parameter == "server_no_context_takeover" || parameter == "client_no_context_takeover" ||
           parameter == "client_max_window_bits" ||
           parameter.starts_with("client_max_window_bits=") ||
           parameter == "server_max_window_bits=15";
}

bool is_deflate(std::string_view offer) {
    if (take(offer, ';') != kDeflate) {
        return false;
    }
    while (!offer.empty()) {
        if (!is_acceptable(take(offer, ';'))) {
            return false;
        }
    }
    return true;
}

}  // namespace

std::string handshake_response(std::string_view key, bool is_deflating) {
    std::string response =
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n";
    if (is_deflating) {
        response +=
            "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; "
            "client_no_context_takeover\r\n";
    }
    return response + "Sec-WebSocket-Accept: " + sha1_base64(std::string{key}.append(kAcceptGuid)) +
           "\r\n\r\n";
}

bool offers_deflate(std::string_view extensions) {
    while (!extensions.empty()) {
        if (is_deflate(take(extensions, ','))) {
            return true;
        }
    }
    return false;
}

}  // namespace orderpush::realtime

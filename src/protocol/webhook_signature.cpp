#include "protocol/webhook_signature.hpp"

#include "base/crypto/crypto.hpp"

#include <chrono>

namespace orderpush::protocol {

std::string pusher_webhook_signature(std::string_view secret, std::string_view body) {
    return hmac_sha256_hex(secret, body);
}

std::string standard_webhook_signature(
    std::string_view secret, std::string_view id, Timestamp sent_at, std::string_view body
) {
    std::string text{id};
    text += '.' + standard_webhook_timestamp(sent_at) + '.';
    text += body;
    return "v1," + hmac_sha256_base64(secret, text);
}

std::string standard_webhook_timestamp(Timestamp sent_at) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(sent_at);
    return std::to_string(seconds.time_since_epoch().count());
}

}  // namespace orderpush::protocol

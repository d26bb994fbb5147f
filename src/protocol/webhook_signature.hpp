#pragma once

#include "base/timestamp.hpp"

#include <string>
#include <string_view>

namespace orderpush::protocol {

/// What X-Pusher-Signature says: lower-case hex of HMAC-SHA256 over the body's very bytes.
std::string pusher_webhook_signature(std::string_view secret, std::string_view body);

/// What webhook-signature says (Standard Webhooks, "Signature scheme"): "v1," and the base64 of
/// HMAC-SHA256 over id, seconds and body, with a dot between each. The key is the secret as it is:
/// for libraries, "whsec_" and its base64.
std::string standard_webhook_signature(
    std::string_view secret, std::string_view id, Timestamp sent_at, std::string_view body
);
/// What webhook-timestamp says: Unix seconds.
std::string standard_webhook_timestamp(Timestamp sent_at);

}  // namespace orderpush::protocol

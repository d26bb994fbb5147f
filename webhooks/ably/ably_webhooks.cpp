#include "webhooks/ably/ably_webhooks.hpp"

#include "base/crypto/crypto.hpp"
#include "webhooks/ably/ably_document.hpp"

#include <utility>

namespace orderpush::webhooks {

AblyWebhooks::AblyWebhooks(AblyWebhooksOptions options) : options_(std::move(options)) {}

bool AblyWebhooks::is_signed(const IncomingWebhookRequest& request) const {
    const std::string_view signature = request.header("X-Ably-Signature");
    // Ably signs with the key that the integration rule names; a rule without one can send a header
    // of its own instead, whose value is a shared secret.
    if (signature.empty()) {
        return !options_.token.empty() &&
               equal_in_constant_time(request.header("X-Webhook-Token"), options_.token);
    }
    // The header has the key's name with its application ("app.key") or without.
    const std::string_view full = options_.key.name;
    const std::string_view key = request.header("X-Ably-Key");
    const bool is_ours = equal_in_constant_time(key, full) ||
                         equal_in_constant_time(key, full.substr(full.find('.') + 1));
    const std::string expected = hmac_sha256_base64(options_.key.secret, request.body);
    return equal_in_constant_time(signature, expected) && is_ours;
}

Result<WebhookNote> AblyWebhooks::admit(const IncomingWebhookRequest& request) const {
    if (!is_signed(request)) {
        return webhook_forged();
    }
    return note_of(request);
}

Result<std::vector<PresenceFact>> AblyWebhooks::read(std::string_view text) const {
    return facts_of(text);
}

}  // namespace orderpush::webhooks

#pragma once

#include "core/incoming_webhooks/incoming_webhook_source.hpp"

namespace orderpush::webhooks {

/// The body in one of the forms that Ably sends, as a note: JSON as it came, MessagePack turned
/// into JSON; what comes without an envelope gets one from its X-Ably-* headers. kMalformed
/// "webhook_malformed" for any other body.
Result<WebhookNote> note_of(const IncomingWebhookRequest& request);

/// As IncomingWebhookSource::read().
Result<std::vector<PresenceFact>> facts_of(std::string_view text);

}  // namespace orderpush::webhooks

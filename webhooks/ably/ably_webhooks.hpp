#pragma once

#include "core/incoming_webhooks/incoming_webhook_source.hpp"
#include "protocol/ably_key.hpp"

namespace orderpush::webhooks {

struct AblyWebhooksOptions {
    protocol::AblyKey key;
    /// What requests in single mode, which Ably does not sign, bring in the header X-Webhook-Token
    /// (a static header of the integration rule). Empty: they are refused.
    std::string token = {};
};

/// Webhooks of Ably's integration rules ("Outbound webhooks"): batched, and single ones with and
/// without envelope; JSON and MessagePack.
class AblyWebhooks final : public IncomingWebhookSource {
  public:
    explicit AblyWebhooks(AblyWebhooksOptions options);

    std::string_view name() const noexcept override { return "ably"; }
    Result<WebhookNote> admit(const IncomingWebhookRequest& request) const override;
    Result<std::vector<PresenceFact>> read(std::string_view text) const override;

  private:
    /// X-Ably-Signature is base64(HMAC-SHA256(key's secret, raw body)); X-Ably-Key names the key in
    /// full or by its second half alone: receivers report both.
    bool is_signed(const IncomingWebhookRequest& request) const;

    const AblyWebhooksOptions options_;
};

}  // namespace orderpush::webhooks

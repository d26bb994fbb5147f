#pragma once

#include "core/incoming_webhooks/incoming_webhook_source.hpp"
#include "protocol/pusher_signature.hpp"

namespace orderpush::webhooks {

/// Webhooks of Pusher Channels ("Webhooks": X-Pusher-Key, X-Pusher-Signature, a body with time_ms
/// and events).
class PusherWebhooks final : public IncomingWebhookSource {
  public:
    explicit PusherWebhooks(protocol::PusherApp app);

    std::string_view name() const noexcept override { return "pusher"; }
    Result<WebhookNote> admit(const IncomingWebhookRequest& request) const override;
    Result<std::vector<PresenceFact>> read(std::string_view text) const override;

  private:
    const protocol::PusherApp app_;
};

}  // namespace orderpush::webhooks

#pragma once

#include "core/outgoing_webhooks/outgoing_webhook_sender.hpp"
#include "net/http_client.hpp"

#include <chrono>

namespace orderpush::adapters {

struct HttpWebhookSenderOptions {
    /// For the whole exchange; receivers of Pusher's webhooks know the same.
    std::chrono::milliseconds deadline{4'000};
    bool is_http_allowed = false;
};

/// Posts webhooks, signed as Pusher's and as Standard Webhooks. Whether an address may be reached
/// is `http`'s to judge (HttpClientOptions::is_public_only).
class HttpWebhookSender final : public OutgoingWebhookSender {
  public:
    /// `http` outlives it.
    HttpWebhookSender(net::HttpClient& http, HttpWebhookSenderOptions options)
        : http_(http), options_(options) {}

    Result<WebhookAnswer> send(const OutgoingWebhookRequest& mail) override;

  private:
    net::HttpClient& http_;
    const HttpWebhookSenderOptions options_;
};

}  // namespace orderpush::adapters

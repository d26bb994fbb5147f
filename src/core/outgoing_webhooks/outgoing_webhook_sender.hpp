#pragma once

#include "base/result.hpp"
#include "base/timestamp.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace orderpush {

/// One attempt to send a webhook.
struct OutgoingWebhookRequest {
    std::string url;
    /// Whose credentials it is signed with, as Pusher does it. An empty key: only as Standard
    /// Webhooks has it.
    std::string key;
    std::string secret;
    /// The same in every attempt.
    std::string id;
    Timestamp sent_at;
    /// JSON.
    std::string body;
};

struct WebhookAnswer {
    int status = 0;
    /// The beginning of the body, for people.
    std::string excerpt;
    std::optional<std::chrono::milliseconds> retry_after = {};
};

/// Sends webhooks, signed. Any thread, several at once.
class OutgoingWebhookSender {
  public:
    OutgoingWebhookSender() = default;
    OutgoingWebhookSender(const OutgoingWebhookSender&) = delete;
    OutgoingWebhookSender& operator=(const OutgoingWebhookSender&) = delete;
    virtual ~OutgoingWebhookSender() = default;

    /// Blocks for some seconds at most. Any status is an answer, and no redirect is followed. An
    /// error's reason is a word such as "connect_failed", "timed_out", "address_refused" (it stands
    /// for a machine that must not be reached from outside) or "not_https".
    virtual Result<WebhookAnswer> send(const OutgoingWebhookRequest& mail) = 0;
};

}  // namespace orderpush

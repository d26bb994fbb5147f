#pragma once

#include "base/result.hpp"
#include "core/access/caller.hpp"
#include "core/outgoing_webhooks/outgoing_webhook_store.hpp"

#include <chrono>
#include <functional>
#include <optional>
#include <vector>

namespace orderpush {
class Clock;
}

namespace orderpush::usecases {

struct WebhookPage {
    std::vector<ListedWebhook> webhooks;
    /// Pass as `after` to go on; nothing at the end.
    std::optional<OutgoingWebhookId> next = {};
};

struct OutgoingWebhookDependencies {
    OutgoingWebhookStore& store;
    /// There is something to be sent.
    std::function<void()> notify;
    const Clock& clock;
    /// For how long what is sent again is tried.
    std::chrono::hours lifetime{24};
};

/// The webhooks of the built-in server, and those of the caller's restaurant, for those who look
/// after them: ADMIN; others are refused.
/// Any thread; blocks on the store.
class OutgoingWebhookService {
  public:
    explicit OutgoingWebhookService(OutgoingWebhookDependencies dependencies)
        : deps_(std::move(dependencies)) {}

    /// `filter.limit` 1 to 200.
    Result<WebhookPage> list(const Caller& caller, WebhookFilter filter);
    /// As OutgoingWebhookStore::replay().
    Result<void> replay(const Caller& caller, const OutgoingWebhookId& id);
    Result<std::vector<WebhookEndpoint>> endpoints(const Caller& caller);
    /// As OutgoingWebhookStore::enable().
    Result<WebhookEndpoint> enable(const Caller& caller, const WebhookEndpointId& id);

  private:
    OutgoingWebhookDependencies deps_;
};

}  // namespace orderpush::usecases

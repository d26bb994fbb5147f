#pragma once

#include "base/result.hpp"
#include "core/access/caller.hpp"
#include "core/outgoing_webhooks/outgoing_webhook_store.hpp"
#include "usecases/idempotency.hpp"

#include <chrono>
#include <functional>
#include <optional>
#include <variant>
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

struct EnabledEndpoint {
    /// As it is now, also for a replay.
    WebhookEndpoint endpoint;
    bool is_replay = false;
};

struct OutgoingWebhookDependencies {
    OutgoingWebhookStore& store;
    IdempotencyGuard& guard;
    /// There is something to be sent.
    std::function<void()> notify;
    const Clock& clock;
    /// For how long what is sent again is tried.
    std::chrono::hours lifetime{24};
};

/// Who looks after webhooks: the operator after those of the built-in server's applications, which
/// carry what happens in all restaurants; ADMIN after the restaurant's own. Other callers are
/// refused.
using WebhookKeeper = std::variant<Operator, Caller>;

/// Shows webhooks to who looks after them, and has them sent again. Any thread; blocks on the
/// store.
class OutgoingWebhookService {
  public:
    explicit OutgoingWebhookService(OutgoingWebhookDependencies dependencies)
        : deps_(std::move(dependencies)) {}

    /// `filter.limit` 1 to 200.
    Result<WebhookPage> list(const WebhookKeeper& keeper, WebhookFilter filter);
    /// As OutgoingWebhookStore::replay(): 202 and {id, state}.
    Result<CreatedResponse> replay(
        const WebhookKeeper& keeper,
        const OutgoingWebhookId& id,
        const std::optional<Idempotency>& idempotency
    );
    Result<std::vector<WebhookEndpoint>> endpoints(const WebhookKeeper& keeper);
    /// As OutgoingWebhookStore::enable().
    Result<EnabledEndpoint> enable(
        const WebhookKeeper& keeper,
        const WebhookEndpointId& id,
        const std::optional<Idempotency>& idempotency
    );

  private:
    OutgoingWebhookDependencies deps_;
};

}  // namespace orderpush::usecases

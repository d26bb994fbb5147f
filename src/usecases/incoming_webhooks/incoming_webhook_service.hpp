#pragma once

#include "base/result.hpp"
#include "core/incoming_webhooks/incoming_webhook_source.hpp"
#include "core/incoming_webhooks/incoming_webhook_store.hpp"

#include <chrono>
#include <functional>
#include <string_view>
#include <vector>

namespace orderpush {
class Clock;
}

namespace orderpush::usecases {

/// What became of a request to a webhook's path. Closed: a label of a metric.
enum class WebhookVerdict {
    kStored,
    kDuplicate,  ///< stored before; answered alike
    kForged,
    kStale,
    kMalformed,
    kNotStored,  ///< the store failed; the provider sends it again
};

/// "stored", "duplicate", "forged", "stale", "malformed", "not_stored".
std::string_view to_string(WebhookVerdict verdict) noexcept;

struct IncomingWebhookServiceOptions {
    /// Older webhooks are refused. Above five minutes, for which both providers repeat them with
    /// their first time.
    std::chrono::seconds age_max{900};
};

struct IncomingWebhookServiceDependencies {
    /// Of the providers in use; they outlive the service.
    std::vector<const IncomingWebhookSource*> sources;
    IncomingWebhookStore& receipts;
    const Clock& clock;
    /// A new receipt waits to be processed. Must not block.
    std::function<void()> on_stored = [] {};
    /// Each request to a provider in use. Must not block.
    std::function<void(std::string_view provider, WebhookVerdict verdict)> on_verdict =
        [](std::string_view, WebhookVerdict) {};
};

/// Takes webhooks in: verified, then stored, then answered. Any thread of the HTTP pool; blocks on
/// the store.
class IncomingWebhookService {
  public:
    explicit IncomingWebhookService(
        IncomingWebhookServiceDependencies dependencies,
        const IncomingWebhookServiceOptions& options = {}
    );

    /// Success: it is stored, by this request or an earlier one. kNotFound "webhook_not_configured"
    /// for a provider that is not in use; kUnauthenticated "webhook_forged"; kMalformed
    /// "webhook_malformed", and "webhook_stale" for one that is too old, or from the future; errors
    /// of the store.
    Result<void> receive(std::string_view provider, const IncomingWebhookRequest& request);

  private:
    struct Outcome {
        WebhookVerdict verdict;
        Result<void> result = {};
    };
    Outcome take(const IncomingWebhookSource& source, const IncomingWebhookRequest& request);

    const IncomingWebhookServiceDependencies deps_;
    const IncomingWebhookServiceOptions options_;
};

}  // namespace orderpush::usecases

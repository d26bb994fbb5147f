#pragma once

#include "base/backoff.hpp"
#include "base/observability/metrics.hpp"
#include "base/threads/worker.hpp"
#include "base/timestamp.hpp"
#include "core/outgoing_webhooks/outgoing_webhook_sender.hpp"
#include "core/outgoing_webhooks/outgoing_webhook_store.hpp"
#include "usecases/outgoing_webhooks/outgoing_webhook_targets.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace orderpush {
class Clock;
}

namespace orderpush::usecases {

struct OutgoingWebhookDispatcherMetrics {
    metrics::Counter delivered;
    metrics::Counter failed;
    metrics::Counter expired;
    /// Events that were not delivered within their time, and never made it into a webhook.
    metrics::Counter lost_events;
};

struct OutgoingWebhookDispatcherOptions {
    /// How long events are gathered, and how many go in one webhook.
    std::chrono::milliseconds batch_window{200};
    std::size_t events_max = 100;
    /// For how long it is tried.
    std::chrono::hours lifetime{24};
    /// An endpoint that fails for so long is disabled.
    std::chrono::hours disable_after{24};
    /// For how long settled ones can be listed and sent again, at least.
    std::chrono::hours retention{24};
    Backoff backoff{.first = std::chrono::seconds{1}, .ceiling = std::chrono::minutes{10}};
    /// From this attempt on it is found out whether the next webhook gets through.
    int late_after = 6;
    /// For how long a claim holds; longer than one exchange.
    std::chrono::milliseconds lease{30'000};
    /// Endpoints served at a time.
    std::size_t workers = 4;
    std::chrono::milliseconds poll{1'000};
    OutgoingWebhookDispatcherMetrics metrics = {};
    /// What SecretBox::seal() made of a restaurant's secret; nothing if it cannot be opened.
    std::function<std::optional<std::string>(std::string_view sealed)> open_secret =
        [](std::string_view) { return std::nullopt; };
};

/// Sends webhooks: gathers what was stored into bodies that are stored before they are sent, one at
/// a time per endpoint, so in order; of several instances one serves an endpoint at a time.
///
/// While an endpoint fails, all that is for it waits, with growing pauses, for a day. If it takes
/// the next webhook but not the first, that one is late: it goes on on its own, out of order.
class OutgoingWebhookDispatcher {
  public:
    OutgoingWebhookDispatcher(
        OutgoingWebhookStore& store,
        OutgoingWebhookSender& sender,
        OutgoingWebhookTargets& targets,
        IdSource& ids,
        const Clock& clock,
        OutgoingWebhookDispatcherOptions options
    );
    OutgoingWebhookDispatcher(const OutgoingWebhookDispatcher&) = delete;
    OutgoingWebhookDispatcher& operator=(const OutgoingWebhookDispatcher&) = delete;
    /// As stop().
    ~OutgoingWebhookDispatcher();

    void start();
    /// Waits for what is being sent.
    void stop();
    const std::deque<Worker>& workers() const noexcept { return workers_; }
    /// There is something new. Any thread; never blocks.
    void notify() noexcept;

    /// On the caller's thread, in tests: serves one endpoint that has something; whether there was
    /// one.
    Result<bool> serve_one();
    /// On the caller's thread, in tests: makes the store's endpoints those that are configured, and
    /// removes what is too old.
    Result<void> run_maintenance();

  private:
    /// One worker alone does the maintenance, and polls.
    Worker::Pause step(bool is_maintainer);
    Result<void> serve(WebhookEndpoint& endpoint);
    /// The one to be sent now, and the one that it overtakes, if any.
    struct Choice {
        PendingWebhook webhook;
        std::optional<OutgoingWebhookId> overtaken = {};
    };
    Result<std::optional<Choice>> choose(WebhookEndpoint& endpoint);
    /// Whether events were left to be looked at.
    Result<bool> compose(WebhookEndpoint& endpoint);
    /// What is to be sent, or why that is not possible; nothing if the application is not known
    /// yet.
    std::optional<Result<OutgoingWebhookRequest>> request_for(
        const WebhookEndpoint& endpoint, const PendingWebhook& webhook, Timestamp now
    ) const;
    /// Whether it was delivered.
    Result<bool> send(WebhookEndpoint& endpoint, const Choice& choice);
    WebhookOutcome outcome_of(
        const WebhookEndpoint& endpoint,
        const Choice& choice,
        const Result<WebhookAnswer>& answer,
        Timestamp now
    ) const;
    void fail_endpoint(
        WebhookOutcome& outcome,
        const WebhookEndpoint& endpoint,
        const Result<WebhookAnswer>& answer,
        Timestamp now
    ) const;

    OutgoingWebhookStore& store_;
    OutgoingWebhookSender& sender_;
    OutgoingWebhookTargets& targets_;
    IdSource& ids_;
    const Clock& clock_;
    const OutgoingWebhookDispatcherOptions options_;
    const WebhookInstanceId owner_;

    /// Of the first worker alone.
    Deadline next_maintenance_{};
    std::deque<Worker> workers_;
};

}  // namespace orderpush::usecases

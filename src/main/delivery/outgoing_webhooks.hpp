#pragma once

#include "adapters/webhooks/http_webhook_sender.hpp"
#include "base/crypto/secret_box.hpp"
#include "base/crypto/uuid.hpp"
#include "base/observability/metrics.hpp"
#include "base/threads/worker.hpp"
#include "main/settings/settings.hpp"
#include "net/curl_http_client.hpp"
#include "realtime/pusher/channel_event_source.hpp"
#include "storage/stores.hpp"
#include "usecases/outgoing_webhooks/outgoing_webhook_dispatcher.hpp"
#include "usecases/outgoing_webhooks/outgoing_webhook_recorder.hpp"
#include "usecases/outgoing_webhooks/outgoing_webhook_service.hpp"
#include "usecases/outgoing_webhooks/outgoing_webhook_targets.hpp"
#include "usecases/outgoing_webhooks/restaurant_webhook_service.hpp"

#include <vector>

namespace orderpush {

class Clock;

/// What webhooks are made of. All of it outlives them.
struct OutgoingWebhookSources {
    const Settings& settings;
    storage::Stores& stores;
    metrics::Registry& metrics;
    IdSource& ids;
    const Clock& clock;
    /// The applications with their targets, as of now. Any thread.
    usecases::OutgoingWebhookTargets::Source apps;
};

/// Webhooks of the built-in server, whole: from the hub's channel events to the receivers'
/// responses. And restaurants' own, which are sent the same way.
class OutgoingWebhooks {
  public:
    explicit OutgoingWebhooks(const OutgoingWebhookSources& sources);

    realtime::HubObserver& observer() noexcept { return source_; }
    usecases::OutgoingWebhookService& service() noexcept { return service_; }
    usecases::RestaurantWebhookService& restaurants() noexcept { return restaurants_; }
    /// There is something new to be sent. Any thread; never blocks.
    void notify() noexcept { dispatcher_.notify(); }

    std::vector<const Worker*> workers() const;

    /// Once the schema is there.
    void start();
    /// Before clients are closed: their departures are not reported.
    void drain() { recorder_.drain(); }
    /// Once the hub reports nothing any more; the database is still needed.
    void stop();

  private:
    const SecretBox box_;
    /// Apart from the one for providers: it connects to public addresses only.
    net::CurlHttpClient http_;
    adapters::HttpWebhookSender sender_;
    usecases::OutgoingWebhookTargets targets_;
    usecases::OutgoingWebhookDispatcher dispatcher_;
    usecases::OutgoingWebhookRecorder recorder_;
    realtime::ChannelEventSource source_;
    usecases::IdempotencyGuard guard_;
    usecases::OutgoingWebhookService service_;
    usecases::RestaurantWebhookService restaurants_;
};

}  // namespace orderpush

#pragma once

#include "adapters/webhooks/http_webhook_sender.hpp"
#include "base/clock.hpp"
#include "base/crypto/secret_box.hpp"
#include "base/crypto/uuid.hpp"
#include "base/observability/metrics.hpp"
#include "main/settings/settings.hpp"
#include "net/curl_http_client.hpp"
#include "realtime/pusher/channel_event_source.hpp"
#include "storage/database/db_pool.hpp"
#include "storage/outgoing_webhooks/pg_outgoing_webhook_store.hpp"
#include "usecases/outgoing_webhooks/outgoing_webhook_dispatcher.hpp"
#include "usecases/outgoing_webhooks/outgoing_webhook_recorder.hpp"
#include "usecases/outgoing_webhooks/outgoing_webhook_service.hpp"
#include "usecases/outgoing_webhooks/outgoing_webhook_targets.hpp"
#include "usecases/outgoing_webhooks/restaurant_webhook_service.hpp"

namespace orderpush {

/// What webhooks are made of. All of it outlives them.
struct OutgoingWebhookSources {
    const Settings& settings;
    storage::DbPool& database;
    metrics::Registry& metrics;
    IdSource& ids;
    const Clock& clock;
    /// The applications with their targets, as of now. Any thread.
    usecases::OutgoingWebhookTargets::Source apps;
};

/// Webhooks of the built-in server, whole: from what the hub tells to what receivers answer. And
/// restaurants' own, which are sent the same way.
class OutgoingWebhooks {
  public:
    explicit OutgoingWebhooks(const OutgoingWebhookSources& sources);

    realtime::HubObserver& observer() noexcept { return source_; }
    usecases::OutgoingWebhookService& service() noexcept { return service_; }
    usecases::RestaurantWebhookService& restaurants() noexcept { return restaurants_; }
    /// There is something new to be sent. Any thread; never blocks.
    void notify() noexcept { dispatcher_.notify(); }

    /// Once the schema is there.
    void start();
    /// Before clients are sent away: nobody is told that they left.
    void drain() { recorder_.drain(); }
    /// Once the hub tells nothing any more; the database is still needed.
    void stop();

  private:
    const SecretBox box_;
    storage::PgOutgoingWebhookStore store_;
    /// Apart from the one for providers: it connects to public addresses only.
    net::CurlHttpClient http_;
    adapters::HttpWebhookSender sender_;
    usecases::OutgoingWebhookTargets targets_;
    usecases::OutgoingWebhookDispatcher dispatcher_;
    usecases::OutgoingWebhookRecorder recorder_;
    realtime::ChannelEventSource source_;
    usecases::OutgoingWebhookService service_;
    usecases::RestaurantWebhookService restaurants_;
};

}  // namespace orderpush

#pragma once

#include "base/guarded.hpp"
#include "core/kitchen/alarm_store.hpp"
#include "core/outgoing_webhooks/restaurant_webhook_store.hpp"
#include "tests/support/memory/memory_database.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

namespace orderpush::test {

/// OutgoingWebhookStore and RestaurantWebhookStore in memory.
class MemoryOutgoingWebhookStore final : public OutgoingWebhookStore,
                                         public RestaurantWebhookStore {
  public:
    /// Of `database` it has the keys of answers only.
    explicit MemoryOutgoingWebhookStore(MemoryDatabase& database) : database_(database) {}

    Result<std::size_t> record(
        const WebhookInstanceId& instance, std::span<const ChannelEvent> events, Timestamp now
    ) override;
    Result<std::size_t> keep_seats(
        const WebhookInstanceId& instance, Timestamp now, Timestamp unseen_before, int limit
    ) override;
    Result<void> set_endpoints(
        std::span<const EndpointConfig> endpoints, IdSource& ids, Timestamp now
    ) override;
    Result<std::vector<WebhookEndpoint>> endpoints(const WebhookReader& reader) override;
    Result<WebhookEndpoint> enable(
        const WebhookEndpointId& id,
        const WebhookReader& reader,
        const std::optional<StoredResponse>& answer
    ) override;
    Result<std::optional<WebhookEndpoint>> claim(
        const WebhookInstanceId& owner,
        Timestamp now,
        Timestamp stored_until,
        Timestamp leased_until
    ) override;
    Result<void> release(const WebhookEndpointId& id, const WebhookInstanceId& owner, Timestamp now)
        override;
    Result<std::vector<PendingWebhook>> pending(const WebhookEndpointId& endpoint, Timestamp now)
        override;
    Result<std::vector<StoredChannelEvent>> read_events(
        const std::string& app_id, std::int64_t position, int limit
    ) override;
    Result<void> advance(
        const WebhookEndpointId& endpoint,
        std::int64_t from,
        std::int64_t to,
        const std::optional<NewWebhook>& webhook
    ) override;
    Result<void> settle(const WebhookOutcome& outcome, Timestamp now) override;
    Result<std::vector<ListedWebhook>> list(const WebhookFilter& filter) override;
    Result<void> replay(
        const OutgoingWebhookId& id,
        const WebhookReader& reader,
        Timestamp now,
        Timestamp expires_at,
        const std::optional<StoredResponse>& answer
    ) override;
    Result<PurgedWebhooks> purge(const WebhookPurge& purge) override;

    Result<WebhookEndpoint> put(const NewRestaurantWebhook& webhook) override;
    Result<std::optional<WebhookEndpoint>> find(const RestaurantId& restaurant) override;
    Result<bool> remove(const RestaurantId& restaurant, Timestamp now) override;

    // For MemoryAlarmStore, under its own lock:
    bool has_webhook(const RestaurantId& restaurant);
    void mail(const RestaurantId& restaurant, const NewAlarm& alarm);
    void withdraw(const OutgoingWebhookId& id, Timestamp now);

  private:
    /// App, channel, member or nothing.
    using Seat = std::tuple<std::string, std::string, std::string>;
    struct Event {
        StoredChannelEvent stored;
        Timestamp stored_at;
    };
    struct Endpoint {
        WebhookEndpoint shown;
        bool is_active = true;
        std::optional<Timestamp> not_before = {};
        std::optional<WebhookInstanceId> owner = {};
        std::optional<Timestamp> leased_until = {};
    };
    struct Webhook {
        ListedWebhook listed;
        std::string body;
        bool is_late = false;
        std::optional<Timestamp> not_before = {};
        Timestamp expires_at;
    };
    struct Rows {
        std::map<Seat, std::set<WebhookInstanceId>> seats;
        std::map<WebhookInstanceId, Timestamp> instances;
        std::map<std::pair<std::string, std::string>, std::int64_t> sequences;
        std::vector<Event> events;
        std::int64_t last_position = 0;
        std::uint8_t last_id = 0;
        std::vector<Endpoint> endpoints;
        std::vector<Webhook> webhooks;

        void store(ChannelEvent event, Timestamp now);
        bool is_told(const WebhookInstanceId& instance, const ChannelEvent& event);
        Endpoint* endpoint(const WebhookEndpointId& id);
        /// Of a restaurant that has, or had, one.
        Endpoint* own_endpoint(const RestaurantId& restaurant);
        bool is_visible(const WebhookEndpointId& id, const WebhookReader& reader);
        std::vector<const Webhook*> due(const WebhookEndpointId& id, Timestamp now) const;
        bool has_work(const Endpoint& endpoint, Timestamp now, Timestamp stored_until) const;
        std::int64_t last_position_of(const std::string& app_id) const;
        WebhookEndpoint shown(const Endpoint& endpoint) const;
    };

    Result<void> keep(const std::optional<StoredResponse>& answer);

    MemoryDatabase& database_;
    Guarded<Rows> rows_;
};

}  // namespace orderpush::test

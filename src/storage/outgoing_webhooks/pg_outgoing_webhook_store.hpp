#pragma once

#include "core/outgoing_webhooks/restaurant_webhook_store.hpp"
#include "storage/database/db_pool.hpp"

namespace orderpush::storage {

/// Webhooks in PostgreSQL: of the built-in server, and where restaurants want to be told.
class PgOutgoingWebhookStore final : public OutgoingWebhookStore, public RestaurantWebhookStore {
  public:
    explicit PgOutgoingWebhookStore(DbPool& pool) : pool_(pool) {}

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
    Result<WebhookEndpoint> enable(const WebhookEndpointId& id, const WebhookReader& reader)
        override;
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
        Timestamp expires_at
    ) override;
    Result<PurgedWebhooks> purge(const WebhookPurge& purge) override;

    Result<WebhookEndpoint> put(const NewRestaurantWebhook& webhook) override;
    Result<std::optional<WebhookEndpoint>> find(const RestaurantId& restaurant) override;
    Result<bool> remove(const RestaurantId& restaurant, Timestamp now) override;

  private:
    DbPool& pool_;
};

}  // namespace orderpush::storage

#pragma once

#include "core/outgoing_webhooks/outgoing_webhook_store.hpp"
#include "storage/database/db_pool.hpp"

namespace orderpush::storage {

/// Webhooks in PostgreSQL. Recording channel events and making webhooks of them stands in
/// channel_event_recording.cpp, the rest in outgoing_webhook_store.cpp. The pool must outlive it.
class SqlOutgoingWebhookStore final : public OutgoingWebhookStore {
  public:
    explicit SqlOutgoingWebhookStore(DbPool& pool) : pool_(pool) {}

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

  private:
    DbPool& pool_;
};

}  // namespace orderpush::storage

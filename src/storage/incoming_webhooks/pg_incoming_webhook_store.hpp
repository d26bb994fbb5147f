#pragma once

#include "core/incoming_webhooks/incoming_webhook_store.hpp"
#include "storage/database/db_pool.hpp"

namespace orderpush::storage {

/// IncomingWebhookStore in PostgreSQL. The pool must outlive it.
class PgIncomingWebhookStore final : public IncomingWebhookStore {
  public:
    explicit PgIncomingWebhookStore(DbPool& pool) : pool_(pool) {}

    Result<bool> store(std::string_view provider, std::string_view text, Timestamp now) override;
    Result<std::vector<IncomingWebhook>> list_pending(int limit) override;
    Result<void> settle(
        const IncomingWebhook& receipt, const std::vector<PresenceFact>& facts, Timestamp now
    ) override;
    Result<void> refuse(std::int64_t id, std::string_view reason, Timestamp now) override;
    Result<std::size_t> purge(Timestamp received_until, int limit) override;

  private:
    DbPool& pool_;
};

}  // namespace orderpush::storage

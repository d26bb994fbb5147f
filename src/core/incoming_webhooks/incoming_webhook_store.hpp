#pragma once

#include "base/result.hpp"
#include "base/timestamp.hpp"
#include "core/presence/presence_fact.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace orderpush {

/// A webhook that is stored and not processed yet.
struct IncomingWebhook {
    std::int64_t id = 0;
    /// As IncomingWebhookSource::name().
    std::string provider;
    /// As WebhookNote::text.
    std::string text;
};

/// The webhooks that came, until they are processed, and for a while after that. Implementations:
/// storage (PostgreSQL) and tests/support (in memory). Any thread; blocks on the store. Each call
/// is one commit. Beside what a member names, each can answer kUnavailable and kTimeout.
class IncomingWebhookStore {
  public:
    IncomingWebhookStore() = default;
    IncomingWebhookStore(const IncomingWebhookStore&) = delete;
    IncomingWebhookStore& operator=(const IncomingWebhookStore&) = delete;
    virtual ~IncomingWebhookStore() = default;

    /// Whether it is new: a provider's text that was stored before is not stored again.
    virtual Result<bool> store(std::string_view provider, std::string_view text, Timestamp now) = 0;
    /// Those not processed, the oldest first.
    virtual Result<std::vector<IncomingWebhook>> list_pending(int limit) = 0;
    /// Puts the facts into the members and channels of its provider, and the receipt aside as
    /// processed. Of facts on the same thing the newest by the provider's time stays. Nothing
    /// happens if the receipt was processed before.
    virtual Result<void> settle(
        const IncomingWebhook& receipt, const std::vector<PresenceFact>& facts, Timestamp now
    ) = 0;
    /// Puts a receipt aside that cannot be processed. `reason` is a machine word.
    virtual Result<void> refuse(std::int64_t id, std::string_view reason, Timestamp now) = 0;
    /// Removes processed receipts that came at that time or before; how many, at most `limit`.
    virtual Result<std::size_t> purge(Timestamp received_until, int limit) = 0;
};

}  // namespace orderpush

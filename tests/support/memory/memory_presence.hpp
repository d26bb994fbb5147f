#pragma once

#include "core/incoming_webhooks/incoming_webhook_store.hpp"
#include "core/presence/presence_store.hpp"

#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>

namespace orderpush::test {

/// Who is connected, and the webhooks that tell of it. Both ports have a purge() of their own.
class MemoryPresence {
  public:
    PresenceStore& store() { return store_; }
    IncomingWebhookStore& receipts() { return receipts_; }

    /// How many receipts are stored, processed or not.
    std::size_t receipt_count();
    /// Why the receipt was put aside; empty if it was not.
    std::string refusal(std::int64_t id);
    /// What every call answers from now on; nothing: as it should.
    void fail(std::optional<Error> failure);

  private:
    struct Member {
        std::string info = "null";
        std::size_t connections = 1;
        Timestamp joined_at;
        Timestamp seen_at;
        Timestamp changed_at;
        std::optional<Timestamp> left_at = {};
    };
    struct Receipt {
        IncomingWebhook receipt;
        Timestamp received_at;
        bool is_processed = false;
        std::string failure = {};
    };
    /// Source, channel, member, connection.
    using MemberKey = std::tuple<std::string, Channel, std::string, std::string>;
    struct Rows {
        std::map<MemberKey, Member> members;
        std::map<std::pair<std::string, Channel>, Timestamp> channels;
        /// By source and instance.
        std::map<std::pair<std::string, std::string>, Timestamp> sources;
        std::map<std::int64_t, Receipt> receipts;
        std::optional<Error> failure;
    };

    class Store final : public PresenceStore {
      public:
        explicit Store(MemoryPresence& home) : home_(home) {}
        Result<std::vector<SourcePresence>> read(
            const Channel& channel, const std::vector<std::string>& sources, Timestamp heard_since
        ) override;
        Result<std::vector<DepartedMember>> read_recently_left(
            const Channel& channel,
            const std::vector<std::string>& sources,
            Timestamp heard_since,
            Timestamp since,
            int limit
        ) override;
        Result<void> replace(
            const PresenceScope& scope,
            const Channel& channel,
            const std::vector<ListedMember>& members,
            Timestamp asked_at,
            Timestamp now
        ) override;
        Result<void> finish_round(const PresenceScope& scope, Timestamp asked_at, Timestamp now)
            override;
        Result<std::size_t> purge(Timestamp heard_until, int limit) override;

      private:
        SourcePresence read_source(
            const std::string& source, const Channel& channel, Timestamp heard_since
        );
        MemoryPresence& home_;
    };

    class Receipts final : public IncomingWebhookStore {
      public:
        explicit Receipts(MemoryPresence& home) : home_(home) {}
        Result<bool> store(std::string_view provider, std::string_view text, Timestamp now)
            override;
        Result<std::vector<IncomingWebhook>> list_pending(int limit) override;
        Result<void> settle(
            const IncomingWebhook& receipt, const std::vector<PresenceFact>& facts, Timestamp now
        ) override;
        Result<void> refuse(std::int64_t id, std::string_view reason, Timestamp now) override;
        Result<std::size_t> purge(Timestamp received_until, int limit) override;

      private:
        MemoryPresence& home_;
    };

    static void put(Rows& rows, const std::string& source, const PresenceFact& f, Timestamp now);

    std::mutex mutex_;
    /// Guarded by mutex_.
    Rows rows_;
    Store store_{*this};
    Receipts receipts_{*this};
};

}  // namespace orderpush::test

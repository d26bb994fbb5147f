#include "tests/support/memory_stores.hpp"

namespace orderpush::test {
namespace {

using Rows = MemoryDatabase::Rows;

/// Entries of one channel per claim, so that a busy channel leaves room for others.
constexpr std::int64_t kChannelEntriesMax = 64;

const Settlement* delivery_of(
    const Rows& rows, const std::string& adapter, const OutboxEntry& entry
) {
    const auto found = rows.deliveries.find({adapter, entry.channel, entry.seq});
    return found == rows.deliveries.end() ? nullptr : &found->second;
}

/// Appends what is due of one channel.
void claim_channel(
    const Rows& rows,
    const std::string& adapter,
    Timestamp now,
    const std::vector<OutboxEntry>& channel,
    std::vector<OutboxEntry>& claimed
) {
    std::int64_t settled = 0;
    for (const OutboxEntry& entry : channel) {
        const Settlement* delivery = delivery_of(rows, adapter, entry);
        if (delivery != nullptr && delivery->state != Settlement::State::kRetry) {
            settled = entry.seq;
        }
    }
    const OutboxEntry* head = nullptr;
    for (const OutboxEntry& entry : channel) {
        head = head == nullptr && entry.seq > settled ? &entry : head;
        if (entry.seq <= settled || entry.seq >= head->seq + kChannelEntriesMax) {
            continue;
        }
        const Settlement* delivery = delivery_of(rows, adapter, entry);
        const bool waits =
            delivery != nullptr && delivery->not_before && *delivery->not_before > now;
        if (waits && &entry == head) {
            return;
        }
        claimed.push_back(entry);
        claimed.back().attempts = delivery != nullptr ? delivery->attempts : 0;
    }
}

/// What is settled stays so.
void keep(Rows& rows, const std::string& adapter, const Settlement& settlement) {
    const MemoryDatabase::DeliveryKey key{adapter, settlement.channel, settlement.seq};
    const auto [delivery, is_new] = rows.deliveries.try_emplace(key, settlement);
    if (!is_new && delivery->second.state == Settlement::State::kRetry) {
        delivery->second = settlement;
    }
}

}  // namespace

Result<std::vector<OutboxEntry>> MemoryOutbox::claim(
    std::string_view adapter, std::size_t limit, Timestamp now
) {
    return database_.with([&](const Rows& rows) -> Result<std::vector<OutboxEntry>> {
        std::vector<OutboxEntry> claimed;
        for (const auto& [channel, entries] : rows.outbox) {
            claim_channel(rows, std::string{adapter}, now, entries, claimed);
        }
        if (claimed.size() > limit) {
            claimed.erase(claimed.begin() + static_cast<std::ptrdiff_t>(limit), claimed.end());
        }
        return claimed;
    });
}

Result<void> MemoryOutbox::settle(
    std::string_view adapter, std::span<const Settlement> settlements, Timestamp /*now*/
) {
    return database_.with([&](Rows& rows) -> Result<void> {
        for (const Settlement& settlement : settlements) {
            keep(rows, std::string{adapter}, settlement);
        }
        return {};
    });
}

}  // namespace orderpush::test

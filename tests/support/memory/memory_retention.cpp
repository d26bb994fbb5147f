#include "tests/support/memory/memory_stores.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <set>

namespace orderpush::test {
namespace {

using Rows = MemoryDatabase::Rows;

/// The last entry of the channel that every one of the adapters has settled.
std::int64_t settled_seq(const Rows& rows, const EventPurge& purge, const Channel& channel) {
    std::optional<std::int64_t> least;
    for (const std::string& adapter : purge.adapters) {
        const std::int64_t settled = rows.settled_seq(adapter, channel);
        least = std::min(least.value_or(settled), settled);
    }
    return least.value_or(0);
}

/// The events to look at, oldest first.
std::set<EventId> old_events(const Rows& rows, const EventPurge& purge) {
    std::set<EventId> found;
    for (const auto& [channel, entries] : rows.outbox) {
        for (const OutboxEntry& entry : entries) {
            const bool is_behind = entry.event_id > purge.after.value_or(EventId{});
            if (is_behind && entry.occurred_at < purge.settled_before) {
                found.insert(entry.event_id);
            }
        }
    }
    while (found.size() > static_cast<std::size_t>(purge.limit)) {
        found.erase(std::prev(found.end()));
    }
    return found;
}

std::size_t purge_channel(
    Rows& rows, const EventPurge& purge, const std::set<EventId>& old, const Channel& channel
) {
    auto& entries = rows.outbox[channel];
    const std::int64_t settled = settled_seq(rows, purge, channel);
    const auto stays = std::ranges::find_if(entries, [&](const OutboxEntry& entry) {
        const bool is_due = entry.seq <= settled || entry.occurred_at < purge.all_before;
        return !old.contains(entry.event_id) || !is_due;
    });
    const auto count = static_cast<std::size_t>(stays - entries.begin());
    const std::int64_t first_kept =
        stays == entries.end() ? rows.last_seqs[channel] + 1 : stays->seq;
    entries.erase(entries.begin(), stays);
    std::erase_if(rows.deliveries, [&](const auto& delivery) {
        return std::get<1>(delivery.first) == channel && std::get<2>(delivery.first) < first_kept;
    });
    return count;
}

bool is_anywhere(const Rows& rows, const EventId& event) {
    return std::ranges::any_of(rows.outbox, [&](const auto& channel) {
        return std::ranges::find(channel.second, event, &OutboxEntry::event_id) !=
               channel.second.end();
    });
}

}  // namespace

Result<PurgedBatch> MemoryRetention::purge_events(const EventPurge& purge) {
    return database_.with([&](Rows& rows) -> Result<PurgedBatch> {
        PurgedBatch batch;
        const auto old = old_events(rows, purge);
        for (const auto& [channel, entries] : rows.outbox) {
            batch.entry_count += purge_channel(rows, purge, old, channel);
        }
        batch.event_count = static_cast<std::size_t>(
            std::ranges::count_if(old, [&](const EventId& id) { return !is_anywhere(rows, id); })
        );
        std::erase_if(rows.receipts, [&](const auto& receipt) {
            return old.contains(receipt.first.first) && !is_anywhere(rows, receipt.first.first);
        });
        if (old.size() == static_cast<std::size_t>(purge.limit)) {
            batch.last = *old.rbegin();
        }
        return batch;
    });
}

Result<std::size_t> MemoryRetention::purge_idempotency_keys(Timestamp made_until, int limit) {
    return database_.with([&](Rows& rows) -> Result<std::size_t> {
        std::size_t count = 0;
        std::erase_if(rows.keys, [&](const auto& key) {
            const bool has_room = count < static_cast<std::size_t>(limit);
            const bool goes = has_room && key.second.created_at <= made_until;
            count += goes ? 1 : 0;
            return goes;
        });
        return count;
    });
}

}  // namespace orderpush::test

#pragma once

#include "base/result.hpp"
#include "base/timestamp.hpp"
#include "core/ids.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace orderpush {

/// One batch of removing events.
struct EventPurge {
    /// Events that occurred before this go once every adapter has settled them.
    Timestamp settled_before;
    /// Events that occurred before this go in any case.
    Timestamp all_before;
    /// The adapters whose settling counts.
    std::vector<std::string> adapters;
    /// Look at events after this one; ids sort by time.
    std::optional<EventId> after = {};
    /// How many events to look at.
    int limit = 500;
};

struct PurgedBatch {
    /// The last event that was looked at, to go on from; nothing if there are no more old ones.
    std::optional<EventId> last = {};
    std::size_t entry_count = 0;
    std::size_t event_count = 0;
};

/// Removes what is too old to be stored. Implementations: storage (PostgreSQL) and tests/support
/// (in memory); one contract suite judges both. Blocks on the store. Each call is one transaction,
/// bounded by its limit. Beside what a member names, each can answer kUnavailable and kTimeout.
class Retention {
  public:
    Retention() = default;
    Retention(const Retention&) = delete;
    Retention& operator=(const Retention&) = delete;
    virtual ~Retention() = default;

    /// Removes outbox entries with their deliveries, and events without entries. A channel loses
    /// its oldest entries only, never one behind an entry that stays, and keeps its counter: the
    /// next entry continues its `seq`. kConflict "purge_elsewhere": another instance is at it.
    virtual Result<PurgedBatch> purge_events(const EventPurge& purge) = 0;
    /// Removes keys made at that time or before; how many, at most `limit`.
    virtual Result<std::size_t> purge_idempotency_keys(Timestamp made_until, int limit) = 0;
};

}  // namespace orderpush

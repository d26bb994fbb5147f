#pragma once

#include "base/result.hpp"
#include "core/events/event.hpp"
#include "core/kitchen/kitchen_store.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace orderpush {

// A port to stored data. Implementations: storage (PostgreSQL) and tests/support (in memory); one
// contract suite judges both. Every member may be called from several threads at once and blocks on
// the store, with a deadline of the store's own. Beside what a member names, each can answer
// kUnavailable (store away, or no free handle in time) and kTimeout. Every write takes the events
// it causes and commits both, or neither.

/// The open tickets of a branch, read at one instant.
struct KitchenCount {
    KitchenStats stats;
    /// The last position of the kitchen's channel that this count knows of.
    std::int64_t kitchen_seq = 0;
    /// What the kitchen got last; none open, if it got nothing yet.
    KitchenStats told;
};

/// A count that is published, or whose position is noted because it is as published before.
struct ToldCount {
    BranchId branch;
    KitchenStats stats;
    std::int64_t kitchen_seq = 0;
    Timestamp at;
    /// None where nothing changed.
    std::vector<Event> events;
};

/// The counts that kitchens got.
class StatsStore {
  public:
    StatsStore() = default;
    StatsStore(const StatsStore&) = delete;
    StatsStore& operator=(const StatsStore&) = delete;
    virtual ~StatsStore() = default;

    /// An unknown branch has no open tickets.
    virtual Result<KitchenCount> count(const BranchId& branch) = 0;
    /// False, and nothing is written, if a count as new or newer was published already. Requires a
    /// branch that exists.
    virtual Result<bool> tell(const ToldCount& count) = 0;
    /// Branches whose kitchen's channel went on since their last published count, behind `after` in
    /// order of id, at most `limit`.
    virtual Result<std::vector<BranchId>> list_outdated(
        const std::optional<BranchId>& after, int limit
    ) = 0;
};

}  // namespace orderpush

#pragma once

#include "base/clock.hpp"
#include "base/result.hpp"
#include "core/event.hpp"
#include "core/ids.hpp"

#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace orderpush {

// A port to what is kept. Implementations: storage (PostgreSQL) and tests/support (in memory); one
// contract suite judges both. Every member may be called from several threads at once and blocks on
// the store, with a deadline of the store's own. Beside what a member names, each can answer
// kUnavailable (store away, or no free handle in time) and kTimeout.

/// Why an order seems to be overlooked.
enum class AlarmCause {
    kNoDisplay,       ///< no display of its kitchen is online
    kUnacknowledged,  ///< nobody took it within the branch's limit
};

/// "no_display", "unacknowledged".
std::string_view to_word(AlarmCause cause) noexcept;
std::optional<AlarmCause> parse_alarm_cause(std::string_view word);

/// An order of which the kitchen has not yet taken, or started, at least one ticket. Held tickets
/// do not count.
struct WaitingOrder {
    OrderId order;
    BranchId branch;
    /// Since when the oldest of those tickets waits.
    Timestamp since;
    /// Whether that is longer ago than the branch's limit.
    bool is_overdue = false;
    /// Whether the alarm of that cause stands already.
    bool has_no_display_alarm = false;
    bool has_unacknowledged_alarm = false;
};

struct NewAlarm {
    AlarmId id;
    OrderId order;
    BranchId branch;
    AlarmCause cause = AlarmCause::kNoDisplay;
    Timestamp at;
    std::vector<Event> events;
};

class AlarmStore {
  public:
    AlarmStore() = default;
    AlarmStore(const AlarmStore&) = delete;
    AlarmStore& operator=(const AlarmStore&) = delete;
    virtual ~AlarmStore() = default;

    /// At most `limit`, of all branches: those with the fewest alarms first, then those that wait
    /// longest.
    virtual Result<std::vector<WaitingOrder>> waiting(Timestamp now, int limit) = 0;
    /// The alarm and its events in one transaction. False, with nothing written, if it stands
    /// already or the order no longer waits.
    virtual Result<bool> raise(const NewAlarm& alarm) = 0;
    /// Clears the alarms of orders that no longer wait, and kNoDisplay in the `attended` branches.
    virtual Result<void> clear(std::span<const BranchId> attended, Timestamp now) = 0;
};

}  // namespace orderpush

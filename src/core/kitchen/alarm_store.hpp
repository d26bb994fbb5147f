#pragma once

#include "base/result.hpp"
#include "base/timestamp.hpp"
#include "core/events/event.hpp"
#include "core/ids.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace orderpush {

// A port to stored data. Implementations: storage (PostgreSQL) and tests/support (in memory); one
// contract suite judges both. Every member may be called from several threads at once and blocks on
// the store, with a deadline of the store's own. Beside what a member names, each can answer
// kUnavailable (store away, or no free handle in time) and kTimeout.

/// Why an order seems to be overlooked.
enum class AlarmCause {
    kNoDisplay,       ///< no display of its kitchen is online
    kUnacknowledged,  ///< nobody took it within the branch's limit
    kUnseen,          ///< no display of its kitchen showed it within the branch's limit for that
};

/// "no_display", "unacknowledged", "unseen".
std::string_view to_string(AlarmCause cause) noexcept;
std::optional<AlarmCause> parse_alarm_cause(std::string_view word);

/// What is done about it. The others than kWaiters for kUnseen only.
enum class AlarmStep {
    kPushAgain,  ///< its event is sent to the kitchen once more, as it was
    kWaiters,    ///< the waiters are notified
    kWebhook,    ///< the restaurant's own webhook is sent
};
inline constexpr std::size_t kAlarmStepCount = 3;

/// "push_again", "waiters", "webhook".
std::string_view to_string(AlarmStep step) noexcept;
std::optional<AlarmStep> parse_alarm_step(std::string_view word);

/// One of the steps in which an order escalates that nobody saw.
struct UnseenStep {
    AlarmStep step = AlarmStep::kPushAgain;
    /// Beyond the branch's limit.
    std::chrono::seconds after{0};

    bool operator==(const UnseenStep&) const = default;
};

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
    /// When tickets of it had been unseen for as long as the branch's limit says; nothing before
    /// that, and where no display reports what it shows.
    std::optional<Timestamp> unseen_from = {};
    /// When each step for that was taken, by AlarmStep; nothing for one whose alarm does not stand.
    std::array<std::optional<Timestamp>, kAlarmStepCount> unseen_steps = {};
    /// Whether its restaurant has a webhook.
    bool has_webhook = false;
};

struct AlarmWatch {
    Timestamp now;
    /// Displays of a branch count as reporting if one of them reported later than this that
    /// something was seen on it.
    Timestamp reporting_since;
    int limit = 1'000;
};

struct NewAlarm {
    AlarmId id;
    OrderId order;
    BranchId branch;
    AlarmCause cause = AlarmCause::kNoDisplay;
    AlarmStep step = AlarmStep::kWaiters;
    Timestamp at;
    std::vector<Event> events = {};
    /// Of kWebhook: a JSON document, sent under the alarm's id until `expires_at`.
    std::string webhook_body = {};
    std::optional<Timestamp> webhook_expires_at = {};
};

class AlarmStore {
  public:
    AlarmStore() = default;
    AlarmStore(const AlarmStore&) = delete;
    AlarmStore& operator=(const AlarmStore&) = delete;
    virtual ~AlarmStore() = default;

    /// At most `limit`, of all branches: those with the fewest alarms first, then those that wait
    /// longest.
    virtual Result<std::vector<WaitingOrder>> waiting(const AlarmWatch& watch) = 0;
    /// The alarm and its step in one transaction. False, with nothing written, if it stands
    /// already, the order no longer waits, for kUnseen was seen, or for kWebhook the restaurant has
    /// none. kPushAgain has the streams send again what was delivered to the kitchen of its unseen
    /// tickets; what is still under way goes on its way.
    virtual Result<bool> raise(const NewAlarm& alarm) = 0;
    /// Clears the alarms of orders that no longer wait, kNoDisplay in the `attended` branches and
    /// kUnseen of orders that were seen. Webhooks of what is cleared that wait are withdrawn.
    virtual Result<void> clear(std::span<const BranchId> attended, Timestamp now) = 0;
};

}  // namespace orderpush

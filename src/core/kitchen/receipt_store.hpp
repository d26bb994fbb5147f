#pragma once

#include "base/result.hpp"
#include "base/timestamp.hpp"
#include "core/events/channel.hpp"
#include "core/ids.hpp"
#include "core/kitchen/alarm_store.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace orderpush {

/// What a device reports about events.
enum class ReceiptKind {
    kReceived,  ///< they arrived
    kSeen,      ///< they were drawn on a visible screen; that implies that they arrived
};

/// "received", "seen".
std::string_view to_string(ReceiptKind kind) noexcept;
std::optional<ReceiptKind> parse_receipt_kind(std::string_view word);

/// One report of one device.
struct ReceiptReport {
    std::string device;
    ReceiptKind kind = ReceiptKind::kReceived;
    /// Each once.
    std::vector<EventId> events;
    /// Nothing: a guest's device.
    std::optional<StaffId> staff = {};
    Timestamp at;
    /// Whose channels the reporter subscribes to: of that branch, or of all; none of another
    /// restaurant.
    RestaurantId restaurant;
    std::optional<BranchId> branch = {};
    /// The channels of those branches that it subscribes to.
    std::vector<Audience> audiences = {};
    /// A guest's own session.
    std::optional<SessionId> session = {};
};

struct RecordedReceipts {
    /// Events that the reporter could receive, whether they were reported before or not.
    std::size_t recorded = 0;
    /// How long after its commit each event of an order was first reported so by this device, by
    /// the time of the report; never negative.
    std::vector<std::chrono::milliseconds> delays = {};
};

/// An event about an order.
struct TracedEvent {
    EventId id;
    std::string name;
    /// As Event::payload.
    std::string payload;
    Timestamp occurred_at;
    /// When the database had it.
    Timestamp written_at;
};

/// One attempt at handing over an entry.
struct TracedAttempt {
    EventId event;
    Channel channel;
    std::int64_t seq = 0;
    std::string stream;
    /// The adapter that answered; nothing if none was asked.
    std::optional<std::string> via;
    int attempt = 0;
    /// "delivered", "retry", "dead", "skipped" or "resend".
    std::string state;
    /// The provider's answer, if it was not delivered.
    std::string reason;
    Timestamp at;
};

/// What a device reported about one event.
struct TracedReceipt {
    EventId event;
    std::string device;
    std::optional<StaffId> staff;
    Timestamp received_at;
    std::optional<Timestamp> seen_at;
};

struct TracedAlarm {
    AlarmCause cause = AlarmCause::kNoDisplay;
    AlarmStep step = AlarmStep::kWaiters;
    Timestamp raised_at;
    std::optional<Timestamp> cleared_at;
};

/// What became of an order's events, each list oldest first.
struct OrderTrace {
    static constexpr int kEventsMax = 500;
    static constexpr int kAttemptsMax = 5'000;
    static constexpr int kReceiptsMax = 5'000;

    std::vector<TracedEvent> events;
    std::vector<TracedAttempt> attempts;
    std::vector<TracedReceipt> receipts;
    std::vector<TracedAlarm> alarms;
};

/// Which device got and saw what, and what became of an order's events. Implementations: storage
/// (PostgreSQL) and tests/support (in memory); one contract suite judges both. Any thread; blocks
/// on the store. Each member can answer kUnavailable and kTimeout.
class ReceiptStore {
  public:
    ReceiptStore() = default;
    ReceiptStore(const ReceiptStore&) = delete;
    ReceiptStore& operator=(const ReceiptStore&) = delete;
    virtual ~ReceiptStore() = default;

    /// Leaves out events that do not exist and those on none of the reporter's channels. The first
    /// time counts; a repeat changes nothing. What is seen of a kitchen's channel shows that its
    /// displays report: see AlarmWatch.
    virtual Result<RecordedReceipts> record(const ReceiptReport& report) = 0;
    /// Of the order's own channel and its session's, as long as events are stored: the first of
    /// each list within its bound. Empty for an order that does not exist.
    virtual Result<OrderTrace> trace(const OrderId& order, const SessionId& session) = 0;
};

}  // namespace orderpush

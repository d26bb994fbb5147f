#pragma once

#include "base/timestamp.hpp"
#include "core/events/channel.hpp"
#include "core/events/log_epoch.hpp"
#include "core/ids.hpp"
#include "core/kitchen/alarm_store.hpp"
#include "core/orders/order.hpp"
#include "core/restaurant/restaurant.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace orderpush {

/// A table with whoever sits at it.
struct FloorTable {
    /// Its branch has the id only: the rest is that of the branch asked for.
    Table table;
    std::optional<SessionId> session = {};
    /// Of the open session; as the two below.
    std::optional<Timestamp> opened_at = {};
    /// In minor units.
    std::int64_t paid_minor = 0;
};

/// An order that the kitchen seems to overlook.
struct FloorAlarm {
    OrderId order;
    int order_number = 0;
    TableId table;
    std::string table_number;
    std::string area_name;
    AlarmCause cause = AlarmCause::kNoDisplay;
    /// Since when the oldest ticket that nobody took waits.
    Timestamp since;
};

/// What a waiter's tablet shows, and where the asked channels stood at the same instant: whoever
/// goes on behind those positions misses no change and sees none twice.
struct Floor {
    /// By name of the area, then number, as text.
    std::vector<FloorTable> tables;
    /// All of the open sessions, and of those that were closed lately the ones with lines that
    /// are ready and not served, in order of id, which is order of time.
    std::vector<Order> orders;
    /// Those that stand; the longest waiting order first.
    std::vector<FloorAlarm> alarms;
    /// 0 for a channel that never had an entry.
    std::map<Channel, std::int64_t> seqs;
    /// Of the logs that these positions are in.
    EpochId epoch = {};
};

}  // namespace orderpush

#pragma once

#include "core/ids.hpp"
#include "realtime/ably/messages/message.hpp"
#include "realtime/ably/recorded_events.hpp"
#include "realtime/hub/hub.hpp"

#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace orderpush::realtime::ably {

struct HistoryQuery {
    std::string hub_key;
    /// Milliseconds, inclusive.
    std::int64_t start = 0;
    std::int64_t end = std::numeric_limits<std::int64_t>::max();
    bool is_forwards = false;
    /// 1 to 1,000.
    std::size_t limit = 100;
    /// Only up to that channelSerial, which is included (untilAttach).
    std::optional<std::string> from_serial = {};
    /// Messages behind this one in the direction, by serial: where the page before ended.
    std::optional<std::string> after = {};
    /// Who asks belongs to this table session.
    std::optional<SessionId> session = {};
};

struct HistoryPage {
    /// In the direction that was asked for; those of one publish one by one.
    std::vector<Message> messages;
    /// Whether more follow: ask again with the last one's serial as `after`.
    bool has_more = false;
};

/// Reads a channel's history: of the hub's log, and for channels of the restaurant of what was
/// recorded. 90008/400: from_serial is not known any more; 40160/401: the table session is over;
/// 50003/503. `events` null: the log alone. `reply` once, on any thread.
using HistoryReply = std::function<void(Checked<HistoryPage> page)>;
void read_history(Hub& hub, RecordedEvents* events, HistoryQuery query, HistoryReply reply);

}  // namespace orderpush::realtime::ably

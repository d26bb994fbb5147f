#pragma once

#include "base/timestamp.hpp"
#include "core/events/channel.hpp"
#include "core/ids.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace orderpush {

/// An immutable fact, addressed to channels. Recorded in the transaction of the change it reports.
struct Event {
    EventId id;
    /// From the catalogue, e.g. "order:created".
    std::string name;
    /// A JSON object of the event's own fields, UTF-8, camelCase; the common fields are added by
    /// envelope().
    std::string payload;
    Timestamp occurred_at;
    std::vector<Channel> channels;
};

/// One event on one channel, as it stands in the outbox.
struct OutboxEntry {
    EventId event_id;
    std::string name;
    std::string payload;
    Timestamp occurred_at;
    Channel channel;
    /// Position in the channel, from 1, without gaps.
    std::int64_t seq;
    /// Attempts at handing over this entry that failed so far.
    int attempts = 0;
    /// Whether it is sent again because somebody asked, behind what followed it.
    bool is_resend = false;
};

/// What goes over the wire: the payload with the common fields `id`, `seq`, `type` and `occurredAt`
/// before its own.
std::string envelope(const OutboxEntry& entry);

}  // namespace orderpush

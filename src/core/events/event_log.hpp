#pragma once

#include "base/result.hpp"
#include "core/events/channel.hpp"
#include "core/events/event.hpp"
#include "core/events/log_epoch.hpp"

#include <cstdint>
#include <vector>

namespace orderpush {

/// A stretch of a channel, and where the channel stands at the same instant.
struct ChannelHistory {
    /// In order of `seq`, without gaps among them.
    std::vector<OutboxEntry> entries;
    /// The first entry that is still stored; where none is, the one that will come next.
    std::int64_t oldest_seq = 1;
    /// The last entry that was recorded, stored or not; 0 for a channel that never had one.
    std::int64_t last_seq = 0;
    /// Of the log; see EpochStore.
    EpochId epoch = {};
};

/// What was recorded on a channel, for those who missed it. Implementations: storage (PostgreSQL)
/// and tests/support (in memory); one contract suite judges both. Any thread; blocks on the store.
class EventLog {
  public:
    EventLog() = default;
    EventLog(const EventLog&) = delete;
    EventLog& operator=(const EventLog&) = delete;
    virtual ~EventLog() = default;

    /// The first entries behind `after`, at most `limit`, whether they were pushed yet or not.
    /// Where `after` stands before what is stored, they begin at `oldest_seq`. kUnavailable,
    /// kTimeout.
    virtual Result<ChannelHistory> read(const Channel& channel, std::int64_t after, int limit) = 0;
};

}  // namespace orderpush

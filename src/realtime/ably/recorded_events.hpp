#pragma once

#include "base/result.hpp"
#include "base/timestamp.hpp"
#include "core/events/channel.hpp"
#include "core/ids.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace orderpush::realtime::ably {

/// An event of a channel of the restaurant, as the outbox has it.
struct RecordedEvent {
    std::int64_t seq = 0;
    std::string event;
    /// The envelope, as it would be published.
    std::string data;
    /// When it was written.
    Timestamp written_at = {};
};

struct RecordedQuery {
    Channel channel;
    /// The first behind it; where that is gone already, from the first there is.
    std::int64_t after = 0;
    int limit = 0;
    /// Who asks belongs to this table session.
    std::optional<SessionId> session = {};
};

struct RecordedPage {
    std::vector<RecordedEvent> events;
    /// The first that is still stored, and the last that was recorded.
    std::int64_t oldest_seq = 1;
    std::int64_t last_seq = 0;
    /// What was looked at ends here: some of it may not be for who asks.
    std::int64_t up_to = 0;
};

/// Whether the table session of who asked is over; otherwise nobody knows now, and trying again
/// later can help.
inline bool is_session_over(const Error& error) {
    return error.kind == ErrorKind::kConflict || error.kind == ErrorKind::kForbidden ||
           error.kind == ErrorKind::kNotFound || error.kind == ErrorKind::kGone;
}

/// Reads what was recorded on channels of the restaurant. Any thread; never blocks.
class RecordedEvents {
  public:
    /// Called once, on any thread; for an error see is_session_over().
    using Reply = std::function<void(Result<RecordedPage> page)>;

    RecordedEvents() = default;
    RecordedEvents(const RecordedEvents&) = delete;
    RecordedEvents& operator=(const RecordedEvents&) = delete;
    virtual ~RecordedEvents() = default;

    virtual void read(RecordedQuery query, Reply reply) = 0;
};

}  // namespace orderpush::realtime::ably

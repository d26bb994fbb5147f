#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace orderpush::realtime {

/// Where a listener stands on a channel: it has what came up to there.
struct ChannelPosition {
    /// The hub's key.
    std::string channel;
    std::int64_t seq = 0;

    bool operator==(const ChannelPosition&) const = default;
};

struct MissedQuery {
    /// The entry that was heard last; nothing: none was.
    std::optional<ChannelPosition> heard = {};
    /// Whether that entry was heard in part only, and is to be had once more.
    bool is_partly_heard = false;
    /// Each channel once, and where the listener stood when it joined.
    std::vector<ChannelPosition> since;
};

struct MissedEvent {
    std::string channel;
    std::int64_t seq = 0;
    std::string event;
    /// The envelope, as it would have been published.
    std::string data;
};

struct MissedEvents {
    /// In the order of each channel, and across channels in that of the events.
    std::vector<MissedEvent> events;
    /// Of each channel of the query, in its order: what the listener has with these.
    std::vector<ChannelPosition> up_to;
    /// Whether nothing is missing in between.
    bool is_complete = true;
};

/// Keeps what a client needs to be brought back, on any instance and over a restart. Any thread;
/// never blocks; replies are called once, on any thread. kUnavailable and the like: nobody knows
/// now, and trying again later can help.
class ClientRecovery {
  public:
    using KeptReply = std::function<void(Result<std::optional<std::string>> kept)>;
    using DoneReply = std::function<void(Result<void> done)>;
    using MissedReply = std::function<void(Result<MissedEvents> missed)>;

    ClientRecovery() = default;
    ClientRecovery(const ClientRecovery&) = delete;
    ClientRecovery& operator=(const ClientRecovery&) = delete;
    virtual ~ClientRecovery() = default;

    /// `kept` takes the place of what was kept of that client. It may hold credentials: it is
    /// sealed with the id, of which only a hash is kept.
    virtual void keep(std::string private_id, std::string kept, DoneReply reply) = 0;
    /// Nothing: it is not known, or was too long ago.
    virtual void find(std::string private_id, KeptReply reply) = 0;
    /// They are connected still.
    virtual void extend(std::vector<std::string> private_ids) = 0;
    /// It does not come back.
    virtual void forget(std::string private_id) = 0;
    virtual void read_missed(MissedQuery query, MissedReply reply) = 0;
};

}  // namespace orderpush::realtime

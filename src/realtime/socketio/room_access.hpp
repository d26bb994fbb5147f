#pragma once

#include "base/result.hpp"
#include "core/access/caller.hpp"
#include "core/access/channel_authorizer.hpp"
#include "core/events/channel.hpp"

#include <cstdint>
#include <functional>
#include <string>

namespace orderpush::realtime {

/// A caller that may join a channel.
struct Admission {
    ChannelJoiner joiner;
    /// The last entry of the channel at that moment.
    std::int64_t last_seq = 0;
};

/// Whether trying again later can help: then nothing is said that makes a client stay away.
inline bool passes_by_itself(const Error& error) {
    switch (error.kind) {
        case ErrorKind::kUnavailable:
        case ErrorKind::kTimeout:
        case ErrorKind::kInternal:
        case ErrorKind::kRateLimited:
            return true;
        default:
            return false;
    }
}

/// Asks the service who a client is and what it may hear, which may take the database. Any thread;
/// never blocks.
class RoomAccess {
  public:
    /// Called once, on any thread. An error for which passes_by_itself() holds: nobody knows now.
    using CallerReply = std::function<void(Result<Caller> caller)>;
    using AdmissionReply = std::function<void(Result<Admission> admission)>;

    RoomAccess() = default;
    RoomAccess(const RoomAccess&) = delete;
    RoomAccess& operator=(const RoomAccess&) = delete;
    virtual ~RoomAccess() = default;

    /// Whom a staff token or a session's token proves.
    virtual void authenticate(std::string credential, CallerReply reply) = 0;
    /// Whether that caller may join the channel, and as whom.
    virtual void admit(const Caller& caller, const Channel& channel, AdmissionReply reply) = 0;
};

}  // namespace orderpush::realtime

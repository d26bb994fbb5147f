#pragma once

#include "base/clock.hpp"
#include "base/result.hpp"
#include "core/channel.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace orderpush {

/// One member of a presence channel, however many connections it has there.
struct PresentMember {
    /// "staff-{staffId}" or "guest-{deviceId}".
    std::string id;
    /// A JSON object, or "null" if there is none: see PresenceMember::info.
    std::string info;
    /// When the first of its connections joined.
    Timestamp joined_at;
    std::size_t connections = 1;
};

/// Who is connected now. Any thread, but those of the server's event loops; blocks for a few
/// seconds at most.
class Presence {
  public:
    Presence() = default;
    Presence(const Presence&) = delete;
    Presence& operator=(const Presence&) = delete;
    virtual ~Presence() = default;

    /// The members of a presence channel, the longest there first; none if nobody is there.
    /// kTimeout if it could not be found out in time, kUnavailable if the server is gone.
    virtual Result<std::vector<PresentMember>> members(const Channel& channel) = 0;
};

}  // namespace orderpush

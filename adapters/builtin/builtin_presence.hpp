#pragma once

#include "core/presence/presence_store.hpp"
#include "realtime/hub/hub.hpp"

#include <chrono>
#include <vector>

namespace orderpush::adapters {

/// Asks the hub of this process, at the channel's home shard.
class BuiltinPresence {
  public:
    /// The hub outlives this. `patience` is how long an answer is waited for.
    explicit BuiltinPresence(
        realtime::Hub& hub, std::chrono::milliseconds patience = std::chrono::seconds{2}
    )
        : hub_(hub), patience_(patience) {}

    /// The members of a presence channel on this instance, the longest there first; none if nobody
    /// is there. Any thread but the shards'; blocks. kTimeout "presence_timeout" if no answer came
    /// in time, kUnavailable "presence_unavailable" if the server has stopped.
    Result<std::vector<PresentMember>> members(const Channel& channel);

  private:
    realtime::Hub& hub_;
    const std::chrono::milliseconds patience_;
};

}  // namespace orderpush::adapters

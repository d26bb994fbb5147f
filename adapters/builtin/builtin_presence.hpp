#pragma once

#include "core/presence.hpp"
#include "realtime/hub.hpp"

#include <chrono>
#include <vector>

namespace orderpush::adapters {

/// Asks the hub of this process, at the channel's home shard.
class BuiltinPresence final : public Presence {
  public:
    /// The hub outlives this. `patience` is how long an answer is waited for.
    explicit BuiltinPresence(
        realtime::Hub& hub, std::chrono::milliseconds patience = std::chrono::seconds{2}
    )
        : hub_(hub), patience_(patience) {}

    Result<std::vector<PresentMember>> members(const Channel& channel) override;

  private:
    realtime::Hub& hub_;
    const std::chrono::milliseconds patience_;
};

}  // namespace orderpush::adapters

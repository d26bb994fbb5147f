#pragma once

#include "base/timestamp.hpp"
#include "core/cluster/instance_registry.hpp"

#include <map>

namespace orderpush {
class Clock;
}

namespace orderpush::test {

/// The registry in memory. One thread at a time.
class MemoryInstanceRegistry final : public InstanceRegistry {
  public:
    /// The clock outlives the registry.
    explicit MemoryInstanceRegistry(const Clock& clock) : clock_(clock) {}

    Result<LiveInstances> beat(const Peer& self, std::chrono::milliseconds dead_after) override;
    Result<void> leave(const InstanceId& self) override;

  private:
    struct Seen {
        Peer peer;
        Timestamp at;
    };
    const Clock& clock_;
    std::map<InstanceId, Seen> seen_;
};

}  // namespace orderpush::test

#pragma once

#include "base/result.hpp"
#include "core/ids.hpp"

#include <chrono>
#include <vector>

namespace orderpush {

/// Which instances of the service are at work on this database. Implementations: storage
/// (PostgreSQL) and tests/support (in memory); one contract suite judges both.
class InstanceRegistry {
  public:
    InstanceRegistry() = default;
    InstanceRegistry(const InstanceRegistry&) = delete;
    InstanceRegistry& operator=(const InstanceRegistry&) = delete;
    virtual ~InstanceRegistry() = default;

    struct Peer {
        InstanceId id;
        /// Whether it hands broadcasts to others: see Broker.
        bool is_sharing = false;

        bool operator==(const Peer&) const = default;
    };
    struct LiveInstances {
        /// The others that gave a sign of life within the time.
        std::vector<Peer> peers;
        /// Others did not see this instance for a while: it is new, or was silent for too long.
        bool was_absent = false;
    };
    /// A sign of life of `self`, and who else gave one within `dead_after`, by the store's own
    /// clock, so that the clocks of the machines need not agree. kUnavailable, kTimeout.
    virtual Result<LiveInstances> beat(const Peer& self, std::chrono::milliseconds dead_after) = 0;
    /// Takes the instance off at once. Repeating it is harmless. kUnavailable, kTimeout.
    virtual Result<void> leave(const InstanceId& self) = 0;
};

}  // namespace orderpush

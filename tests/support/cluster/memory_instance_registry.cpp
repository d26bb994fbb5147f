#include "tests/support/cluster/memory_instance_registry.hpp"

#include "base/clock.hpp"

namespace orderpush::test {

Result<InstanceRegistry::LiveInstances> MemoryInstanceRegistry::beat(
    const Peer& self, std::chrono::milliseconds dead_after
) {
    const Timestamp now = clock_.now();
    LiveInstances roll{.peers = {}, .was_absent = true};
    for (const auto& [id, seen] : seen_) {
        if (seen.at + dead_after <= now) {
            continue;
        }
        if (id == self.id) {
            roll.was_absent = false;
        } else {
            roll.peers.push_back(seen.peer);
        }
    }
    seen_[self.id] = {self, now};
    return roll;
}

Result<void> MemoryInstanceRegistry::leave(const InstanceId& self) {
    seen_.erase(self);
    return {};
}

}  // namespace orderpush::test

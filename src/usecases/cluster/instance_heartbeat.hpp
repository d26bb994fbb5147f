#pragma once

#include "base/threads/worker.hpp"
#include "base/timestamp.hpp"
#include "core/cluster/instance_registry.hpp"

#include <chrono>
#include <functional>
#include <optional>
#include <vector>

namespace orderpush::usecases {

struct InstanceHeartbeatOptions {
    /// Between one heartbeat and the next.
    std::chrono::milliseconds interval{3'000};
    /// Silence that counts as death; some intervals.
    std::chrono::milliseconds dead_after{15'000};
};

/// The instances at work, as of one heartbeat.
struct LiveInstanceSet {
    /// The others that share their broadcasts.
    std::vector<InstanceId> alive;
    /// When the registry was asked: one that came later may be missing.
    Deadline asked_at;
    /// See InstanceRegistry::LiveInstances.
    bool was_absent = false;
};

/// Writes this instance's heartbeat, and reports which others live. Warns if there are several and
/// one of them does not share its broadcasts. One thread of its own.
class InstanceHeartbeat {
  public:
    /// On the heartbeat's thread, after each heartbeat.
    using OnBeat = std::function<void(const LiveInstanceSet& instances)>;
    InstanceHeartbeat(
        InstanceRegistry& registry,
        const InstanceRegistry::Peer& self,
        const InstanceHeartbeatOptions& options,
        OnBeat on_beat
    );
    InstanceHeartbeat(const InstanceHeartbeat&) = delete;
    InstanceHeartbeat& operator=(const InstanceHeartbeat&) = delete;
    /// As stop().
    ~InstanceHeartbeat();

    void start() { worker_.start(); }
    /// Takes the instance off the registry, if it was started.
    void stop();
    const Worker& worker() const noexcept { return worker_; }

    /// One heartbeat, on the caller's thread; whether it warned.
    Result<bool> run_once(Deadline now);

  private:
    bool warn_if_apart(const std::vector<InstanceRegistry::Peer>& peers, Deadline now);

    InstanceRegistry& registry_;
    const InstanceRegistry::Peer self_;
    const InstanceHeartbeatOptions options_;
    const OnBeat on_beat_;
    std::optional<Deadline> warned_at_;
    Worker worker_;
};

}  // namespace orderpush::usecases

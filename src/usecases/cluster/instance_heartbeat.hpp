#pragma once

#include "base/clock.hpp"
#include "core/cluster/instance_registry.hpp"

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>
#include <vector>

namespace orderpush::usecases {

struct InstanceHeartbeatOptions {
    /// Between one sign of life and the next.
    std::chrono::milliseconds interval{3'000};
    /// Silence that counts as death; some intervals.
    std::chrono::milliseconds dead_after{15'000};
    /// Between one warning and the next.
    std::chrono::hours warn_interval{1};
};

/// Who is at work, as of one sign of life.
struct LiveInstanceSet {
    /// The others that share their broadcasts.
    std::vector<InstanceId> alive;
    /// When the registry was asked: one that came later may be missing.
    Deadline asked_at;
    /// See InstanceRegistry::LiveInstances.
    bool was_absent = false;
};

/// Gives this instance's sign of life, and tells who else is there. Warns, loudly, if there are
/// several and one of them keeps its broadcasts to itself. One thread of its own.
class InstanceHeartbeat {
  public:
    /// On the watch's thread, after each sign of life.
    using RollHook = std::function<void(const LiveInstanceSet& roll)>;
    InstanceHeartbeat(
        InstanceRegistry& registry,
        const InstanceRegistry::Peer& self,
        const InstanceHeartbeatOptions& options,
        RollHook on_roll
    );
    InstanceHeartbeat(const InstanceHeartbeat&) = delete;
    InstanceHeartbeat& operator=(const InstanceHeartbeat&) = delete;
    /// As stop().
    ~InstanceHeartbeat();

    void start();
    /// Takes the instance off the registry, if it was started.
    void stop();

    /// One sign of life, on the caller's thread; whether it warned.
    Result<bool> run_once(Deadline now);

  private:
    void run(const std::stop_token& stop);
    bool warn_if_apart(const std::vector<InstanceRegistry::Peer>& peers, Deadline now);

    InstanceRegistry& registry_;
    const InstanceRegistry::Peer self_;
    const InstanceHeartbeatOptions options_;
    const RollHook on_roll_;
    std::optional<Deadline> warned_at_;

    std::mutex mutex_;
    std::condition_variable_any stopped_;
    std::jthread thread_;
};

}  // namespace orderpush::usecases

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

namespace orderpush::app {

struct InstanceWatchOptions {
    /// Between one sign of life and the next.
    std::chrono::milliseconds interval{3'000};
    /// Silence that counts as death; some intervals.
    std::chrono::milliseconds dead_after{15'000};
    /// Between one warning and the next.
    std::chrono::hours warn_interval{1};
};

/// Who is at work, as of one sign of life.
struct InstanceRoll {
    /// The others that share their broadcasts.
    std::vector<InstanceId> alive;
    /// When the registry was asked: one that came later may be missing.
    Deadline asked_at;
    /// See InstanceRegistry::Roll.
    bool was_absent = false;
};

/// Gives this instance's sign of life, and tells who else is there. Warns, loudly, if there are
/// several and one of them keeps its broadcasts to itself. One thread of its own.
class InstanceWatch {
  public:
    /// On the watch's thread, after each sign of life.
    using RollHook = std::function<void(const InstanceRoll& roll)>;
    InstanceWatch(
        InstanceRegistry& registry,
        const InstanceRegistry::Peer& self,
        const InstanceWatchOptions& options,
        RollHook on_roll
    );
    InstanceWatch(const InstanceWatch&) = delete;
    InstanceWatch& operator=(const InstanceWatch&) = delete;
    /// As stop().
    ~InstanceWatch();

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
    const InstanceWatchOptions options_;
    const RollHook on_roll_;
    std::optional<Deadline> warned_at_;

    std::mutex mutex_;
    std::condition_variable_any stopped_;
    std::jthread thread_;
};

}  // namespace orderpush::app

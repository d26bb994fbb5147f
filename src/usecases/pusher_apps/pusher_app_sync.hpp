#pragma once

#include "base/threads/worker.hpp"
#include "usecases/pusher_apps/pusher_app_registry.hpp"

#include <chrono>
#include <functional>
#include <optional>
#include <vector>

namespace orderpush::usecases {

/// Keeps those who serve applications up to date: reads them again every few seconds, on one thread
/// of its own. While the database is away they stay as they were.
class PusherAppSync {
  public:
    /// Called with all of them whenever they changed, on the thread.
    using OnChanged = std::function<void(const std::vector<HostedApp>& apps)>;

    PusherAppSync(
        PusherAppRegistry& registry,
        OnChanged on_changed,
        std::chrono::milliseconds interval = std::chrono::seconds{5}
    );

    /// Reads at once, and then every interval.
    void start() { worker_.start(); }
    /// Waits for the statement in hand.
    void stop() { worker_.stop(); }
    const Worker& worker() const noexcept { return worker_; }

    /// One reading, on the caller's thread; not while it is started.
    void run_once();

  private:
    PusherAppRegistry& registry_;
    const OnChanged on_changed_;
    std::optional<PusherAppRegistry::Listed> known_;
    bool is_failing_ = false;
    Worker worker_;
};

}  // namespace orderpush::usecases

#pragma once

#include "usecases/pusher_apps/pusher_app_registry.hpp"

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>
#include <vector>

namespace orderpush::usecases {

/// Keeps those who serve applications up to date: reads them again every few seconds, on one thread
/// of its own. While the database is away they stay as they were.
class PusherAppSync {
  public:
    /// Called with all of them whenever they changed, on the thread.
    using OnChanged = std::function<void(const std::vector<HostedApp>& apps)>;

    PusherAppSync(
        PusherAppRegistry& directory,
        OnChanged on_changed,
        std::chrono::milliseconds interval = std::chrono::seconds{5}
    );
    PusherAppSync(const PusherAppSync&) = delete;
    PusherAppSync& operator=(const PusherAppSync&) = delete;
    /// As stop().
    ~PusherAppSync();

    /// Reads at once, and then every interval.
    void start();
    /// Waits for the statement in hand.
    void stop();

    /// One reading, on the caller's thread; not while it is started.
    void refresh();

  private:
    void run(const std::stop_token& stop);

    PusherAppRegistry& directory_;
    const OnChanged on_changed_;
    const std::chrono::milliseconds interval_;
    std::optional<PusherAppRegistry::Listed> known_;
    bool is_failing_ = false;

    std::mutex mutex_;
    std::condition_variable_any stopped_;
    std::jthread thread_;
};

}  // namespace orderpush::usecases

#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>

namespace orderpush {

struct WorkerOptions {
    /// Between a notification that ends a pause and the step that it asks for: what is notified
    /// meanwhile goes along.
    std::chrono::milliseconds gather{0};
    /// After a step that threw. Notifications do not shorten it.
    std::chrono::milliseconds defect_pause{1'000};
};

/// Totals since the worker was made.
struct WorkerStats {
    std::uint64_t steps = 0;
    /// Steps that ended with an exception.
    std::uint64_t defects = 0;
};

/// Runs one step again and again on a thread of its own, with pauses that a notification ends. An
/// exception that escapes a step is logged as `worker_defect`; the worker outlives it.
class Worker {
  public:
    /// Until the next step: nothing waits for a notification, 0 goes on at once.
    using Pause = std::optional<std::chrono::milliseconds>;
    /// Returns soon once `stop` is requested: stop() waits for it.
    using Step = std::function<Pause(const std::stop_token& stop)>;

    /// `name` is for the log and the metrics.
    Worker(std::string name, Step step, const WorkerOptions& options = {});
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;
    /// As stop().
    ~Worker();

    /// The first step follows at once. Requires that the worker is not started.
    void start();
    /// Whether start() was called and stop() was not since.
    bool is_started() const noexcept { return thread_.joinable(); }
    /// Stops without waiting; for several workers that are to stop at the same time.
    void request_stop() noexcept;
    /// Ends a pause, waits for the step in hand, and joins. Idempotent.
    void stop();

    /// Ends the pause that is under way; during a step, the one that will follow it. Never lost,
    /// never blocks. Any thread, started or not.
    void notify() noexcept;
    /// As notify(), if the worker is in a pause that nobody has ended yet; whether it was.
    bool notify_if_idle() noexcept;

    const std::string& name() const noexcept { return name_; }
    /// Any thread.
    WorkerStats stats() const noexcept;

  private:
    void run(const std::stop_token& stop);
    Pause run_step(const std::stop_token& stop);
    void wait(const std::stop_token& stop, Pause pause);

    const std::string name_;
    const Step step_;
    const WorkerOptions options_;
    std::atomic<std::uint64_t> steps_{0};
    std::atomic<std::uint64_t> defects_{0};

    std::mutex mutex_;
    std::condition_variable_any changed_;
    /// Guarded by mutex_:
    bool is_notified_ = false;
    bool is_idle_ = false;
    std::jthread thread_;
};

/// Blocks for `time`, or until `stop` is requested.
void wait_for(const std::stop_token& stop, std::chrono::milliseconds time);

}  // namespace orderpush

#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace orderpush {

/// A fixed set of threads for work that blocks, with a bounded queue before them.
class ThreadPool {
  public:
    ThreadPool(std::size_t thread_count, std::size_t queue_capacity);
    ThreadPool(const ThreadPool&) = delete;
    ThreadPool& operator=(const ThreadPool&) = delete;
    /// As stop().
    ~ThreadPool();

    /// Queues `task`; false if the queue is full or the pool stopped, and then the task is never
    /// run. Any thread. A task must not throw.
    [[nodiscard]] bool submit(std::function<void()> task);
    /// Takes no more tasks, destroys those that have not begun, waits for those in hand.
    /// Idempotent.
    void stop();

  private:
    void work();
    /// Waits for a task; an empty one when the pool stops.
    std::function<void()> next();

    const std::size_t queue_capacity_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<std::function<void()>> queue_;
    bool is_stopping_ = false;
    std::vector<std::jthread> threads_;
};

}  // namespace orderpush

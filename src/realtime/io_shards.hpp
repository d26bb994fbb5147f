#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

namespace boost::asio {
class io_context;
}

namespace orderpush::realtime {

/// A fixed set of event loops, one thread each. What lives on a shard is touched by that shard's
/// thread only. Stop the shards before destroying what was put on them, and destroy them last.
class IoShards {
  public:
    explicit IoShards(std::size_t count = 2);
    IoShards(const IoShards&) = delete;
    IoShards& operator=(const IoShards&) = delete;
    /// As stop(); then destroys the tasks that never ran.
    ~IoShards();

    void start();
    /// Ends the loops after the handler in hand and joins. Idempotent. Not from a shard's thread.
    void stop();
    bool is_stopped() const noexcept { return is_stopped_.load(); }

    std::size_t size() const noexcept { return contexts_.size(); }
    boost::asio::io_context& context(std::size_t shard) { return *contexts_[shard]; }

    /// Runs `task` at once if the caller is that shard's thread, else queues it. Tasks that one
    /// thread gives to another shard run in the order given. Any thread; never blocks. After stop()
    /// the task is destroyed unrun, with the shards.
    void run_on(std::size_t shard, std::function<void()> task);
    /// Queues `task` in any case: behind what that shard's loop already holds.
    void post(std::size_t shard, std::function<void()> task);
    /// Queues what ends the shard's turn: it runs once the loop has handled all that was ready.
    /// On that shard's thread.
    void end_turn_with(std::size_t shard, std::function<void()> task);
    /// Runs `task` at once, or behind what ends the turn if something does. On that shard's thread.
    void run_behind_turn(std::size_t shard, std::function<void()> task);
    /// Runs `task` on the shard every `interval` until stop().
    void repeat(std::size_t shard, std::chrono::milliseconds interval, std::function<void()> task);

  private:
    std::vector<std::unique_ptr<boost::asio::io_context>> contexts_;
    /// By shard, each touched by its thread only: tasks that end its turn and have not run.
    struct alignas(64) TurnEnds {
        std::size_t count = 0;
    };
    std::vector<TurnEnds> turn_ends_;
    std::vector<std::jthread> threads_;
    std::atomic<bool> is_stopped_{false};
};

}  // namespace orderpush::realtime

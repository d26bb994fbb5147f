#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <thread>
#include <utility>
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

    /// Whether the caller is that shard's thread.
    bool is_on(std::size_t shard) const noexcept;
    /// Runs `task` at once if the caller is that shard's thread, else queues it. Tasks that one
    /// thread gives to another shard run in the order given. Any thread; never blocks. After stop()
    /// the task is destroyed unrun, with the shards.
    template <class Task>
    void run_on(std::size_t shard, Task&& task) {
        if (is_on(shard)) {
            std::forward<Task>(task)();
        } else {
            post(shard, std::forward<Task>(task));
        }
    }
    /// Queues `task` in any case: behind what that shard's loop already holds.
    void post(std::size_t shard, std::function<void()> task);
    /// What ends a turn: first everything that was put off is handed over, then all is written.
    enum class TurnEnd : std::uint8_t { kHandOver, kWrite };
    /// Queues what ends the shard's turn: it runs once the loop has handled all that was ready, and
    /// while it is busy what came meanwhile, for a millisecond at most. On that shard's thread.
    void end_turn_with(std::size_t shard, TurnEnd end, std::function<void()> task);
    /// A message of so many bytes waits for the turn's end. Where one follows another the turn goes
    /// on: what they bring to the same connection goes out in one write. On that shard's thread.
    void note_delivery(std::size_t shard, std::size_t bytes) noexcept {
        ++turns_[shard].deliveries;
        turns_[shard].bytes += bytes;
    }
    /// Runs `task` on the shard every `interval` until stop().
    void repeat(std::size_t shard, std::chrono::milliseconds interval, std::function<void()> task);

  private:
    void end_turn(std::size_t shard);

    std::vector<std::unique_ptr<boost::asio::io_context>> contexts_;
    using Tasks = std::vector<std::function<void()>>;
    /// What ends the turn of a shard; touched by its thread only.
    struct alignas(64) Turn {
        /// Whether to look for more before it ends.
        bool goes_on();

        Tasks hand_overs;
        Tasks writes;
        bool is_ending = false;
        /// Messages since the loop last looked for more, and the bytes of all in this turn.
        std::size_t deliveries = 0;
        std::size_t bytes = 0;
        /// When it is over in any case, once it goes on.
        std::optional<std::chrono::steady_clock::time_point> latest_end = {};
    };
    std::vector<Turn> turns_;
    std::vector<std::jthread> threads_;
    std::atomic<bool> is_stopped_{false};
};

}  // namespace orderpush::realtime

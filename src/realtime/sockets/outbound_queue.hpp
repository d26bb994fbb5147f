#pragma once

#include "realtime/wire/frame.hpp"

#include <cstddef>
#include <span>
#include <sys/uio.h>
#include <vector>

namespace orderpush::realtime {

struct OutboundLimits {
    std::size_t bytes_max = 1024 * 1024;
    std::size_t frames_max = 16 * 1024;
};

/// Frames waiting to be written to one connection, in order. Bounded: push() refuses what would
/// pass the limits, and the owner then drops the queue and closes (see Connection). An empty queue
/// takes any frame, however large: who has nothing waiting is not slow, and would be closed for the
/// same frame again. So the queue holds at most the limit or one frame. Small when empty. Not
/// synchronised.
class OutboundQueue {
  public:
    /// Queues the bytes that go before every frame; they count as nothing waiting, and are never
    /// dropped. First, and once.
    void push_upgrade_answer(const Frame& answer);
    /// False, and nothing queued, if other frames are waiting and this one would pass a limit.
    [[nodiscard]] bool push(const Frame& frame, const OutboundLimits& limits);
    /// Queues past the limits: for the close frame only.
    void push_last(const Frame& frame);
    /// Drops every frame of which nothing was written yet: the peer needs the rest of a frame, and
    /// the answer to its upgrade, to understand what follows.
    void drop_unwritten();

    bool is_empty() const noexcept { return head_ == count_; }
    std::size_t bytes() const noexcept { return bytes_; }
    /// Fills `slots` with what to write next and returns how many it filled.
    std::size_t gather(std::span<iovec> slots) const;
    /// Forgets `count` bytes, which were written.
    void consume(std::size_t count);

  private:
    std::size_t waiting_from() const noexcept;
    const Frame& frame(std::size_t i) const noexcept { return i == 0 ? first_ : more_[i - 1]; }
    Frame& frame(std::size_t i) noexcept { return i == 0 ? first_ : more_[i - 1]; }

    /// Mostly there is one, which takes no memory of its own.
    Frame first_;
    std::vector<Frame> more_;
    std::size_t count_ = 0;
    /// The first frame not yet written whole, and how much of it was.
    std::size_t head_ = 0;
    std::size_t written_ = 0;
    std::size_t bytes_ = 0;
    /// Whether the first frame is the answer to the upgrade.
    bool has_upgrade_answer_ = false;
};

}  // namespace orderpush::realtime

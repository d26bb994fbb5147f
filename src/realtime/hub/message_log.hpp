#pragma once

#include "base/timestamp.hpp"
#include "realtime/hub/channel_codec.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <vector>

namespace orderpush::realtime {

struct LogLimits {
    /// Over all channels: what the messages take in memory.
    std::size_t bytes_max = 64 * 1024 * 1024;
    std::chrono::milliseconds age_max{120'000};
};

/// The last messages of the channels of one shard, bounded in bytes over all of them: the oldest
/// message is evicted first, whichever channel it belongs to. Adding a message costs O(1)
/// amortised. Touched by that shard's thread only.
class MessageLog {
  private:
    struct Entry;
    using Entries = std::list<Entry>;

  public:
    /// The messages of one channel. Must stay where it is while the log holds messages of it.
    class Part {
      public:
        /// Messages up to this serial are not in the log; those behind it are, without a gap.
        std::uint64_t complete_after() const noexcept { return complete_after_; }

      private:
        friend class MessageLog;
        std::size_t count_ = 0;
        /// Valid if there are any.
        Entries::iterator first_ = {};
        Entries::iterator last_ = {};
        std::uint64_t complete_after_ = 0;
    };

    explicit MessageLog(const LogLimits& limits) : limits_(limits) {}
    MessageLog(const MessageLog&) = delete;
    MessageLog& operator=(const MessageLog&) = delete;
    ~MessageLog() = default;

    /// The message follows the last one of its channel; `published_at` is set. One that is larger
    /// than the bound is not kept, and nothing older either.
    void add(Part& part, std::shared_ptr<const ChannelMessage> message);
    /// Oldest first.
    std::vector<std::shared_ptr<const ChannelMessage>> read(const Part& part) const;
    /// Null: it has none.
    std::shared_ptr<const ChannelMessage> last(const Part& part) const {
        return part.count_ == 0 ? nullptr : part.last_->message;
    }
    /// Forgets a channel's messages, before its part is destroyed.
    void drop(Part& part);
    /// Forgets what is too old.
    void sweep(Deadline now);

    std::size_t bytes() const noexcept { return bytes_; }

  private:
    struct Entry {
        std::shared_ptr<const ChannelMessage> message;
        Part* part = nullptr;
        /// The channel's next one; valid unless this is its last.
        Entries::iterator next = {};
    };
    static std::size_t size_of(const ChannelMessage& message) noexcept;
    void evict_oldest();
    void unlink(Entries::iterator entry);

    const LogLimits limits_;
    /// Of all channels, in the order in which they were published. A channel's own messages are
    /// linked in the same order, so the oldest of all is always the first of its channel.
    Entries entries_;
    std::size_t bytes_ = 0;
};

}  // namespace orderpush::realtime

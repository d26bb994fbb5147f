#pragma once

#include "base/timestamp.hpp"
#include "realtime/hub/channel_codec.hpp"
#include "realtime/hub/local_subscribers.hpp"

#include <chrono>
#include <cstddef>
#include <list>
#include <memory>
#include <string_view>

namespace orderpush::realtime {

struct CacheLimits {
    /// How long an event is kept (the hosted service: up to 30 minutes).
    std::chrono::milliseconds age_max{30 * 60 * 1'000};
    /// Names and data of all events kept; beyond it the oldest go first.
    std::size_t bytes_max = 32 * 1024 * 1024;
};

/// The last event of each cache channel whose home is one shard, whether anybody listens or not.
/// Touched by that shard's thread only.
class ChannelCache {
  public:
    explicit ChannelCache(const CacheLimits& limits) : limits_(limits) {}

    /// Takes the place of what was kept of that channel.
    void put(std::shared_ptr<const ChannelMessage> message, Deadline now);
    /// Null if nothing is kept, or what is is too old.
    std::shared_ptr<const ChannelMessage> find(std::string_view channel, Deadline now) const;
    /// How long that will be so; 0 if nothing is kept.
    std::chrono::milliseconds time_left(std::string_view channel, Deadline now) const;
    /// Forgets what is too old.
    void sweep(Deadline now);

    std::size_t bytes() const noexcept { return bytes_; }

  private:
    struct Entry {
        std::shared_ptr<const ChannelMessage> message;
        Deadline expires;
    };
    void drop(std::list<Entry>::iterator entry);

    const CacheLimits limits_;
    /// The oldest first.
    std::list<Entry> entries_;
    NameMap<std::list<Entry>::iterator> by_channel_;
    std::size_t bytes_ = 0;
};

}  // namespace orderpush::realtime

#pragma once

#include "base/timestamp.hpp"
#include "realtime/hub/channel_codec.hpp"
#include "realtime/hub/local_subscribers.hpp"
#include "realtime/hub/message_log.hpp"
#include "realtime/hub/presence.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace orderpush::realtime {

struct HomeLimits {
    LogLimits log = {};
    std::chrono::milliseconds idle_age_max{120'000};
    std::size_t channels_max = 50'000;
};

/// Subscribers of one channel on one shard that speak one protocol.
struct Attachment {
    std::size_t shard = 0;
    const ChannelCodec* codec = nullptr;
    std::size_t subscribers = 0;
};

/// A channel at its home shard.
struct HomeChannel {
    std::string name;
    std::uint64_t last_serial = 0;
    /// Another one whenever the hub opens a channel anew, with serials from 1.
    std::uint64_t epoch = 0;
    MessageLog::Part log;
    std::vector<Attachment> attachments;
    Presence presence;
    /// Whether observers had on_occupied() and not on_vacated() yet.
    bool is_occupied = false;
    /// When the last subscriber left.
    Deadline vacant_since = {};

    std::size_t subscribers() const noexcept;

    /// For HomeChannels: since when nobody subscribes, and the place in its list.
    Deadline idle_since = {};
    std::list<HomeChannel*>::iterator idle_place = {};
};

/// What the log has of a channel.
struct LogExcerpt {
    /// Oldest first, without a gap.
    std::vector<std::shared_ptr<const ChannelMessage>> messages = {};
    /// Serials count within one epoch only: in another one whatever a reader knew is gone. 0: the
    /// channel is unknown.
    std::uint64_t epoch = 0;
    /// A reader that has the messages up to this serial, or a later one, misses none.
    std::uint64_t complete_after = 0;
    std::uint64_t last_serial = 0;
};

/// The channels whose home is one shard: who is attached, the serials, the log. A channel without
/// subscribers is kept for the sake of its log until it has been idle for `idle_age_max`; when
/// `channels_max` is reached the longest idle one goes first, and if none is idle no new channel is
/// made. Touched by that shard's thread only.
class HomeChannels {
  public:
    /// Called with a channel before it is forgotten; may be null.
    using ForgetHook = std::function<void(HomeChannel& channel)>;

    explicit HomeChannels(const HomeLimits& limits, ForgetHook on_forget = nullptr);

    /// The channel, made if need be; null if there is no room. Valid until the next call of open(),
    /// detach() or sweep().
    HomeChannel* open(const std::string& name, Deadline now);
    /// Null if nothing is kept of that channel.
    HomeChannel* find(std::string_view name);
    void attach(HomeChannel& channel, std::size_t shard, const ChannelCodec& codec);
    /// One subscriber less. The channel must be attached there.
    void detach(HomeChannel& channel, std::size_t shard, const ChannelCodec& codec, Deadline now);
    /// Gives the message its serial and keeps it.
    std::shared_ptr<const ChannelMessage> append(
        HomeChannel& channel, ChannelMessage message, Deadline now
    );
    LogExcerpt read_log(std::string_view name, Deadline now);
    /// Forgets the channels that have been idle too long, and the messages that are too old.
    void sweep(Deadline now);

    std::size_t size() const noexcept { return channels_.size(); }
    std::size_t log_bytes() const noexcept { return log_.bytes(); }
    const NameMap<HomeChannel>& all() const noexcept { return channels_; }

  private:
    void touch_idle(HomeChannel& channel, Deadline now);
    void drop_longest_idle();

    const HomeLimits limits_;
    const ForgetHook on_forget_;
    std::uint64_t next_epoch_;
    MessageLog log_;
    NameMap<HomeChannel> channels_;
    /// The channels without subscribers, the longest idle first.
    std::list<HomeChannel*> idle_;
};

}  // namespace orderpush::realtime
